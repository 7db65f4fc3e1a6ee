"""Why an action ran: what differs from the action that the same step ran last time."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from exodist.build.reapi import Digest
from exodist.build.store import Store


class History:
    """The last action of each step of one manifest, in one JSON file."""

    def __init__(self, file: Path, store: Store) -> None:
        self._file = file
        self._store = store
        self._now: dict[str, list[str | int]] = {}
        try:
            self._last: dict[str, list[str | int]] = json.loads(file.read_bytes())
        except (OSError, ValueError):
            self._last = {}

    def note(self, step: str, action: Digest) -> None:
        """Remember the action that a step has now."""
        self._now[step] = [action.hash, action.size]

    def explain(self, step: str, action: Digest, inputs: Mapping[str, str], command: str) -> str:
        """One line that says why `action` was not found in the cache."""
        last = self._last.get(step)
        if last is None:
            return "never made here"
        digest = Digest(str(last[0]), int(last[1]))
        if digest == action:
            return "its result was missing from the store"
        known = self._store.load(digest)
        if known is None:
            return "its action changed, and the last one is no longer in the store"
        changed = _changes(known.inputs, inputs)
        if known.command != command:
            changed.insert(0, "its command changed")
        return ", ".join(changed) or "the tool that makes it changed"

    def save(self) -> None:
        now = {**self._last, **self._now}
        if now == self._last:
            return
        temporary = self._file.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(json.dumps(now, separators=(",", ":")))
        temporary.replace(self._file)


def _changes(before: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    found = []
    for path in sorted(before.keys() | new.keys()):
        if path not in new:
            found.append(f"`{path}` is gone")
        elif path not in before:
            found.append(f"`{path}` is new")
        elif before[path] != new[path]:
            found.append(f"`{path}` changed")
    return found

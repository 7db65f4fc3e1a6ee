"""Why an action ran: what differs from the action that the same step ran last time."""

from __future__ import annotations

import json
import os
from pathlib import Path

from exodist.build.execute import Action, Tally
from exodist.build.reapi import Digest
from exodist.build.store import Store


class History:
    """The last action of each step of one manifest, in one JSON file."""

    def __init__(self, file: Path, store: Store) -> None:
        self._file = file
        self._store = store
        try:
            self._last: dict[str, list[str | int]] = json.loads(file.read_bytes())
        except (OSError, ValueError):
            self._last = {}

    def explain(self, action: Action) -> str:
        """One line that says why `action` was not found in the cache."""
        last = self._last.get(action.step.name)
        if last is None:
            return "never built here"
        digest = Digest(str(last[0]), int(last[1]))
        if digest == action.digest:
            return "its result was missing from the store"
        known = self._store.load(digest)
        if known is None:
            return "its action changed, and the last one is no longer in the store"
        changed = _changes(known.inputs, {p: n.digest.hash for p, n in action.inputs.items()})
        if known.command != "\0".join(action.step.arguments):
            changed.insert(0, "its command changed")
        return ", ".join(changed) or "the compiler changed"

    def save(self, tally: Tally) -> None:
        now: dict[str, list[str | int]] = {
            name: [digest.hash, digest.size] for name, digest in tally.actions.items()
        }
        if now == self._last:
            return
        temporary = self._file.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(json.dumps(now, separators=(",", ":")))
        temporary.replace(self._file)


def _changes(old: object, new: dict[str, str]) -> list[str]:
    before = dict(old) if isinstance(old, dict) else {}
    found = []
    for path in sorted(before.keys() | new.keys()):
        if path not in new:
            found.append(f"`{path}` is gone")
        elif path not in before:
            found.append(f"`{path}` is new")
        elif before[path] != new[path]:
            found.append(f"`{path}` changed")
    return found

"""Digests of files, remembered by their stat: a file is read again only when its stat changed.

An entry is trusted while size, times, inode and device are what they were when it was hashed. A
file that changed within the last two seconds is hashed every time: a second write in the same tick
of the file system's clock would leave the same stat.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from pathlib import Path

from exodist.build.reapi import Digest

_SETTLED = 2_000_000_000
_CHUNK = 1 << 20


def hash_file(path: Path | str) -> Digest:
    """SHA-256 and size of what the file holds now."""
    digest, size = hashlib.sha256(), 0
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123  # strings are the hot path
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Digest(digest.hexdigest(), size)


def stamp_of(found: os.stat_result) -> list[int]:
    """What of a stat changes with the file."""
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev]


def settled(stamp: list[int]) -> bool:
    """True when the file changed long enough ago for its stat to tell the next change."""
    return time.time_ns() - max(stamp[1], stamp[2]) > _SETTLED


class FileDigests:
    """The memory of one build tree, kept in one JSON file."""

    def __init__(self, memory: Path) -> None:
        self._memory = memory
        self._known: dict[str, list[object]] = _read(memory)
        self._changed = False
        # Every file that was asked for, with its stat from before it was read.
        self.asked: dict[str, list[int]] = {}

    def digest(self, path: str) -> Digest:
        """Digest of a regular file; raises OSError as `stat` and `open` do."""
        found = os.stat(path)  # noqa: PTH116  # strings are the hot path
        stamp = stamp_of(found)
        self.asked[path] = stamp
        known = self._known.get(path)
        if known is not None and known[1:] == stamp:
            return Digest(str(known[0]), found.st_size)
        digest = hash_file(path)
        if settled(stamp):
            self._known[path] = [digest.hash, *stamp]
            self._changed = True
        return digest

    def save(self) -> None:
        """Write the memory, whole or not at all."""
        if not self._changed:
            return
        self._memory.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._memory.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(json.dumps(self._known, separators=(",", ":")))
        temporary.replace(self._memory)
        self._changed = False


def _read(memory: Path) -> dict[str, list[object]]:
    """The stored memory; an unreadable one is an empty one, since it only saves work."""
    try:
        known = json.loads(memory.read_bytes())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}

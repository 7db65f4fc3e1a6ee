"""The content-addressed store: blobs by digest, results by action digest.

    store/blobs/ab/abcd...   read-only files, named by the SHA-256 of what they hold
    store/actions/ab/abcd... one JSON object each: what an action gave
    store/tmp/               files being written
    store/lock               shared by builds, exclusive for cleaning

Rules: a file appears by rename, whole or not at all, so a reader never sees half of one and two
builds that write the same blob write the same bytes. Nothing is believed: a blob is hashed before
its first use in a process, and one that does not match is dropped and made again. Cleaning happens
only when no build holds the lock, so leftovers of a killed build go with the next one.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from exodist.build.files import hash_file
from exodist.build.reapi import Digest
from exodist.errors import SourceError

LIMIT = 8 << 30


class MissingBlobError(SourceError):
    """A blob that a result names is not in the store, or was damaged and dropped."""


@dataclass(frozen=True)
class Result:
    """What an action gave: its outputs, and what it printed."""

    outputs: Mapping[str, Digest]
    messages: str = ""
    # What it was made from, for `--explain`: input path -> hash, and the command.
    inputs: Mapping[str, str] = field(default_factory=dict)
    command: str = ""


class Store:
    """One folder; any number of processes and threads."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._blobs = root / "blobs"
        self._actions = root / "actions"
        self._tmp = root / "tmp"
        self._verified: set[Digest] = set()
        for folder in (self._blobs, self._actions, self._tmp):
            folder.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def building(self) -> Iterator[None]:
        """Hold the store for one build; cleans first when nobody else holds it."""
        with (self.root / "lock").open("a") as lock:
            if _try_lock(lock.fileno()):
                self._clean()
            fcntl.flock(lock, fcntl.LOCK_SH)
            yield

    def blob_path(self, digest: Digest) -> Path:
        return self._blobs / digest.hash[:2] / digest.hash

    def has(self, digest: Digest) -> bool:
        """True when the blob is here and holds what its name says."""
        if digest in self._verified:
            return True
        path = self.blob_path(digest)
        try:
            sound = hash_file(path) == digest
        except FileNotFoundError:
            return False
        if not sound:
            path.unlink(missing_ok=True)
            return False
        self._verified.add(digest)
        return True

    def path(self, digest: Digest) -> Path:
        """The verified blob's file; raises MissingBlobError where it is missing or damaged."""
        if not self.has(digest):
            raise MissingBlobError(
                f"blob `{digest.hash}` is missing from the store", hint="build again"
            )
        return self.blob_path(digest)

    def repair(self) -> None:
        """Drop every damaged blob, so that what made it runs again."""
        self._verified.clear()
        for path in self._blobs.glob("??/*"):
            self.has(Digest(path.name, path.stat().st_size))

    def put_bytes(self, data: bytes) -> Digest:
        digest = Digest.of(data)
        if not self.has(digest):
            self._put(digest, lambda file: file.write(data))
        return digest

    def put_file(self, path: Path, expected: Digest | None = None) -> Digest:
        """Copy a file in; raises SourceError when it is not `expected`."""
        if expected is not None and self.has(expected):
            return expected
        with self.temporary() as copy:
            shutil.copyfile(path, copy)
            digest = hash_file(copy)
            if expected is not None and digest != expected:
                raise SourceError(
                    f"changed while the build ran: expected sha256 {expected.hash}, "
                    f"found {digest.hash}",
                    where=str(path),
                    hint="build again",
                )
            self._keep(copy, digest)
        return digest

    @contextmanager
    def temporary(self) -> Iterator[Path]:
        """A new file in the store's file system, gone afterwards unless it was kept."""
        handle, name = tempfile.mkstemp(dir=self._tmp)
        os.close(handle)
        try:
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)

    def adopt(self, path: Path) -> Digest:
        """Keep a file made inside `temporary()`, without copying it."""
        digest = hash_file(path)
        self._keep(path, digest)
        return digest

    def load(self, action: Digest) -> Result | None:
        """What the action gave, if that is known and every output is here and sound."""
        try:
            stored = json.loads(self._action_path(action).read_bytes())
            outputs = {path: Digest(*pair) for path, pair in stored["outputs"].items()}
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if not all(self.blob_path(digest).exists() for digest in outputs.values()):
            return None
        return Result(outputs, stored["messages"], stored["inputs"], stored["command"])

    def save(self, action: Digest, result: Result) -> None:
        stored = {
            "outputs": {path: [d.hash, d.size] for path, d in sorted(result.outputs.items())},
            "messages": result.messages,
            "inputs": dict(sorted(result.inputs.items())),
            "command": result.command,
        }
        with self.temporary() as copy:
            copy.write_text(json.dumps(stored, separators=(",", ":")))
            self._rename(copy, self._action_path(action))

    def forget(self, action: Digest) -> None:
        self._action_path(action).unlink(missing_ok=True)

    def _action_path(self, action: Digest) -> Path:
        return self._actions / action.hash[:2] / action.hash

    def _put(self, digest: Digest, write: Callable[[BinaryIO], object]) -> None:
        with self.temporary() as copy:
            with copy.open("wb") as file:
                write(file)
            self._keep(copy, digest)

    def _keep(self, path: Path, digest: Digest) -> None:
        path.chmod(0o444)
        self._rename(path, self.blob_path(digest))
        self._verified.add(digest)

    @staticmethod
    def _rename(path: Path, target: Path) -> None:
        target.parent.mkdir(exist_ok=True)
        path.replace(target)

    def _clean(self, limit: int = LIMIT) -> None:
        """Drop leftovers of dead builds, then the oldest blobs beyond the limit."""
        for leftover in self._tmp.iterdir():
            if leftover.is_dir():
                shutil.rmtree(leftover, ignore_errors=True)
            else:
                leftover.unlink(missing_ok=True)
        collect(self._blobs, limit)

    def new_folder(self) -> Path:
        """A new folder in the store's file system, so that blobs can be hard-linked into it."""
        return Path(tempfile.mkdtemp(dir=self._tmp))


def _try_lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def collect(blobs: Path, limit: int) -> None:
    """Delete the blobs written longest ago until the rest fits `limit` bytes."""
    # A full scan costs a stat for every blob, so only one build in fifty does it.
    marker = blobs / "collected"
    count = int(marker.read_text() or 0) if marker.exists() else 0
    marker.write_text(str((count + 1) % 50))
    if count:
        return
    files = [(path.stat().st_mtime_ns, path) for path in blobs.glob("??/*")]
    total = sum(path.stat().st_size for _, path in files)
    for _, path in sorted(files):
        if total <= limit:
            return
        total -= path.stat().st_size
        path.unlink(missing_ok=True)

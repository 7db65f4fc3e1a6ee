"""Blobs of the store become files in `out/`, each replaced whole, and only when it differs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from exodist.build.files import FileDigests
from exodist.build.reapi import Digest
from exodist.build.store import Store


class Publisher:
    """Publishes into one folder."""

    def __init__(self, store: Store, digests: FileDigests, folder: Path) -> None:
        self._store = store
        self._digests = digests
        self._folder = folder

    def publish(self, file: str, digest: Digest) -> Path:
        """The path of the published file."""
        target = self._folder / file
        if self._is(target, digest):
            return target
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target)
        temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        try:
            shutil.copyfile(self._store.path(digest), temporary)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
        return target

    def _is(self, target: Path, digest: Digest) -> bool:
        try:
            return self._digests.digest(str(target)) == digest
        except OSError:
            return False


def _sweep(target: Path) -> None:
    """Remove what killed builds left beside `target`; a build that runs keeps its own."""
    for path in target.parent.iterdir():
        name, _, pid = path.name.removesuffix(".tmp").rpartition(".")
        ours = name == f".{target.name}" and path.suffix == ".tmp" and pid.isdigit()
        if ours and not _runs(int(pid)):
            path.unlink(missing_ok=True)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

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

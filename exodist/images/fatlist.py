"""The one wrapper of pyfatfs: list the files of any FAT volume.

pyfatfs follows what a volume says: a chain that bites its own tail would never end, a folder that
contains itself neither. Both are bounded here. Nothing is ever written.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyfatfs._exceptions import PyFATException
from pyfatfs.PyFat import PyFat

from exodist.errors import FormatError
from exodist.formats.window import Window

_READ_WHOLE = 64 << 20  # a file in scattered clusters is looked into up to this size


@dataclass(frozen=True)
class Member:
    """A file or directory. `window` is the file's data; None where it is scattered and large."""

    path: str
    directory: bool
    size: int
    window: Window | None


class _Stream(io.RawIOBase):
    """A window as a read-only file."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        base = (0, self._at, self._window.size)[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        left = max(0, self._window.size - self._at)
        taken = self._window.read(self._at, left if size < 0 else min(size, left), "volume")
        self._at += len(taken)
        return taken


class _Bounded(PyFat):  # type: ignore[misc]
    """PyFat whose chains end."""

    def get_cluster_chain(self, first_cluster: int) -> Iterator[int]:
        """At most as many clusters as the volume has."""
        for count, cluster in enumerate(super().get_cluster_chain(first_cluster)):
            if count > len(self.fat):
                raise PyFATException("a cluster chain never ends")
            yield cluster


def walk(window: Window) -> Iterator[Member]:
    """Every file and directory, sorted, parents first; raises FormatError for what is damaged."""
    volume = _Bounded()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            volume.set_fp(_Stream(window))
            yield from _walk(volume, window)
        except FormatError:
            raise
        except Exception as error:  # pyfatfs raises whatever its arithmetic meets in bad volumes
            reason = str(error) or type(error).__name__
            raise FormatError(f"no readable FAT volume: {reason}", where=window.name) from error


def _walk(volume: Any, window: Window) -> Iterator[Member]:
    seen: set[int] = set()
    pending = [("", volume.root_dir)]
    while pending:
        path, entry = pending.pop()
        if path:
            yield _member(volume, window, path, entry)
        if not entry.is_directory():
            continue
        cluster = entry.get_cluster()
        if path and cluster in seen:
            raise FormatError(f"folder `{path}` is there twice", where=window.name)
        seen.add(cluster)
        folders, files, _ = entry.get_entries()
        for child in sorted(folders + files, key=str, reverse=True):
            pending.append((f"{path}/{child}".lstrip("/"), child))


def _member(volume: Any, window: Window, path: str, entry: Any) -> Member:
    if entry.is_directory():
        return Member(path, True, 0, None)
    return Member(path, False, entry.filesize, _data(volume, window, path, entry))


def _data(volume: Any, window: Window, path: str, entry: Any) -> Window | None:
    size, step = entry.filesize, volume.bytes_per_cluster
    if size == 0:
        return Window(b"", path, 0, 0)
    clusters = list(volume.get_cluster_chain(entry.get_cluster()))
    if len(clusters) * step < size:
        raise FormatError(f"`{path}` is shorter than its size {size}", where=window.name)
    first = clusters[0]
    if clusters == list(range(first, first + len(clusters))):
        return window.sub(volume.get_data_cluster_address(first), size, path)
    if size > _READ_WHOLE:
        return None
    pieces = [
        window.read(volume.get_data_cluster_address(cluster), step, path) for cluster in clusters
    ]
    return Window.whole(b"".join(pieces)[:size], path)

"""The one wrapper of pycdlib: write an ISO 9660 tree, list a foreign one.

pycdlib takes its times from the `time` module, in local time. `master` puts a clock in its place
that stands at the manifest's epoch, in UTC, for as long as it works.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from types import SimpleNamespace
from typing import Any, BinaryIO

from pycdlib import dates, headervd, pycdlib
from pycdlib.pycdlibexception import PyCdlibException

from exodist.errors import FormatError
from exodist.formats import iso, payload
from exodist.formats.payload import Payload

_CLOCKED = (dates, headervd, pycdlib)
_clock = Lock()  # the replaced clock belongs to whole modules
COPY = 1 << 20
_NAME_MAX = 30  # of ISO 9660 level 3, separators included
_PARTS_MAX = 4096  # 16 TiB: all that 32-bit sectors can address
_OURS = ("esp.img", "boot.cat")
_BOOT_NAME, _CATALOG_NAME = "/ESP.IMG", "/BOOT.CAT"
_FILE_MODE, _DIRECTORY_MODE = 0o100444, 0o040555


@dataclass(frozen=True)
class Member:
    """A file or directory of a foreign ISO."""

    path: str
    directory: bool
    size: int
    sector: int


@contextmanager
def _frozen_clock(epoch: int) -> Iterator[None]:
    frozen = SimpleNamespace(
        time=lambda: float(epoch),
        localtime=lambda seconds=epoch: time.gmtime(seconds),
        gmtime=time.gmtime,
        strftime=time.strftime,
        strptime=time.strptime,
        struct_time=time.struct_time,
    )
    with _clock:
        try:
            for module in _CLOCKED:
                vars(module)["time"] = frozen
            yield
        finally:
            for module in _CLOCKED:
                vars(module)["time"] = time


def master(
    boot_image: Path,
    files: Mapping[str, Payload],
    out: BinaryIO,
    *,
    epoch: int,
    label: str,
    application: str,
    align: int,
    tail: int,
) -> tuple[int, int]:
    """Write a volume with Rock Ridge names and one El Torito entry for UEFI.

    The boot image, `esp.img` in the root, begins at a multiple of `align` sectors; after the last
    file there are at least `tail` sectors, and the volume is a multiple of `align`. The system
    area stays zero. Returns (first sector of the boot image, sectors of the volume).
    """
    volume: Any = pycdlib.PyCdlib()
    with _frozen_clock(epoch):
        try:
            volume.new(
                interchange_level=3, vol_ident=label, rock_ridge="1.09", sys_ident="EXOV6",
                app_ident_str=application, preparer_ident_str="EXODIST",
            )  # fmt: skip
            boot = _Lazy(boot_image)
            volume.add_fp(
                boot, boot.size, f"{_BOOT_NAME};1",
                rr_name="esp.img", file_mode=_FILE_MODE,
            )  # fmt: skip
            _add(volume, files)
            count = -(-boot.size // 512)
            volume.add_eltorito(
                f"{_BOOT_NAME};1", f"{_CATALOG_NAME};1", rr_bootcatname="boot.cat",
                boot_load_size=count, platform_id=iso.PLATFORM_EFI, efi=True,
            )  # fmt: skip
            volume.force_consistency()
            first, sectors = _place(volume, align, tail)
            volume.write_fp(out, blocksize=COPY)
            return first, sectors
        except PyCdlibException as error:
            raise FormatError(str(error), where="ISO") from error


def _place(volume: Any, align: int, tail: int) -> tuple[int, int]:
    """Move all file data so that the boot image, which comes first, is aligned."""
    boot = volume.eltorito_boot_catalog.initial_entry.inode
    shift = -boot.extent_location() % align
    end = 0
    for inode in volume.inodes:
        if not inode.get_data_length():
            continue  # an empty file has no place
        sector = inode.extent_location() + shift
        inode.set_extent_location(sector)
        for record, _ in inode.linked_records:
            part = sector + getattr(record, "data_extent_offset", 0)  # beyond 4 GiB
            record.set_data_location(part, part)
        end = max(end, sector + -(-inode.get_data_length() // iso.SECTOR))
    volume.pvd.space_size = -(-(end + tail) // align) * align
    return boot.extent_location(), volume.pvd.space_size


def _add(volume: Any, files: Mapping[str, Payload]) -> None:
    """Add the files and the folders on their way, sorted."""
    names: dict[str, str] = {"": ""}
    taken = {_CATALOG_NAME, _BOOT_NAME}
    for path in sorted(files):
        parts = path.split("/")
        if {"", ".", ".."} & set(parts):
            raise FormatError("expected a relative path without `.` and `..`", where=f"ISO: {path}")
        if path in _OURS:
            raise FormatError("the name belongs to the boot image or catalog", where=f"ISO: {path}")
        for depth in range(1, len(parts)):
            folder = "/".join(parts[:depth])
            if folder in files:
                raise FormatError("is both a file and a directory", where=f"ISO: {folder}")
            if folder not in names:
                names[folder] = _iso_name(folder, names, taken, extension=False)
                volume.add_directory(
                    names[folder], rr_name=parts[depth - 1], file_mode=_DIRECTORY_MODE
                )
        name = _iso_name(path, names, taken, extension=True)
        stream = _Lazy(files[path])
        volume.add_fp(
            stream, stream.size, f"{name};1",
            rr_name=parts[-1], file_mode=_FILE_MODE,
        )  # fmt: skip


def _iso_name(path: str, names: Mapping[str, str], taken: set[str], *, extension: bool) -> str:
    """The ISO 9660 path: upper case, digits, underscores; unique by a number where needed."""
    parent, _, name = path.rpartition("/")
    stem, _, suffix = name.upper().rpartition(".")
    if not extension or not stem:
        stem, suffix = name.upper(), ""
    clean = re.sub("[^A-Z0-9]", "_", stem)
    suffix = re.sub("[^A-Z0-9]", "_", suffix)[:8] if extension else ""
    end = f".{suffix}" if extension else ""
    for number in range(1_000_000):
        tail = f"_{number}" if number else ""
        room = _NAME_MAX - len(end) - len(tail)
        result = f"{names[parent]}/{clean[:room]}{tail}{end}"
        if result not in taken:
            taken.add(result)
            return result
    raise FormatError("no ISO name is left", where=f"ISO: {path}")


class _Lazy:
    """A payload as the stream that pycdlib wants, opened when it is first read.

    So an ISO of many files does not hold them all open.
    """

    mode = "rb"

    def __init__(self, content: Payload) -> None:
        self._content = content
        self.size = self._left = payload.size(content)
        self._chunks: Iterator[bytes] = iter(())

    def seek(self, offset: int, whence: int = 0) -> int:
        """Back to the start; pycdlib seeks nowhere else."""
        if offset or whence:
            raise FormatError(f"unexpected seek to {offset}", where="ISO")
        self._chunks = payload.chunks(self._content, self.size, COPY)
        self._left = self.size
        return 0

    def read(self, size: int) -> bytes:
        """The next piece; the sizes that pycdlib asks for are those of our chunks."""
        piece = next(self._chunks, b"")
        self._left -= len(piece)
        if not self._left:
            next(self._chunks, None)  # lets the file be closed and its length be checked
        if len(piece) != size:
            raise FormatError(f"expected {size} bytes, found {len(piece)}", where="ISO")
        return piece


def walk(path: Path) -> Iterator[Member]:
    """The files and directories of any ISO, by their best names."""
    volume = pycdlib.PyCdlib()
    try:
        volume.open(str(path))
        yield from _walk(volume)
    except Exception as error:  # pycdlib raises whatever its arithmetic meets in bad trees
        reason = str(error) or type(error).__name__
        raise FormatError(f"no readable ISO 9660 tree: {reason}", where=str(path)) from error
    finally:
        with suppress(PyCdlibException):  # not open
            volume.close()


def _walk(volume: Any) -> Iterator[Member]:
    kind = "iso_path"
    if volume.has_rock_ridge():
        kind = "rr_path"
    elif volume.has_joliet():
        kind = "joliet_path"
    pending = ["/"]
    while pending:
        found = _children(volume, kind, pending.pop())
        yield from found
        pending += [member.path for member in found if member.directory]


def _children(volume: Any, kind: str, folder: str) -> list[Member]:
    members = []
    for record in volume.list_children(**{kind: folder}):
        if not record.is_dot() and not record.is_dotdot():
            path = f"{folder.rstrip('/')}/{_name(record, kind)}"
            sector = record.extent_location()
            members.append(Member(path, record.is_dir(), _length(record), sector))
    return sorted(members, key=lambda member: member.path)


def _name(record: Any, kind: str) -> str:
    raw = record.rock_ridge.name() if kind == "rr_path" else record.file_identifier()
    text: str = raw.decode("utf-16-be" if kind == "joliet_path" else "utf-8", "replace")
    return text


def _length(record: Any) -> int:
    """A file of more than 4 GiB is a chain of records."""
    length, parts = 0, 0
    while record is not None and parts < _PARTS_MAX:
        length += record.get_data_length()
        record, parts = record.data_continuation, parts + 1
    return length

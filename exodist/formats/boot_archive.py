"""Boot archive, version 1: the programs that start before there is a file system.

Layout (kernel/abi/exo/boot_archive.h, docs/reference/image-layouts.md), little endian:

    header   magic "EXOBARC1", u32 version, u32 count, u64 total size, u64 zero
    entries  name[40] padded with NUL (at least one), u64 offset, u64 size, u32 flags, u32 zero
    data     each entry from a 4096-byte boundary, in the order of the entries, zero padded

There is one encoding for each list of entries: `parse` refuses any other, so that nothing can
hide in gaps, order or padding.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from exodist.errors import FormatError
from exodist.formats.window import Window

MAGIC = b"EXOBARC1"
VERSION = 1
ALIGNMENT = 4096

_HEADER = struct.Struct("<8sIIQQ")
_ENTRY = struct.Struct("<40sQQII")
_NAME = re.compile(r"[a-z0-9._-]{1,39}")


@dataclass(frozen=True)
class Entry:
    """Where one program lies in the archive, in bytes."""

    name: str
    offset: int
    size: int


@dataclass(frozen=True)
class Index:
    """The header: all that stands before the first entry's data."""

    entries: tuple[Entry, ...]
    total_size: int

    def encode(self) -> bytes:
        """Header and entries, padded to the first data."""
        raw = _HEADER.pack(MAGIC, VERSION, len(self.entries), self.total_size, 0)
        for entry in self.entries:
            raw += _ENTRY.pack(entry.name.encode(), entry.offset, entry.size, 0, 0)
        return raw.ljust(_align(len(raw)), b"\0")


def _align(value: int) -> int:
    return -(-value // ALIGNMENT) * ALIGNMENT


def plan(sizes: Sequence[tuple[str, int]]) -> Index:
    """The index of an archive with entries of these names and sizes."""
    offset = _align(_HEADER.size + _ENTRY.size * len(sizes))
    entries: list[Entry] = []
    names: set[str] = set()
    for name, size in sizes:
        if not _NAME.fullmatch(name):
            raise FormatError(
                f"bad name `{name}`: expected 1 to 39 of a-z 0-9 . _ -", where="boot archive"
            )
        if name in names:
            raise FormatError(f"two entries are named `{name}`", where="boot archive")
        names.add(name)
        entries.append(Entry(name, offset, size))
        offset = _align(offset + size)
    return Index(tuple(entries), offset)


def encode(entries: Sequence[tuple[str, bytes]]) -> bytes:
    """The archive of (name, data) pairs."""
    index = plan([(name, len(data)) for name, data in entries])
    body = b"".join(data.ljust(_align(len(data)), b"\0") for _, data in entries)
    return index.encode() + body


def parse_index(window: Window) -> Index:
    """The index at the window's start; the data is not looked at."""
    magic, version, count, total, zero = window.unpack("<8sIIQQ", 0, "header")
    if magic != MAGIC:
        window.fail(0, "magic", f"not a boot archive: expected {MAGIC!r}, found {magic!r}")
    if version != VERSION:
        window.fail(8, "version", f"boot archive version: expected {VERSION}, found {version}")
    if total != window.size or zero:
        window.fail(16, "total size", f"expected {window.size} bytes, found {total}")
    sizes = [_parse_entry(window, _HEADER.size + _ENTRY.size * i) for i in range(count)]
    index = plan(sizes)
    encoded = index.encode()
    if window.read(0, len(encoded), "index") != encoded:
        window.fail(_HEADER.size, "entries", "not the canonical layout of these entries")
    return index


def _parse_entry(window: Window, offset: int) -> tuple[str, int]:
    raw, _, size, _, _ = window.unpack("<40sQQII", offset, "entry")
    name = raw.rstrip(b"\0")
    if not name.isascii() or not _NAME.fullmatch(name.decode("ascii")):
        window.fail(offset, "name", f"bad entry name {name!r}")
    return name.decode("ascii"), size


def parse(data: bytes) -> tuple[tuple[str, bytes], ...]:
    """The (name, data) pairs of an archive; the inverse of `encode`."""
    window = Window.whole(data, "boot archive")
    result = []
    for entry in parse_index(window).entries:
        padded = window.read(entry.offset, _align(entry.size), entry.name)
        if padded[entry.size :].strip(b"\0"):
            window.fail(entry.offset + entry.size, entry.name, "padding is not zero")
        result.append((entry.name, padded[: entry.size]))
    return tuple(result)

"""GUID partition table.

Specification: UEFI 2.10, section 5.3; field names are its own in snake_case. Sectors of 512 bytes,
128 entries of 128 bytes. The primary copy is header and entries from LBA 1, the backup entries
and header at the end of the disk; both derive from one `Table`.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, replace
from uuid import UUID

from exodist.errors import FormatError
from exodist.formats.window import Window

SECTOR = 512
SIGNATURE = b"EFI PART"
REVISION = 0x00010000
HEADER_SIZE = 92
ENTRY_SIZE = 128
ENTRIES = 128
ENTRY_SECTORS = ENTRIES * ENTRY_SIZE // SECTOR
NAME_UNITS = 36
EFI_SYSTEM = UUID("c12a7328-f81f-11d2-ba4b-00a0c93ec93b")

_HEADER = struct.Struct("<8sIIIIQQQQ16sQIII")
_ENTRY = struct.Struct("<16s16sQQQ72s")


@dataclass(frozen=True)
class Entry:
    """A partition; `ending_lba` is its last sector."""

    partition_type_guid: UUID
    unique_partition_guid: UUID
    starting_lba: int
    ending_lba: int
    partition_name: str = ""
    attributes: int = 0

    def encode(self) -> bytes:
        """128 bytes."""
        name = self.partition_name.encode("utf-16-le", "surrogatepass")
        if len(name) > 2 * NAME_UNITS:
            raise FormatError(f"name `{self.partition_name}` is too long", where="GPT")
        return _ENTRY.pack(
            self.partition_type_guid.bytes_le, self.unique_partition_guid.bytes_le,
            self.starting_lba, self.ending_lba, self.attributes, name,
        )  # fmt: skip


@dataclass(frozen=True)
class Header:
    """The partition table header."""

    my_lba: int
    alternate_lba: int
    first_usable_lba: int
    last_usable_lba: int
    disk_guid: UUID
    partition_entry_lba: int
    number_of_partition_entries: int
    partition_entry_array_crc32: int

    def encode(self) -> bytes:
        """One sector, checksum included."""
        raw = self._pack(0)
        return self._pack(zlib.crc32(raw)).ljust(SECTOR, b"\0")

    def _pack(self, crc: int) -> bytes:
        return _HEADER.pack(
            SIGNATURE, REVISION, HEADER_SIZE, crc, 0, self.my_lba, self.alternate_lba,
            self.first_usable_lba, self.last_usable_lba, self.disk_guid.bytes_le,
            self.partition_entry_lba, self.number_of_partition_entries, ENTRY_SIZE,
            self.partition_entry_array_crc32,
        )  # fmt: skip


@dataclass(frozen=True)
class Table:
    """All that both copies say: the disk's GUID, its size and usable range, the partitions."""

    disk_guid: UUID
    sectors: int
    first_usable_lba: int
    entries: tuple[Entry, ...]

    @property
    def last_usable_lba(self) -> int:
        """The sector before the backup entries."""
        return self.sectors - ENTRY_SECTORS - 2

    def _array(self) -> bytes:
        return b"".join(e.encode() for e in self.entries).ljust(ENTRIES * ENTRY_SIZE, b"\0")

    def _header(self) -> Header:
        return Header(
            my_lba=1, alternate_lba=self.sectors - 1, first_usable_lba=self.first_usable_lba,
            last_usable_lba=self.last_usable_lba, disk_guid=self.disk_guid, partition_entry_lba=2,
            number_of_partition_entries=ENTRIES,
            partition_entry_array_crc32=zlib.crc32(self._array()),
        )  # fmt: skip

    def encode_primary(self) -> bytes:
        """Sectors 1 to 33."""
        return self._header().encode() + self._array()

    def encode_backup(self) -> bytes:
        """The last 33 sectors."""
        backup = replace(
            self._header(),
            my_lba=self.sectors - 1,
            alternate_lba=1,
            partition_entry_lba=self.last_usable_lba + 1,
        )
        return self._array() + backup.encode()


def parse_header(window: Window, lba: int) -> Header:
    """The header in a sector of the disk, its checksum checked."""
    at = lba * SECTOR
    (signature, revision, size, crc, _, my, alternate, first, last, guid, entry_lba, count,
     entry_size, array_crc) = window.unpack(_HEADER.format, at, "GPT header")  # fmt: skip
    if signature != SIGNATURE:
        window.fail(at, "signature", f"no GPT header: expected {SIGNATURE!r}, found {signature!r}")
    if (revision, size, entry_size) != (REVISION, HEADER_SIZE, ENTRY_SIZE):
        window.fail(at + 8, "revision and sizes", f"unknown GPT revision {revision:#x} or sizes")
    header = Header(my, alternate, first, last, UUID(bytes_le=guid), entry_lba, count, array_crc)
    if window.read(at, SECTOR, "GPT header") != header.encode():
        found = int.from_bytes(header.encode()[16:20], "little")
        window.fail(
            at + 16, "header_crc32", f"header checksum: expected {crc:#x}, found {found:#x}"
        )
    if my != lba:
        window.fail(at + 24, "my_lba", f"my_lba: expected {lba}, found {my}")
    return header


def parse_entries(window: Window, header: Header) -> tuple[Entry, ...]:
    """The used entries that a header points to, their checksum checked."""
    at = header.partition_entry_lba * SECTOR
    raw = window.read(at, header.number_of_partition_entries * ENTRY_SIZE, "GPT entries")
    if (found := zlib.crc32(raw)) != header.partition_entry_array_crc32:
        expected = header.partition_entry_array_crc32
        window.fail(at, "entries", f"entries' checksum: expected {expected:#x}, found {found:#x}")
    return tuple(
        _parse_entry(raw[i : i + ENTRY_SIZE])
        for i in range(0, len(raw), ENTRY_SIZE)
        if raw[i : i + 16] != bytes(16)
    )


def _parse_entry(raw: bytes) -> Entry:
    kind, unique, first, last, attributes, name = _ENTRY.unpack(raw)
    text = name.decode("utf-16-le", "surrogatepass").partition("\0")[0]
    return Entry(UUID(bytes_le=kind), UUID(bytes_le=unique), first, last, text, attributes)


def parse(window: Window) -> Table:
    """The table of a whole disk: both copies valid, in place and equal."""
    sectors = window.size // SECTOR
    primary = parse_header(window, 1)
    entries = parse_entries(window, primary)
    table = Table(primary.disk_guid, sectors, primary.first_usable_lba, entries)
    for lba, expected in ((1, table.encode_primary()), (sectors - 33, table.encode_backup())):
        if window.read(lba * SECTOR, len(expected), "GPT") != expected:
            window.fail(lba * SECTOR, "GPT", "the two copies differ or are not in place")
    return table

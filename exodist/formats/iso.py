"""ISO 9660 and El Torito, as far as a boot loader and our lint look.

Specifications: ECMA-119 (volume descriptors, sections 8.1 to 8.4); "El Torito" Bootable CD-ROM
Format 1.0, sections 2.0 to 2.5; UEFI 2.10, section 13.3.2.1 (platform 0xEF, count of 512-byte
sectors). Directories are read and written through pycdlib (`images.cdrom`); what is here has to
judge that library's output too, so it does not use it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from exodist.formats.window import Window

SECTOR = 2048
SYSTEM_AREA = 16  # sectors that ISO 9660 leaves to others
PLATFORM_EFI = 0xEF
BOOT_IMAGE_MAX = 65535  # 512-byte sectors: the catalog counts them in 16 bits

_PRIMARY, _BOOT, _TERMINATOR = 1, 0, 255
_ENTRY = struct.Struct("<BBHBBHI")


@dataclass(frozen=True)
class VolumeDescriptor:
    """A volume descriptor: its type and where it is, in sectors."""

    kind: int
    sector: int


@dataclass(frozen=True)
class Primary:
    """The primary volume descriptor's identifiers and size in sectors of 2048 bytes."""

    system_identifier: str
    volume_identifier: str
    volume_space_size: int
    logical_block_size: int


@dataclass(frozen=True)
class BootEntry:
    """An El Torito entry: `load_rba` in sectors of 2048, `sector_count` in sectors of 512 bytes."""

    platform_id: int
    bootable: bool
    media_type: int
    sector_count: int
    load_rba: int


def descriptors(window: Window) -> tuple[VolumeDescriptor, ...]:
    """All volume descriptors up to the terminator."""
    found = []
    for sector in range(SYSTEM_AREA, SYSTEM_AREA + 64):
        at = sector * SECTOR
        kind, identifier = window.unpack("<B5s", at, "volume descriptor")
        if identifier != b"CD001":
            window.fail(
                at, "identifier", f"no ISO 9660 volume: expected b'CD001', found {identifier!r}"
            )
        found.append(VolumeDescriptor(kind, sector))
        if kind == _TERMINATOR:
            return tuple(found)
    window.fail(SYSTEM_AREA * SECTOR, "terminator", "no volume descriptor set terminator")


def parse(window: Window) -> Primary:
    """The primary volume descriptor of the volume that starts with the window."""
    for descriptor in descriptors(window):
        if descriptor.kind == _PRIMARY:
            at = descriptor.sector * SECTOR
            system, volume = window.unpack("<8x32s32s", at, "identifiers")
            little, big = (
                window.unpack("<80xI", at, "size")[0],
                window.unpack(">84xI", at, "size")[0],
            )
            if little != big:
                window.fail(at + 80, "volume_space_size", f"both orders differ: {little} and {big}")
            block = window.unpack("<H", at + 128, "logical_block_size")[0]
            return Primary(_text(system), _text(volume), little, block)
    window.fail(SYSTEM_AREA * SECTOR, "descriptors", "no primary volume descriptor")


def _text(raw: bytes) -> str:
    return raw.decode("ascii", "replace").rstrip(" \0")


def boot_catalog(window: Window) -> int | None:
    """Sector of the El Torito catalog; None where there is no boot record."""
    for descriptor in descriptors(window):
        at = descriptor.sector * SECTOR
        if descriptor.kind == _BOOT:
            system = window.read(at + 7, 32, "boot system identifier").rstrip(b"\0")
            if system == b"EL TORITO SPECIFICATION":
                sector: int = window.unpack("<I", at + 0x47, "boot catalog")[0]
                return sector
    return None


def boot_entries(window: Window, catalog: int) -> tuple[BootEntry, ...]:
    """The catalog's entries; the validation entry's checksum is checked."""
    at = catalog * SECTOR
    raw = window.read(at, SECTOR, "boot catalog")
    if raw[0] != 1 or raw[30:32] != b"\x55\xaa" or sum(struct.unpack("<16H", raw[:32])) & 0xFFFF:
        window.fail(at, "validation entry", "identifier, key bytes or checksum are wrong")
    entries = [_entry(raw[32:64], raw[1])]
    offset = 64
    while offset + 32 <= SECTOR and raw[offset] in (0x90, 0x91):
        last, platform = raw[offset] == 0x91, raw[offset + 1]
        (count,) = struct.unpack_from("<H", raw, offset + 2)
        offset += 32
        for _ in range(count):
            if offset + 32 > SECTOR:
                window.fail(at + offset, "section", "a section leaves the catalog's sector")
            entries.append(_entry(raw[offset : offset + 32], platform))
            offset += 32
        if last:
            break
    return tuple(entries)


def _entry(raw: bytes, platform: int) -> BootEntry:
    indicator, media, _, _, _, count, rba = _ENTRY.unpack_from(raw)
    return BootEntry(platform, indicator == 0x88, media & 0xF, count, rba)

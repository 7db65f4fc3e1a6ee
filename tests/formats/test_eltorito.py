"""ISO 9660 descriptors and El Torito: golden bytes made by hand, truncation, bit flips."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exodist.errors import FormatError
from exodist.formats import iso
from exodist.formats.window import Window

CATALOG = 19


def descriptor(kind: int, body: bytes) -> bytes:
    return (bytes([kind]) + b"CD001\x01" + body).ljust(iso.SECTOR, b"\0")


def validation(platform: int) -> bytes:
    raw = bytearray(struct.pack("<BBH24sHBB", 1, platform, 0, b"", 0, 0x55, 0xAA))
    total = sum(struct.unpack("<16H", raw)) & 0xFFFF
    raw[28:30] = ((-total) & 0xFFFF).to_bytes(2, "little")
    return bytes(raw)


def entry(count: int, rba: int) -> bytes:
    return struct.pack("<BBHBBHI", 0x88, 0, 0, 0, 0, count, rba).ljust(32, b"\0")


def volume() -> bytes:
    """BIOS entry first, then a section for UEFI: the catalog of most distributions."""
    size = struct.pack("<I", 24) + struct.pack(">I", 24)
    primary = b"\0" + b"SYSTEM".ljust(32) + b"VOLUME".ljust(32) + bytes(8) + size
    primary = primary.ljust(121, b"\0") + struct.pack("<H", 2048)
    boot = b"EL TORITO SPECIFICATION".ljust(64, b"\0") + struct.pack("<I", CATALOG)
    section = struct.pack("<BBH28s", 0x91, iso.PLATFORM_EFI, 1, b"")
    catalog = validation(0) + entry(4, 20) + section + entry(16, 21)
    sectors = [descriptor(1, primary), descriptor(0, boot), descriptor(255, b"")]
    raw = bytes(16 * iso.SECTOR) + b"".join(sectors) + catalog.ljust(iso.SECTOR, b"\0")
    return raw.ljust(24 * iso.SECTOR, b"\0")


VOLUME = volume()


def read(data: bytes) -> tuple[object, ...]:
    window = Window.whole(data)
    catalog = iso.boot_catalog(window)
    assert catalog is not None
    return iso.parse(window), iso.boot_entries(window, catalog)


def test_golden() -> None:
    assert read(VOLUME) == (
        iso.Primary("SYSTEM", "VOLUME", 24, 2048),
        (
            iso.BootEntry(0, True, 0, 4, 20),
            iso.BootEntry(iso.PLATFORM_EFI, True, 0, 16, 21),
        ),
    )


def test_truncation_is_refused() -> None:
    for size in range(0, 20 * iso.SECTOR - 1, 499):
        with pytest.raises(FormatError):
            read(VOLUME[:size])


@given(st.integers(8 * CATALOG * iso.SECTOR, 8 * (CATALOG * iso.SECTOR + 32) - 1))
def test_a_flipped_bit_of_the_validation_entry_is_seen(bit: int) -> None:
    data = bytearray(VOLUME)
    data[bit // 8] ^= 1 << bit % 8
    with pytest.raises(FormatError):
        read(bytes(data))


@given(st.binary(min_size=64, max_size=64), st.integers(0, 3 * iso.SECTOR))
def test_garbage_raises_nothing_else(garbage: bytes, at: int) -> None:
    data = bytearray(VOLUME)
    start = 16 * iso.SECTOR + at
    data[start : start + 64] = garbage
    try:
        window = Window.whole(bytes(data))
        iso.parse(window)
        catalog = iso.boot_catalog(window)
        if catalog is not None:
            iso.boot_entries(window, catalog)
    except FormatError:
        return


def test_a_volume_without_el_torito() -> None:
    data = VOLUME[: 17 * iso.SECTOR] + descriptor(255, b"")
    assert iso.boot_catalog(Window.whole(data)) is None


def test_no_primary_descriptor_and_no_terminator() -> None:
    with pytest.raises(FormatError, match="no primary"):
        iso.parse(Window.whole(bytes(16 * iso.SECTOR) + descriptor(255, b"")))
    with pytest.raises(FormatError, match="terminator"):
        iso.parse(Window.whole(bytes(16 * iso.SECTOR) + descriptor(2, b"") * 64))

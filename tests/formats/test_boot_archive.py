"""Boot archive: round trip, one encoding only, truncation and bit flips, the C header's layout."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exodist.errors import FormatError
from exodist.formats import boot_archive

NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789._-", min_size=1, max_size=39)
ENTRIES = st.dictionaries(NAMES, st.binary(max_size=9000), max_size=6).map(
    lambda found: tuple(found.items())
)
SAMPLE = (("root", b"\x01" * 5000), ("posix", b"\x02" * 4096), ("empty", b""))


@given(ENTRIES)
def test_round_trip(entries: tuple[tuple[str, bytes], ...]) -> None:
    data = boot_archive.encode(entries)
    assert len(data) % 4096 == 0
    assert boot_archive.parse(data) == entries


def test_golden_layout() -> None:
    data = boot_archive.encode([("a", b"x")])
    assert data[:32] == b"EXOBARC1" + bytes([1, 0, 0, 0, 1, 0, 0, 0, 0, 0x20]) + bytes(14)
    assert data[32:96] == b"a".ljust(40, b"\0") + bytes([0, 0x10]) + bytes(6) + b"\x01".ljust(
        16, b"\0"
    )
    assert data[4096:] == b"x".ljust(4096, b"\0")


def test_constants_are_those_of_the_kernel(tree: Path) -> None:
    header = (tree / "kernel/abi/exo/boot_archive.h").read_text()
    assert f'BOOT_ARCHIVE_MAGIC "{boot_archive.MAGIC.decode()}"' in header
    assert re.search(rf"BOOT_ARCHIVE_VERSION {boot_archive.VERSION}u\b", header)


def test_every_truncation_is_refused() -> None:
    data = boot_archive.encode(SAMPLE)
    for size in [*range(300), *range(300, len(data), 97), len(data) - 1]:
        with pytest.raises(FormatError):
            boot_archive.parse(data[:size])


@given(st.integers(0, 8 * len(boot_archive.encode(SAMPLE)) - 1))
def test_a_flipped_bit_is_seen_or_is_data(bit: int) -> None:
    data = bytearray(boot_archive.encode(SAMPLE))
    data[bit // 8] ^= 1 << bit % 8
    try:
        parsed = boot_archive.parse(bytes(data))
    except FormatError:
        return
    assert parsed != SAMPLE
    assert boot_archive.encode(parsed) == bytes(data)


@pytest.mark.parametrize("name", ["", "A", "a/b", "x" * 40, "é", "a b"])
def test_bad_names_are_refused(name: str) -> None:
    with pytest.raises(FormatError, match="name"):
        boot_archive.encode([(name, b"")])


def test_a_name_that_is_there_twice_is_refused() -> None:
    with pytest.raises(FormatError, match="two entries are named `a`"):
        boot_archive.encode([("a", b""), ("a", b"")])

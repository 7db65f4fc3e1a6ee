"""GPT and MBR: round trips, both copies, truncation and bit flips."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exodist.errors import FormatError
from exodist.formats import gpt, mbr
from exodist.formats.window import Window

NAMES = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=18)
ENTRY = st.builds(
    gpt.Entry,
    st.uuids().filter(lambda uuid: uuid.int),
    st.uuids(),
    st.integers(34, 2**63),
    st.integers(34, 2**63),
    NAMES,
    st.integers(0, 2**64 - 1),
)


def disk(table: gpt.Table) -> bytes:
    """A disk with nothing but its tables."""
    primary, backup = table.encode_primary(), table.encode_backup()
    head = mbr.protective(table.sectors).encode() + primary
    return head.ljust(table.sectors * gpt.SECTOR - len(backup), b"\0") + backup


@given(st.uuids(), st.integers(68, 300), st.lists(ENTRY, max_size=5))
def test_round_trip(guid: UUID, sectors: int, entries: list[gpt.Entry]) -> None:
    table = gpt.Table(guid, sectors, 34, tuple(entries))
    data = disk(table)
    assert len(data) == sectors * gpt.SECTOR
    assert gpt.parse(Window.whole(data)) == table


SAMPLE = gpt.Table(
    UUID(int=1), 100, 34, (gpt.Entry(gpt.EFI_SYSTEM, UUID(int=2), 40, 60, "EFI system"),)
)


@given(st.integers(8 * 512, 8 * 34 * 512 - 1), st.booleans())
def test_a_flipped_bit_of_either_copy_is_seen(bit: int, backup: bool) -> None:
    data = bytearray(disk(SAMPLE))
    if backup:
        bit += 8 * (len(data) - 34 * 512)
    data[bit // 8] ^= 1 << bit % 8
    with pytest.raises(FormatError):
        gpt.parse(Window.whole(bytes(data)))


def test_truncation_is_refused() -> None:
    data = disk(SAMPLE)
    for size in range(0, len(data), 401):
        with pytest.raises(FormatError):
            gpt.parse(Window.whole(data[:size]))


def test_a_header_in_the_wrong_place_is_refused() -> None:
    data = disk(SAMPLE)
    moved = data[:1024] + data[512:1024] + data[1536:]
    with pytest.raises(FormatError, match="my_lba: expected 2, found 1"):
        gpt.parse_header(Window.whole(moved), 2)


def test_a_long_name_is_refused() -> None:
    with pytest.raises(FormatError, match="too long"):
        gpt.Entry(gpt.EFI_SYSTEM, UUID(int=2), 40, 60, "x" * 37).encode()


PARTITION = st.builds(
    mbr.Partition,
    st.integers(1, 255),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**32 - 1),
    st.sampled_from([0, 0x80]),
    st.binary(min_size=3, max_size=3),
    st.binary(min_size=3, max_size=3),
)


@given(
    st.lists(PARTITION, max_size=4),
    st.integers(0, 2**32 - 1),
    st.binary(min_size=440, max_size=440),
)
def test_mbr_round_trip(partitions: list[mbr.Partition], signature: int, code: bytes) -> None:
    record = mbr.Mbr(tuple(partitions), signature, code)
    assert mbr.parse(Window.whole(record.encode())) == record


def test_mbr_truncated_or_without_signature_is_refused() -> None:
    raw = mbr.protective(1000).encode()
    for bad in (raw[:511], b"", raw[:510] + b"\0\0"):
        with pytest.raises(FormatError):
            mbr.parse(Window.whole(bad))


def test_protective_mbr_of_a_large_disk() -> None:
    assert mbr.protective(2**33).partitions[0].size_in_lba == 0xFFFFFFFF

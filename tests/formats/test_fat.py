"""FAT structures: round trips, geometry, names. Whole volumes: tests/images/test_esp.py."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exodist.errors import FormatError
from exodist.formats import fat
from exodist.formats.window import Window


def plan(clusters: int, sectors: int = 1) -> fat.BootSector:
    """The volume for content of that many one-sector clusters."""
    needed = {size: -(-clusters * sectors // size) for size in fat.CLUSTER_SIZES}
    return fat.plan(needed, 3, 0x1234, "LABEL")


@given(st.integers(0, 30_000_000))
def test_geometry_holds_the_content_and_says_its_kind(clusters: int) -> None:
    volume = plan(clusters)
    low, high = fat.FAT16_CLUSTERS if volume.bits == 16 else fat.FAT32_CLUSTERS
    assert low <= volume.clusters < high
    assert volume.clusters * volume.sec_per_clus >= clusters
    assert (volume.clusters + 2) * volume.bits // 8 <= volume.fat_sz * fat.SECTOR
    assert volume.tot_sec % fat.TRACK == 0
    slack = volume.tot_sec - volume.data_sector - clusters
    smallest = (low + fat.MARGIN) * volume.sec_per_clus
    assert clusters < smallest or slack <= 2 * fat.TRACK + volume.sec_per_clus


@given(st.integers(0, 200_000))
def test_boot_sector_round_trip(clusters: int) -> None:
    volume = plan(clusters)
    window = Window(volume.encode(), "x", 0, volume.tot_sec * fat.SECTOR)
    assert fat.parse(window) == volume


@given(st.integers(0, 8 * fat.SECTOR - 1))
def test_a_flipped_bit_of_the_boot_sector_is_seen(bit: int) -> None:
    volume = plan(5000)
    raw = bytearray(volume.encode())
    raw[bit // 8] ^= 1 << bit % 8
    try:
        assert fat.parse(Window(bytes(raw), "x", 0, volume.tot_sec * fat.SECTOR)) != volume
    except FormatError:
        return


def test_a_truncated_volume_is_refused() -> None:
    volume = plan(5000)
    with pytest.raises(FormatError, match="tot_sec"):
        fat.parse(Window(volume.encode(), "x", 0, volume.tot_sec * fat.SECTOR - 1))
    for size in range(0, fat.SECTOR, 37):
        with pytest.raises(FormatError):
            fat.parse(Window.whole(volume.encode()[:size]))


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_fsinfo_round_trip(free: int, following: int) -> None:
    info = fat.FsInfo(free, following)
    assert fat.parse_fsinfo(Window.whole(info.encode())) == info
    with pytest.raises(FormatError):
        fat.parse_fsinfo(Window.whole(bytes(512)))


@given(
    st.binary(min_size=11, max_size=11),
    st.integers(0, 255),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**32 - 1),
)
def test_directory_entry_round_trip(name: bytes, attr: int, cluster: int, size: int) -> None:
    entry = fat.DirectoryEntry(name, attr, cluster, size, *fat.fat_time(1_700_000_000))
    assert fat.parse_directory_entry(entry.encode()) == entry


def test_times() -> None:
    assert fat.fat_time(0) == (1 << 5 | 1, 0)  # 1980 is the first year
    assert fat.fat_time(1_700_000_000) == (43 << 9 | 11 << 5 | 14, 22 << 11 | 13 << 5 | 10)
    with pytest.raises(FormatError, match="2107"):
        fat.fat_time(5_000_000_000)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("BOOTX64.EFI", b"BOOTX64 EFI"),
        ("EFI", b"EFI        "),
        ("readme.txt", b"README~1TXT"),
        ("a long name.jpeg", b"ALONGN~1JPE"),
        (".hidden", b"HIDDEN~1   "),
        ("a.b.c", b"AB~1    C  "),
        ("ä+b", b"__B~1      "),
    ],
)
def test_short_names(name: str, short: bytes) -> None:
    assert fat.ShortNames().give(name) == short


def test_short_names_stay_unique() -> None:
    shorts = fat.ShortNames(["FILENU~2.TXT"])
    given = [shorts.give(f"file number {number}.txt") for number in range(1200)]
    assert len({*given, b"FILENU~2TXT"}) == 1201
    assert {len(short) for short in given} == {11}


@pytest.mark.parametrize("name", ["", "a/b", "a:b", "x.", "x ", " x", "x" * 256, "a\0b"])
def test_bad_names_are_refused(name: str) -> None:
    with pytest.raises(FormatError):
        fat.check_name(name)


def test_labels() -> None:
    assert fat.encode_label("exov6") == b"EXOV6      "
    with pytest.raises(FormatError):
        fat.encode_label("x" * 12)

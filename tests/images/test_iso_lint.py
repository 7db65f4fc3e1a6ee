"""The lint: each rule has an ISO that breaks it and nothing else."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exodist.errors import FormatError
from exodist.formats import gpt, iso, mbr
from exodist.formats.window import Window
from exodist.images.esp import write_esp
from exodist.images.iso import write_iso
from exodist.images.lint import lint

ID = UUID("6f6e6b1e-0000-5000-8000-000000000004")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("lint")
    with (folder / "esp").open("wb") as out:
        write_esp({"EFI/BOOT/BOOTX64.EFI": b"x"}, out, epoch=0, identity=ID, label="ESP")
    write_iso(folder / "esp", {}, folder / "a.iso", epoch=0, identity=ID, label="LINT")
    return (folder / "a.iso").read_bytes()


def rules(data: bytes | bytearray) -> set[str]:
    return {finding.rule for finding in lint(Window.whole(bytes(data)))}


def retable(data: bytes, entries: tuple[gpt.Entry, ...]) -> bytearray:
    """The ISO with other partitions in both copies."""
    old = gpt.parse(Window.whole(data))
    table = gpt.Table(old.disk_guid, old.sectors, old.first_usable_lba, entries)
    changed = bytearray(data)
    changed[512 : 34 * 512] = table.encode_primary()
    changed[-33 * 512 :] = table.encode_backup()
    return changed


def moved(entry: gpt.Entry, first: int, last: int) -> gpt.Entry:
    return gpt.Entry(entry.partition_type_guid, entry.unique_partition_guid, first, last, "p")


def test_a_good_iso_has_no_findings(good: bytes) -> None:
    assert rules(good) == set()


def test_partition_rules(good: bytes) -> None:
    (esp,) = gpt.parse(Window.whole(good)).entries
    first, last = esp.starting_lba, esp.ending_lba
    assert rules(retable(good, ())) == {"esp-partition"}
    assert rules(retable(good, (moved(esp, first, last - 4),))) == {"same-esp", "esp"}
    assert rules(retable(good, (moved(esp, first + 4, last),))) == {"same-esp", "alignment", "esp"}
    outside = moved(esp, first, len(good) // 512)
    assert rules(retable(good, (outside,))) >= {"partition-range", "same-esp"}
    linux = gpt.Entry(UUID(int=9), UUID(int=8), first + 8, last, "other")
    assert rules(retable(good, (esp, linux))) == {"partition-overlap"}


def test_each_copy_of_the_gpt(good: bytes) -> None:
    for rule, at in (("gpt-primary", 512 + 60), ("gpt-backup", len(good) - 512 + 60)):
        bad = bytearray(good)
        bad[at] ^= 1
        assert rule in rules(bad)
    bad = bytearray(good)
    bad[1024] ^= 1
    assert "gpt-primary" in rules(bad)
    (esp,) = gpt.parse(Window.whole(good)).entries
    other = retable(good, (moved(esp, esp.starting_lba, esp.ending_lba - 4),))
    assert rules(good[: -33 * 512] + bytes(other[-33 * 512 :])) == {"gpt-copies"}


def test_backup_elsewhere(good: bytes) -> None:
    """A stick that is larger than the image: what every `dd` makes."""
    assert rules(good + bytes(1 << 20)) == {"gpt-backup", "protective-mbr"}


def test_mbr(good: bytes) -> None:
    bad = bytearray(good)
    bad[510] = 0
    assert rules(bad) == {"protective-mbr"}
    hybrid = mbr.Mbr((mbr.Partition(0x17, 0, 100, 0x80), mbr.Partition(0xEF, 2048, 100)))
    assert rules(hybrid.encode() + good[512:]) == {"protective-mbr"}
    active = bytearray(good)
    active[446] = 0x80
    assert rules(active) == {"protective-mbr"}


def test_el_torito(good: bytes) -> None:
    at = (iso.boot_catalog(Window.whole(good)) or 0) * iso.SECTOR
    broken = bytearray(good)
    broken[at + 1] ^= 1
    assert rules(broken) == {"el-torito"}
    unbootable = bytearray(good)
    unbootable[at + 32] = 0
    assert rules(unbootable) == {"el-torito"}
    elsewhere = bytearray(good)
    elsewhere[at + 40 : at + 44] = struct.pack("<I", 500)
    assert rules(elsewhere) == {"same-esp"}
    outside = bytearray(good)
    outside[at + 40 : at + 44] = struct.pack("<I", 1 << 30)
    assert rules(outside) == {"el-torito", "same-esp"}


def test_esp(good: bytes) -> None:
    bad = bytearray(good)
    bad[(1 << 20) + 510] = 0
    assert rules(bad) == {"esp"}
    for at in (512 + 100, 14, 16):  # one table; where the tables are; how many there are
        bad = bytearray(good)
        bad[(1 << 20) + at] ^= 0x41
        assert rules(bad) == {"esp"}


def test_sizes(good: bytes) -> None:
    assert {"truncated", "gpt-backup", "protective-mbr"} <= rules(good[: 2 << 20])
    assert "whole-sectors" in rules(good[:-100])


def test_no_iso_is_an_error() -> None:
    for data in (b"", b"x" * 100_000, bytes(40_000)):
        with pytest.raises(FormatError):
            lint(Window.whole(data))


def test_foreign_isos(judge: Callable[..., str], tmp_path: Path, good: bytes) -> None:
    """xorriso's plain ISO misses the GPT; its GPT ISO with an appended ESP is judged by the same
    rules, and the rule that it breaks is named."""
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/file").write_bytes(random.Random(1).randbytes(10_000))
    esp = gpt.parse(Window.whole(good)).entries[0]
    start, end = esp.starting_lba * 512, (esp.ending_lba + 1) * 512
    (tmp_path / "tree/esp").write_bytes(good[start:end])
    plain = tmp_path / "plain.iso"
    judge(
        "xorriso", "-as", "mkisofs", "-o", plain, "-e", "esp", "-no-emul-boot", tmp_path / "tree"
    )  # fmt: skip
    assert rules(plain.read_bytes()) == {
        "protective-mbr", "gpt-primary", "gpt-backup", "esp-partition",
    }  # fmt: skip
    appended = tmp_path / "appended.iso"
    judge(
        "xorriso", "-as", "mkisofs", "-o", appended, "-append_partition", 2, gpt.EFI_SYSTEM,
        tmp_path / "tree/esp", "-appended_part_as_gpt", "-e",
        "--interval:appended_partition_2:all::", "-no-emul-boot", tmp_path / "tree",
    )  # fmt: skip
    assert rules(appended.read_bytes()) <= {"alignment", "same-esp", "gpt-copies"}


@settings(max_examples=40)
@given(st.integers(0, 60_000), st.binary(min_size=1, max_size=16))
def test_damage_is_a_finding_or_one_error(good: bytes, at: int, garbage: bytes) -> None:
    bad = bytearray(good)
    bad[at : at + len(garbage)] = garbage
    try:
        lint(Window.whole(bytes(bad)))
    except FormatError:
        return

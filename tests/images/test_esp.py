"""The ESP: judged by fsck.fat and mtools; every file identical; the same bytes."""

from __future__ import annotations

import io
import random
import string
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exodist.errors import FormatError
from exodist.formats import fat
from exodist.formats.payload import Payload
from exodist.formats.window import Window
from exodist.images import fatlist
from exodist.images.esp import EspImage, write_esp

ID = UUID("6f6e6b1e-0000-5000-8000-000000000002")
RANDOM = random.Random(5)
BOOT = "EFI/BOOT/BOOTX64.EFI"
SMALL = {
    BOOT: RANDOM.randbytes(300_001),
    "EXOV6/FS.IMG": RANDOM.randbytes(2_500_000),
    "long name.txt": b"hello",
    "Long Name 2.txt": b"two",
    "empty": b"",
    "Überlang/näme.conf": b"u",
    **{f"many/file number {i}.jpeg": b"%d" % i for i in range(120)},
}


def write(files: dict[str, Payload], path: Path) -> EspImage:
    with path.open("wb") as out:
        return write_esp(files, out, epoch=1_700_000_000, identity=ID, label="EXOV6")


def contents(data: bytes) -> dict[str, bytes]:
    found = {}
    for member in fatlist.walk(Window.whole(data)):
        if not member.directory:
            assert member.window is not None
            found[member.path] = member.window.read(0, member.size, "file")
    return found


@pytest.mark.parametrize("bits", [16, 32])
def test_judges_agree(judge: Callable[..., str], tmp_path: Path, bits: int) -> None:
    files: dict[str, Payload] = {**SMALL}
    if bits == 32:
        (tmp_path / "large").write_bytes(bytes(range(256)) * 140_000)
        files["large.bin"] = tmp_path / "large"
    image = write(files, tmp_path / "esp")
    assert image.bits == bits and (tmp_path / "esp").stat().st_size == image.size
    said = judge("fsck.fat", "-nv", tmp_path / "esp")
    assert f"{bits} bit entries" in said and "differ" not in said
    judge("minfo", "-i", tmp_path / "esp", "::")
    judge("mdir", "-/", "-i", tmp_path / "esp", "::")
    judge("mcopy", "-s", "-i", tmp_path / "esp", "::EFI", "::EXOV6", "::many", tmp_path)
    for name in (BOOT, "EXOV6/FS.IMG", "many/file number 7.jpeg"):
        assert (tmp_path / name).read_bytes() == files[name]
    data = (tmp_path / "esp").read_bytes()
    assert fat.parse(Window.whole(data)).bits == bits
    for name, content in SMALL.items():
        if content:
            at = image.offsets[name]
            assert data[at : at + len(content)] == content
    assert {name: found for name, found in contents(data).items() if name in SMALL} == SMALL


def test_the_same_bytes_in_any_order(tmp_path: Path) -> None:
    write({**SMALL}, tmp_path / "one")
    (tmp_path / "boot").write_bytes(SMALL[BOOT])
    files: dict[str, Payload] = {**SMALL, BOOT: tmp_path / "boot"}
    write(dict(reversed(files.items())), tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


NAMES = st.text(string.ascii_letters + string.digits + " ._-ä", min_size=1, max_size=20).filter(
    lambda name: name == name.strip(" ").rstrip(".") and name not in (".", "..")
)


@settings(max_examples=20)
@given(st.dictionaries(NAMES, st.binary(max_size=3000), max_size=5))
def test_round_trip(files: dict[str, bytes]) -> None:
    unique = {name.upper(): (name, content) for name, content in files.items()}
    expected = {f"D/{name}": content for name, content in unique.values()}
    out = io.BytesIO()
    write_esp(expected, out, epoch=0, identity=ID, label="X")
    assert contents(out.getvalue()) == expected


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["a", "A"], "case only"),
        (["a/b", "A/c"], "case only"),
        (["a", "a/b"], "both a file and a directory"),
        (["a:b"], "no valid FAT name"),
        (["/a"], "no valid FAT name"),
    ],
)
def test_bad_names_are_refused(names: list[str], message: str) -> None:
    files = {name: b"" for name in names}
    with pytest.raises(FormatError, match=message):
        write_esp(files, io.BytesIO(), epoch=0, identity=ID, label="X")


@pytest.mark.parametrize("size", [4000, 5500, 90_000])
def test_a_file_that_changes_meanwhile_is_an_error(tmp_path: Path, size: int) -> None:
    changing = tmp_path / "changing"
    changing.write_bytes(b"x" * 5000)

    class Changing(io.BytesIO):
        def write(self, data: object) -> int:
            changing.write_bytes(b"y" * size)
            return super().write(data)  # type: ignore[arg-type]

    with pytest.raises(FormatError, match="changed"):
        write_esp({"a": changing}, Changing(), epoch=0, identity=ID, label="X")


def sample() -> bytes:
    out = io.BytesIO()
    files = {BOOT: b"boot" * 500, "lower name": b"x" * 3000}
    write_esp(files, out, epoch=0, identity=ID, label="X")
    return out.getvalue()


SAMPLE = sample()


def test_foreign_volumes(judge: Callable[..., str], tmp_path: Path) -> None:
    """Those of mkfs.fat and mtools, FAT12 too."""
    (tmp_path / "file").write_bytes(SMALL[BOOT])
    for bits, size in ((12, 4000), (16, 20_000), (32, 70_000)):
        image = tmp_path / f"fat{bits}"
        judge("mkfs.fat", "-F", bits, "-C", image, size)
        judge("mmd", "-i", image, "::/FOLDER")
        judge("mcopy", "-i", image, tmp_path / "file", "::/FOLDER/a long name")
        assert contents(image.read_bytes()) == {"FOLDER/a long name": SMALL[BOOT]}


def test_truncated_and_damaged_volumes_raise_one_error() -> None:
    assert len(contents(SAMPLE)) == 2
    for size in (0, 100, 511, 512, 5000, 30_000):
        with pytest.raises(FormatError):
            contents(SAMPLE[:size])


@settings(max_examples=30)
@given(st.integers(0, 40_000), st.integers(0, 255))
def test_damage_raises_one_error_or_is_read(at: int, value: int) -> None:
    data = bytearray(SAMPLE)
    data[at] = value
    try:
        contents(bytes(data))
    except FormatError:
        return


def test_chains_and_folders_that_never_end_are_refused() -> None:
    volume = fat.parse(Window.whole(SAMPLE))
    table = volume.rsvd_sec_cnt * fat.SECTOR
    for first, following in ((4, 4), (3, 2)):  # a file's cluster; the folder BOOT
        data = bytearray(SAMPLE)
        data[table + 2 * first : table + 2 * first + 2] = following.to_bytes(2, "little")
        with pytest.raises(FormatError):
            contents(bytes(data))

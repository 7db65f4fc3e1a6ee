"""The ISO: judged by xorriso, isoinfo, sgdisk, sfdisk, mtools and our lint; the same bytes."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exodist.errors import FormatError
from exodist.formats.payload import Payload
from exodist.formats.window import Window
from exodist.images import cdrom
from exodist.images.esp import write_esp
from exodist.images.iso import IsoImage, write_iso
from exodist.images.lint import lint

ID = UUID("6f6e6b1e-0000-5000-8000-000000000003")
RANDOM = random.Random(11)
FILES: dict[str, Payload] = {
    "README.txt": b"read me",
    "docs/A Long Name, with comma.md": RANDOM.randbytes(5000),
    "docs/a long name, with comma.MD": b"other",
    "ESP.IMG": b"not the boot image",
    "a/b/c/d/e/f/g/h/i/j/deep": b"deep",
    "empty": b"",
}


def make_esp(path: Path) -> Path:
    with path.open("wb") as out:
        files = {"EFI/BOOT/BOOTX64.EFI": RANDOM.randbytes(200_000)}
        write_esp(files, out, epoch=0, identity=ID, label="ESP")
    return path


def write(esp: Path, out: Path, files: dict[str, Payload] | None = None) -> IsoImage:
    return write_iso(
        esp, FILES if files is None else files, out,
        epoch=1_700_000_000, identity=ID, label="ExoV6 0.1",
    )  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, IsoImage]:
    folder = tmp_path_factory.mktemp("iso")
    esp = make_esp(folder / "esp")
    return folder / "a.iso", esp, write(esp, folder / "a.iso")


def test_sizes_and_place(made: tuple[Path, Path, IsoImage]) -> None:
    path, esp, image = made
    data = path.read_bytes()
    assert len(data) == image.size and image.size % (1 << 20) == 0
    assert image.esp_offset == 1 << 20
    assert data[image.esp_offset : image.esp_offset + image.esp_size] == esp.read_bytes()
    assert lint(Window.whole(data)) == []
    assert [file.name for file in path.parent.iterdir() if file.name.startswith(".")] == []


def test_xorriso_and_isoinfo_read_it(
    judge: Callable[..., str], made: tuple[Path, Path, IsoImage], tmp_path: Path
) -> None:
    path, esp, image = made
    said = judge(
        "xorriso", "-indev", path, "-report_el_torito", "plain", "-report_system_area", "plain",
    )  # fmt: skip
    start, count = image.esp_offset // 512, image.esp_size // 512
    assert "protective-msdos-label" in said and "GPT" in said
    assert re.search(rf"boot img :   1  UEFI  y   none .* {count} +{start // 4}\n", said)
    assert re.search(rf"GPT start and size :   1  {start}  {count}\n", said)
    judge("xorriso", "-osirrox", "on", "-indev", path, "-extract", "/", tmp_path / "tree")
    for name, content in FILES.items():
        assert (tmp_path / "tree" / name).read_bytes() == content
    assert (tmp_path / "tree/esp.img").read_bytes() == esp.read_bytes()
    said = judge("isoinfo", "-d", "-i", path)
    assert "Volume id: EXOV6_0_1" in said and f"Volume size is: {image.size // 2048}" in said
    assert "Long Name, with comma.md" in judge("isoinfo", "-R", "-l", "-i", path)


def test_sgdisk_and_sfdisk_verify_it(
    judge: Callable[..., str], made: tuple[Path, Path, IsoImage]
) -> None:
    path, _, image = made
    said = judge("sgdisk", "-v", path)
    assert "No problems found" in said and "Warning" not in said
    assert "No errors detected" in judge("sfdisk", "--verify", path)
    said = judge("sfdisk", "-d", path)
    assert re.search(rf"start= *{image.esp_offset // 512}, size= *{image.esp_size // 512}", said)
    assert "EFI/BOOT" in judge("mdir", "-/", "-i", f"{path}@@{image.esp_offset}", "::")


def test_the_same_bytes_elsewhere(made: tuple[Path, Path, IsoImage], tmp_path: Path) -> None:
    """Another time zone, another process, another order, files instead of memory."""
    files = dict(reversed(FILES.items()))
    (tmp_path / "readme").write_bytes(b"read me")
    program = (
        "import sys; sys.path[:0] = [sys.argv[1]]\n"
        "from pathlib import Path; from uuid import UUID\n"
        "from exodist.images.iso import write_iso\n"
        f"files = {files!r}; files['README.txt'] = Path(sys.argv[4])\n"
        f"write_iso(Path(sys.argv[2]), files, Path(sys.argv[3]), epoch=1_700_000_000,\n"
        f"          identity={ID!r}, label='ExoV6 0.1')\n"
    )
    tree = Path(__file__).parent.parent.parent
    arguments = [tree, made[1], tmp_path / "b.iso", tmp_path / "readme"]
    environment = {**os.environ, "TZ": "Asia/Kathmandu", "SOURCE_DATE_EPOCH": "5"}
    subprocess.run(
        [sys.executable, "-c", program, *arguments], check=True, env=environment, timeout=60
    )
    assert (tmp_path / "b.iso").read_bytes() == made[0].read_bytes()


def test_pycdlib_lists_it(made: tuple[Path, Path, IsoImage]) -> None:
    found = {member.path: member.size for member in cdrom.walk(made[0]) if not member.directory}
    expected = {f"/{name}": len(content) for name, content in FILES.items()}  # type: ignore[arg-type]
    assert found == {**expected, "/boot.cat": 2048, "/esp.img": made[2].esp_size}


NAMES = st.text(
    st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=40
).filter(lambda name: name not in (".", "..") and len(name.encode()) < 200)


@settings(max_examples=20)
@given(st.dictionaries(NAMES, st.binary(max_size=5000), max_size=4))
def test_round_trip(
    made: tuple[Path, Path, IsoImage], tmp_path: Path, files: dict[str, bytes]
) -> None:
    """Any name, any content; read back where the tree says it is."""
    wanted: dict[str, Payload] = {f"d/{name}": content for name, content in files.items()}
    write(made[1], tmp_path / "r.iso", wanted)
    data = (tmp_path / "r.iso").read_bytes()
    found = {
        member.path: data[member.sector * 2048 :][: member.size]
        for member in cdrom.walk(tmp_path / "r.iso")
        if member.path.startswith("/d/")
    }
    assert found == {f"/{name}": content for name, content in wanted.items()}


def test_memory_does_not_grow_with_the_image(
    made: tuple[Path, Path, IsoImage], tmp_path: Path
) -> None:
    (tmp_path / "payload").write_bytes(bytes(range(256)) * 4 * 32768)
    tracemalloc.start()
    write(made[1], tmp_path / "large.iso", {"payload": tmp_path / "payload"})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 << 20
    assert lint(Window.whole((tmp_path / "large.iso").read_bytes())) == []


@pytest.mark.long
def test_a_file_of_more_than_4_gib(
    judge: Callable[..., str], made: tuple[Path, Path, IsoImage], tmp_path: Path
) -> None:
    """ISO 9660 needs several records for it; they must follow each other."""
    with (tmp_path / "huge").open("wb") as stream:
        stream.write(b"start")
        stream.seek((4 << 30) + (9 << 20))
        stream.write(b"end")
    size = (tmp_path / "huge").stat().st_size
    write(made[1], tmp_path / "a.iso", {"huge": tmp_path / "huge", "z": b"last"})
    found = {member.path: member.size for member in cdrom.walk(tmp_path / "a.iso")}
    assert found["/huge"] == size and found["/z"] == 4
    judge(
        "xorriso", "-osirrox", "on", "-indev", tmp_path / "a.iso", "-extract", "/huge",
        tmp_path / "back",
    )  # fmt: skip
    assert (tmp_path / "back").stat().st_size == size
    with (tmp_path / "back").open("rb") as stream:
        assert stream.read(5) == b"start"
        stream.seek(-3, os.SEEK_END)
        assert stream.read() == b"end"


def test_a_file_that_changes_meanwhile_is_an_error(
    made: tuple[Path, Path, IsoImage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    growing = tmp_path / "growing"
    growing.write_bytes(b"x" * (1 << 20))

    def place(volume: object, align: int, tail: int) -> tuple[int, int]:
        growing.write_bytes(b"x" * (2 << 20))
        return original(volume, align, tail)

    original = cdrom._place
    monkeypatch.setattr(cdrom, "_place", place)
    with pytest.raises(FormatError, match="changed"):
        write(made[1], tmp_path / "a.iso", {"growing": growing})
    assert not (tmp_path / "a.iso").exists()


def test_an_esp_beyond_el_torito_is_refused(tmp_path: Path) -> None:
    esp = tmp_path / "esp"
    with esp.open("wb") as stream:
        stream.truncate(65536 * 512)
    with pytest.raises(FormatError, match="at most 65535 sectors of 512 bytes") as caught:
        write(esp, tmp_path / "a.iso")
    assert "El Torito" in (caught.value.hint or "")
    assert not (tmp_path / "a.iso").exists()


@pytest.mark.parametrize("name", ["/a", "a//b", "../a", "README.txt/b", "esp.img", "boot.cat"])
def test_bad_paths_leave_nothing_behind(
    made: tuple[Path, Path, IsoImage], tmp_path: Path, name: str
) -> None:
    with pytest.raises(FormatError):
        write(made[1], tmp_path / "a.iso", {**FILES, name: b""})
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_old_file(
    made: tuple[Path, Path, IsoImage], tmp_path: Path
) -> None:
    (tmp_path / "a.iso").write_bytes(b"old")
    with pytest.raises(OSError):
        write(made[1], tmp_path / "a.iso", {"gone": tmp_path / "gone"})
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"old"]

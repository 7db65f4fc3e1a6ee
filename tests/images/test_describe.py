"""The tree of an image: our own, foreign, nested, truncated and damaged ones."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exodist.errors import FormatError
from exodist.formats import boot_archive
from exodist.images.describe import Node, describe
from exodist.images.direct import write_direct
from exodist.images.esp import write_esp
from exodist.images.fsimg import FileEntry, write_fs
from exodist.images.iso import write_iso
from tests.formats.pe_samples import small_image

ID = UUID("6f6e6b1e-0000-5000-8000-000000000005")
ELF = b"\x7fELF\x02\x01\x01".ljust(18, b"\0") + b"\x3e\0" + bytes(40)


def all_nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from all_nodes(child)


def kinds(path: Path) -> dict[str, str]:
    return {node.name: node.kind for node in all_nodes(describe(path))}


def fs_bytes() -> bytes:
    out = io.BytesIO()
    entries = [
        FileEntry("/bin/cat", "file", 0o755, content=ELF),
        FileEntry("/bin/sh", "symlink", 0o777, target="cat"),
        FileEntry("/dev/null", "device", device=(1, 3)),
    ]
    write_fs(entries, out, epoch=0, identity=ID, label="fs")
    return out.getvalue()


@pytest.fixture(scope="module")
def iso(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An ISO like those of the chain: UKI with a boot archive, fs.img, all in the ESP."""
    folder = tmp_path_factory.mktemp("describe")
    uki = small_image().with_section(".cmdline", b"console=ttyS0")
    uki = uki.with_section(".initrd", boot_archive.encode([("root", ELF)]))
    files = {"EFI/BOOT/BOOTX64.EFI": uki.encode(), "EXOV6/FS.IMG": fs_bytes()}
    with (folder / "esp").open("wb") as out:
        write_esp(files, out, epoch=0, identity=ID, label="ESP")
    write_iso(folder / "esp", {"README": b"x"}, folder / "a.iso", epoch=0, identity=ID, label="A")
    return folder / "a.iso"


def test_every_part_of_our_iso(iso: Path) -> None:
    nodes = {node.name: node for node in all_nodes(describe(iso))}
    found = {name: node.kind for name, node in nodes.items()}
    assert found["a.iso"] == "iso"
    assert found["GPT"] == "partition table" and found["El Torito"] == "boot entry"
    assert found["EFI/BOOT/BOOTX64.EFI"] == "pe" and found["EXOV6/FS.IMG"] == "ext2"
    assert found[".initrd"] == "boot archive" and found["root"] == "elf"
    assert found["hash tree"] == "verity" and found["README"] == "file"
    assert nodes[".cmdline"].details["text"] == "console=ttyS0"
    assert nodes["/bin/sh"].details["target"] == "cat"
    assert nodes["El Torito"].offset == nodes["EFI system"].offset == 1 << 20
    assert "damaged" not in found.values()


def test_parts_by_themselves(tmp_path: Path) -> None:
    (tmp_path / "fs").write_bytes(fs_bytes())
    assert kinds(tmp_path / "fs")["/dev/null"] == "character device"
    with (tmp_path / "module").open("wb") as out:
        size = write_direct([("root", ELF)], tmp_path / "fs", out)
    assert (tmp_path / "module").stat().st_size == size
    found = kinds(tmp_path / "module")
    assert (found["root"], found["fs.img"], found["module"]) == ("elf", "ext2", "boot archive")
    contents = dict(boot_archive.parse((tmp_path / "module").read_bytes()))
    assert contents == {"root": ELF, "fs.img": fs_bytes()}


def test_foreign_pe_files(tmp_path: Path) -> None:
    """Other linkers align otherwise; the sections are shown all the same."""
    data = bytearray(small_image().encode())
    at = int.from_bytes(data[0x3C:0x40], "little") + 24 + 36
    data[at : at + 4] = (32).to_bytes(4, "little")
    (tmp_path / "grub.efi").write_bytes(data)
    node = describe(tmp_path / "grub.efi")
    assert node.kind == "pe" and "FileAlignment" in str(node.details["not_ours"])
    assert {child.name for child in node.children} >= {".text"}
    for size in (2, 64, 200):
        (tmp_path / "cut.efi").write_bytes(data[:size])
        with pytest.raises(FormatError):
            describe(tmp_path / "cut.efi")


def test_foreign_disks_and_isos(judge: Callable[..., str], tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    with disk.open("wb") as stream:
        stream.truncate(8 << 20)
    judge("sgdisk", "-n", "1:2048:4095", "-t", "1:ef00", "-n", "2:4096:6143", disk)
    assert [child.kind for child in describe(disk).children] == [
        "partition record", "partition table",
    ]  # fmt: skip
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/Some File.txt").write_bytes(b"x" * 3000)
    for flags, name in (
        (["-R"], "Some File.txt"),
        (["--norock", "-J"], "Some File.txt"),
        (["--norock"], "SOME_FIL.TXT"),
    ):
        judge("xorriso", "-as", "mkisofs", *flags, "-o", tmp_path / "their.iso", tmp_path / "tree")
        names = [found.split(";")[0] for found in kinds(tmp_path / "their.iso")]
        assert name in names


def test_the_boot_image_of_a_foreign_cd(
    judge: Callable[..., str], iso: Path, tmp_path: Path
) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/esp.img").write_bytes((iso.parent / "esp").read_bytes())
    cd = tmp_path / "cd.iso"
    judge(
        "xorriso", "-as", "mkisofs", "-o", cd, "-eltorito-alt-boot", "-e", "esp.img",
        "-no-emul-boot", tmp_path / "tree",
    )  # fmt: skip
    assert kinds(cd)["EFI/BOOT/BOOTX64.EFI"] == "pe"


@pytest.mark.parametrize("size", [40, 600, 33_000, 60_000, 1 << 20, 2 << 20])
def test_truncated_isos_give_one_line(iso: Path, tmp_path: Path, size: int) -> None:
    (tmp_path / "cut.iso").write_bytes(iso.read_bytes()[:size])
    with pytest.raises(FormatError) as caught:
        describe(tmp_path / "cut.iso")
    assert "\n" not in str(caught.value)


def test_what_is_no_image(tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"hello\n" * 100)
    with pytest.raises(FormatError, match="found none"):
        describe(tmp_path / "text")
    (tmp_path / "empty").write_bytes(b"")
    with pytest.raises(FormatError, match="empty"):
        describe(tmp_path / "empty")


@settings(max_examples=40)
@given(st.integers(0, 2_500_000), st.binary(min_size=1, max_size=8))
def test_damage_is_a_node_or_one_error(iso: Path, tmp_path: Path, at: int, garbage: bytes) -> None:
    data = bytearray(iso.read_bytes())
    data[at : at + len(garbage)] = garbage
    (tmp_path / "bad.iso").write_bytes(data)
    try:
        describe(tmp_path / "bad.iso")
    except FormatError as error:
        assert "\n" not in str(error)

"""The built images before the tools that others wrote: what the guest gets is what was built."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from exodist.formats import boot_archive, gpt
from exodist.formats.window import Window
from exodist.images.lint import lint
from tests.boot.system import System

pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def words(system: System) -> dict[str, str]:
    return dict(word.split("=", 1) for word in system.command_line.split())


def test_fs_img(
    judge: Callable[..., str], system: System, words: dict[str, str], tmp_path: Path
) -> None:
    assert "WARNING" not in judge("e2fsck", "-fn", system.fs)
    offset = int(words["fs_blocks"]) * 4096
    judge(
        "veritysetup", "verify", system.fs, system.fs, words["roothash"], f"--hash-offset={offset}"
    )
    judge("debugfs", "-R", f"rdump / {tmp_path}", system.fs)
    built = {path.name: path.read_bytes() for path in (system.fs.parent / "bin").iterdir()}
    found = {path.name: path.read_bytes() for path in (tmp_path / "bin").iterdir()}
    assert {name: found[name] for name in built} == built
    assert set(found) - set(built) <= {"["}  # the other name of `test`


def test_iso(judge: Callable[..., str], system: System, tmp_path: Path) -> None:
    data = system.iso.read_bytes()
    assert lint(Window.whole(data)) == []
    assert "No problems found" in judge("sgdisk", "-v", system.iso)
    assert "No errors detected" in judge("sfdisk", "--verify", system.iso)
    (esp,) = gpt.parse(Window.whole(data)).entries
    said = judge("xorriso", "-indev", system.iso, "-report_el_torito", "plain")
    assert re.search(rf"boot img :   1  UEFI  y .* {esp.starting_lba // 4}\n", said)
    assert "Volume id: EXOV6" in judge("isoinfo", "-d", "-i", system.iso)
    image = tmp_path / "esp"
    image.write_bytes(data[esp.starting_lba * 512 : (esp.ending_lba + 1) * 512])
    judge("fsck.fat", "-nv", image)
    judge("mcopy", "-s", "-i", image, "::EFI", "::EXOV6", tmp_path)
    assert (tmp_path / "EFI/BOOT/BOOTX64.EFI").read_bytes() == system.uki.read_bytes()
    assert (tmp_path / "EXOV6/FS.IMG").read_bytes() == system.fs.read_bytes()


def test_direct_module(system: System) -> None:
    entries = dict(boot_archive.parse(system.module.read_bytes()))
    assert entries["fs.img"] == system.fs.read_bytes()
    assert next(iter(entries)) == "root"

"""`exodist run` with guests that die: a real panic, a real triple fault, in one clear line each.

The other ways to end are played by a fake QEMU in tests/emulate; these two show that the real one
behaves as the fake does.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile
from elftools.elf.segments import NoteSegment

from exodist.cli import main
from tests.boot.system import System

pytestmark = pytest.mark.whole

VOLUME_NAME = 1024 + 120  # in the superblock of ext2
UD2 = b"\x0f\x0b"


@pytest.fixture
def module(system: System, tmp_path: Path) -> Path:
    """A copy of what a direct boot takes, free to be damaged."""
    shutil.copy(system.kernel, tmp_path / "kernel.elf")
    (tmp_path / "a.cmdline").write_text(system.command_line)
    return Path(shutil.copy(system.module, tmp_path / "a.module"))


def dies(module: Path, message: str, capfd: pytest.CaptureFixture[str]) -> None:
    log = module.with_name("log")
    arguments = ["run", str(module), "--direct", "--headless", "--log", str(log)]
    assert main([*arguments, "--command", "true", "--timeout", "100"]) == 125
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith(f"error: {message}")
    assert "Traceback" not in err


def test_a_panic(system: System, module: Path, capfd: pytest.CaptureFixture[str]) -> None:
    image = bytearray(module.read_bytes())
    image[image.index(system.fs.read_bytes()) + VOLUME_NAME] ^= 1
    module.write_bytes(image)
    dies(module, "the kernel panicked: fs.img: root hash differs", capfd)


def test_a_triple_fault(module: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The first instruction of the PVH entry is undefined, and there is no handler yet."""
    kernel = module.with_name("kernel.elf")
    elf = ELFFile(kernel.open("rb"))
    (note,) = (part for part in elf.iter_segments() if isinstance(part, NoteSegment))
    (entry,) = (
        int.from_bytes(found["n_descdata"], "little")
        for found in note.iter_notes()
        if found["n_name"] == "Xen"  # XEN_ELFNOTE_PHYS32_ENTRY is all there is
    )
    (at,) = (
        part["p_offset"] + entry - part["p_paddr"]
        for part in elf.iter_segments()
        if part["p_type"] == "PT_LOAD" and 0 <= entry - part["p_paddr"] < part["p_filesz"]
    )
    elf.stream.close()
    data = bytearray(kernel.read_bytes())
    data[at : at + 2] = UD2
    kernel.write_bytes(data)
    dies(module, "the guest reset itself: a triple fault", capfd)

"""QEMU's command line and the choice of firmware."""

from __future__ import annotations

from pathlib import Path

import pytest

from exodist.emulate.firmware import Firmware, enrolled_store, find_firmware
from exodist.emulate.qemu import (
    DirectBoot,
    Medium,
    Settings,
    UefiBoot,
    find_qemu,
    machine_arguments,
)
from exodist.errors import ToolError
from exodist.sign.keyset import create_keyset, load_keyset

PLAIN = Firmware(Path("/fw/code.fd"), Path("/fw/vars.fd"), enforces=False, smm=False)
SECURE = Firmware(Path("/fw/secure.fd"), Path("/fw/vars.fd"), enforces=True, smm=True)


@pytest.mark.parametrize(
    ("medium", "device"),
    [
        (Medium.CDROM, "ide-cd,drive=medium,bootindex=0"),
        (Medium.USB, "usb-storage,drive=medium,bootindex=0"),
        (Medium.DISK, "virtio-blk-pci,drive=medium,bootindex=0"),
    ],
)
def test_media(medium: Medium, device: str) -> None:
    arguments = UefiBoot(medium, Path("a,b.iso"), PLAIN, Path("v.fd")).arguments()
    assert device in arguments
    assert any("file=a,,b.iso" in argument for argument in arguments)
    assert any("code.fd,readonly=on" in argument for argument in arguments)
    assert "q35" in arguments


def test_smm() -> None:
    arguments = UefiBoot(Medium.DISK, Path("x"), SECURE, Path("v.fd")).arguments()
    assert "q35,smm=on" in arguments
    assert "driver=cfi.pflash01,property=secure,value=on" in arguments


@pytest.mark.usefixtures("scene")
def test_settings() -> None:
    boot = DirectBoot(Path("k"), Path("m"), "a b")
    arguments = machine_arguments(boot, Settings(memory=64, gdb=True, icount=True))
    joined = " ".join(arguments)
    assert "-kernel k -initrd m -append a b" in joined
    assert "-m 64" in joined and "-S" in arguments and "shift=0,sleep=off" in joined
    assert "-gdb" not in machine_arguments(boot, Settings())


def test_missing_tools(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError, match="is not installed") as caught:
        find_qemu()
    assert caught.value.exit_code == 3 and caught.value.hint
    with pytest.raises(ToolError, match=r"no UEFI firmware with Secure Boot \(OVMF\) found"):
        find_firmware(secure=True, known=(PLAIN,))


def test_choice_of_firmware(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("plain.fd", "secure.fd", "vars.fd")]
    for file in files:
        file.touch()
    plain = Firmware(files[0], files[2], enforces=False, smm=False)
    secure = Firmware(files[1], files[2], enforces=True, smm=True)
    assert find_firmware(secure=False, known=(PLAIN, plain, secure)) == plain
    assert find_firmware(secure=True, known=(PLAIN, plain, secure)) == secure


def test_enrolled_store(tree: Path, tmp_path: Path) -> None:
    try:
        firmware = find_firmware(secure=True)
    except ToolError:
        pytest.skip("no OVMF on this host")
    keys = load_keyset(tree / "keys/dev")
    first = enrolled_store(firmware, keys, tmp_path / "a")
    second = enrolled_store(firmware, keys, tmp_path / "b")
    assert first.read_bytes() == second.read_bytes()
    assert enrolled_store(firmware, keys, tmp_path / "a") == first
    assert [path.name for path in (tmp_path / "a").iterdir()] == [first.name]
    other = enrolled_store(firmware, create_keyset(tmp_path / "keys", "other"), tmp_path / "a")
    assert other.read_bytes() != first.read_bytes()
    empty = tmp_path / "empty.fd"
    empty.write_bytes(bytes(1000))
    broken = Firmware(empty, empty, enforces=True, smm=False)
    with pytest.raises(ToolError, match="not a variable store"):
        enrolled_store(broken, keys, tmp_path / "c")
    assert not any((tmp_path / "c").iterdir())

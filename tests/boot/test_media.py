"""The ISO boots as CD, USB stick and disk under Secure Boot, the latter two by the GPT alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from exodist.cli import main
from exodist.emulate.firmware import Firmware
from exodist.emulate.machine import Machine
from exodist.emulate.qemu import Medium, Settings, UefiBoot
from tests.boot.system import FS, LOADER, System, iso_with

pytestmark = pytest.mark.whole

DESCRIPTORS = range(16, 24)  # sectors of 2048 bytes: ISO 9660 and El Torito


@pytest.mark.parametrize("medium", [Medium.USB, Medium.DISK])
def test_boots_by_the_partition_table_alone(
    system: System,
    firmware: Firmware,
    new_store: Callable[[], Path],
    tmp_path: Path,
    medium: Medium,
) -> None:
    image = Path(shutil.copyfile(system.iso, tmp_path / "stick.img"))
    with image.open("r+b") as out:
        out.seek(DESCRIPTORS.start * 2048)
        out.write(bytes(len(DESCRIPTORS) * 2048))
    boot = UefiBoot(medium, image, firmware, new_store())
    with Machine(boot, Settings(), tmp_path / "console.log") as machine:
        machine.wait_ready(60)
        assert machine.command("echo ready", 10).stdout == b"ready\n"
        assert b"exoboot: ExoV6" in machine.console
        assert b"Secure Boot on" in machine.console
        assert b"DEVELOPMENT KEYS" in machine.console
        machine.power_off()


COMMAND = (
    "uname -a; ls /bin | wc -l; echo a b c | tr ' ' '\\n' | sort -r | head -n 1; "
    "echo oops >&2; exit 7"
)


@pytest.mark.parametrize(
    "options",
    [
        ["--cdrom"],
        ["--usb"],
        ["--disk"],
        ["--cdrom", "--no-secure-boot"],
        ["--direct"],
    ],
    ids=" ".join,
)
def test_run_gives_the_commands_output_and_status(
    system: System, options: list[str], capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    image = system.module if "--direct" in options else system.iso
    log = tmp_path / "log"
    arguments = ["run", str(image), *options, "--headless", "--log", str(log)]
    assert main([*arguments, "--command", COMMAND]) == 7
    out, err = capfdbinary.readouterr()
    lines = out.decode().splitlines()
    assert len(lines) == 3 and lines[0].startswith("ExoV6 ") and lines[2] == "c"
    assert int(lines[1]) >= 40
    assert err == b"oops\n"
    assert log.stat().st_size > 0


def test_an_unsigned_iso_is_refused(
    system: System, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    image = iso_with(tmp_path / "unsigned.iso", {LOADER: system.unsigned, FS: system.fs})
    arguments = ["run", str(image), "--headless", "--log", str(tmp_path / "log")]
    assert main(arguments) == 5
    out, err = capfd.readouterr()
    assert "error: the firmware refused the image: Access Denied" in err
    assert "exoboot" not in out


@pytest.mark.parametrize("what", ["truncated", "foreign", "empty"])
def test_what_is_no_image_of_ours(
    system: System, capfd: pytest.CaptureFixture[str], tmp_path: Path, what: str
) -> None:
    image = tmp_path / "image.iso"
    data = system.iso.read_bytes()
    image.write_bytes({"truncated": data[: 1 << 20], "foreign": b"x" * 70000, "empty": b""}[what])
    arguments = ["run", str(image), "--headless", "--command", "true", "--timeout", "60"]
    assert main([*arguments, "--log", str(tmp_path / "log")]) == 125
    out, err = capfd.readouterr()
    assert out == "" and err.startswith("error: ") and len(err.splitlines()) <= 2

"""A machine's life, and each of its deaths, against a fake QEMU."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from exodist.emulate.console import firmware_verdict, last_lines, plain
from exodist.emulate.machine import Machine, Sinks, guest_status, start
from exodist.emulate.qemu import DirectBoot, Settings
from exodist.errors import CheckError, ExodistError, FormatError, SignatureError, ToolError

Scene = Callable[[str], None]


def make(scene: Scene, tmp_path: Path, name: str) -> Machine:
    scene(name)
    boot = DirectBoot(tmp_path / "kernel.elf", tmp_path / "module", "console=ttyS0")
    return Machine(boot, Settings(), tmp_path / "run/console.log")


def test_many_commands_in_one_boot(scene: Scene, tmp_path: Path) -> None:
    with make(scene, tmp_path, "serve") as machine:
        machine.wait_ready(10)
        first = machine.command("printf 'a\\0b'; echo oops >&2; exit 7", 10)
        assert (first.status, first.stdout, first.stderr) == (7, b"a\0b", b"oops\n")
        out: list[bytes] = []
        second = machine.command("echo x", 10, Sinks(out.append, out.append))
        assert second.stdout == b"" and b"".join(out) == b"x\n"
        assert machine.command("head -c 300000 /dev/zero", 10).stdout == bytes(300000)
        machine.power_off(5)
        assert machine.wait_end(5) == 5
    assert b"ExoV6" in (tmp_path / "run/console.log").read_bytes()


def test_console(scene: Scene, tmp_path: Path) -> None:
    seen = bytearray()
    with make(scene, tmp_path, "echo") as machine:
        machine.echo_console(seen.extend)
        machine.type(b"hello")
        assert b"you typed hello" in machine.wait_console(b"hello\r\n", 10)
    assert b"you typed" in seen


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("denied", SignatureError, "Access Denied"),
        ("stub", SignatureError, "exoboot refused to boot: fs.img: expected root hash 00"),
        ("nothing", CheckError, "found nothing to boot"),
        ("panic", CheckError, "the kernel panicked: frame 7 is free twice"),
        ("silent panic", CheckError, "panicked without a word"),
        ("triple fault", CheckError, "a triple fault"),
        ("version", CheckError, "speaks version 07, expected 01"),
        ("broken", ToolError, "QEMU did not start: qemu: could not open 'image.iso'"),
    ],
)
def test_deaths_are_told_apart(
    scene: Scene, tmp_path: Path, name: str, kind: type[ExodistError], message: str
) -> None:
    with make(scene, tmp_path, name) as machine, pytest.raises(kind, match=message):
        machine.wait_ready(10)


def test_hangs_end(scene: Scene, tmp_path: Path) -> None:
    with make(scene, tmp_path, "hang") as machine:
        with pytest.raises(CheckError, match="the guest hangs") as caught:
            machine.wait_ready(0.5)
        assert caught.value.hint and caught.value.hint.endswith("one\ntwo")
        assert "hangs" in str(machine.wait_verdict(0.1))
    with make(scene, tmp_path, "serve") as machine:
        machine.wait_ready(10)
        with pytest.raises(CheckError, match="`hang` did not end"):
            machine.command("hang", 0.5)


def test_death_and_nonsense_in_a_command(scene: Scene, tmp_path: Path) -> None:
    with make(scene, tmp_path, "serve") as machine:
        machine.wait_ready(10)
        with pytest.raises(FormatError, match="frame of type 0x3f"):
            machine.command("nonsense", 10)
    with make(scene, tmp_path, "serve") as machine:
        machine.wait_ready(10)
        with pytest.raises(CheckError, match="ended with status 3"):
            machine.command("die", 10)


def test_qemu_is_gone_after_an_exception(scene: Scene, tmp_path: Path) -> None:
    machine = make(scene, tmp_path, "hang")
    with pytest.raises(ZeroDivisionError), machine:
        process = machine._process
        raise ZeroDivisionError
    assert process.poll() is not None


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_qemu_dies_with_a_killed_parent(tmp_path: Path) -> None:
    script = (
        "from exodist.emulate.machine import start; import time\n"
        "child = start(['sleep', '60'], ())\n"
        "print(child.pid, flush=True); time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 5
    while _alive(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _alive(child)


def _alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False


def test_the_terminal_is_handed_down() -> None:
    child = start(["sh", "-c", "exit 3"], (), terminal=True)
    assert child.wait() == 3
    assert guest_status(7) == 3 and guest_status(0) == 0


def test_console_text() -> None:
    assert plain(b"\x1b[2J\x1b[01;01Habc\x1b[0m") == b"abc"
    assert last_lines(b"a\r\n\r\nb\r\nc", 2) == "b\nc"
    assert firmware_verdict(b"BdsDxe: starting Boot0001") is None
    missing = firmware_verdict(b"exoboot: refused: fs: expected a file, found none\r\n")
    assert isinstance(missing, CheckError)


def test_no_file_is_left_open(scene: Scene, tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0  # noqa: PTH208
    with make(scene, tmp_path, "hang"):
        pass
    after = len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0  # noqa: PTH208
    assert after == before

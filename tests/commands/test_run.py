"""`exodist run` against a fake QEMU: output, status, and its own failures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from exodist.cli import main

Scene = Callable[[str], None]
Output = pytest.CaptureFixture[bytes]


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """What `build` leaves for a direct boot."""
    (tmp_path / "kernel.elf").touch()
    (tmp_path / "exov6.cmdline").write_text("console=ttyS0")
    path = tmp_path / "exov6.module"
    path.touch()
    return path


def run(module: Path, *options: str) -> int:
    log = module.with_name("log")
    return main(["run", str(module), "--direct", "--log", str(log), *options])


def test_output_and_status(scene: Scene, module: Path, capfdbinary: Output) -> None:
    scene("serve")
    assert run(module, "--headless", "--command", "printf 'a\\n'; echo b >&2; exit 7") == 7
    assert capfdbinary.readouterr() == (b"a\n", b"b\n")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("panic", b"error: the kernel panicked: frame 7 is free twice"),
        ("triple fault", b"error: the guest reset itself: a triple fault"),
        ("hang", b"error: the guest hangs"),
        ("denied", b"error: the firmware refused the image: Access Denied"),
    ],
)
def test_own_failures_are_125(
    scene: Scene, module: Path, capfdbinary: Output, name: str, message: bytes
) -> None:
    scene(name)
    assert run(module, "--command", "true", "--timeout", "1") == 125
    out, err = capfdbinary.readouterr()
    assert out == b"" and err.startswith(message)


def test_a_host_that_denies_a_file_is_our_own_failure(
    scene: Scene, module: Path, capfdbinary: Output
) -> None:
    """Not the guest's status, whatever the guest's command may end with."""
    scene("serve")
    log = module.with_name("kernel.elf") / "log"  # below a file
    arguments = ["run", str(module), "--direct", "--command", "true", "--log", str(log)]
    assert main(arguments) == 125
    out, err = capfdbinary.readouterr()
    assert out == b"" and err.startswith(b"error: ") and len(err.splitlines()) == 1


def test_headless_shows_the_console(scene: Scene, module: Path, capfdbinary: Output) -> None:
    scene("panic")
    assert run(module, "--headless") == 1
    assert b"back trace:" in capfdbinary.readouterr().out
    scene("denied")
    assert run(module, "--headless") == 5


@pytest.mark.parametrize(
    ("name", "status"), [("terminal", 9), ("terminal panic", 1), ("terminal reset", 1)]
)
def test_at_the_terminal(
    scene: Scene, module: Path, capfdbinary: Output, name: str, status: int
) -> None:
    scene(name)
    assert run(module) == status
    assert b"Ctrl-A X" in capfdbinary.readouterr().err


def test_gdb_says_how_to_connect(scene: Scene, module: Path, capfdbinary: Output) -> None:
    scene("serve")
    assert run(module, "--gdb", "--command", "true") == 0
    told = capfdbinary.readouterr().err.decode()
    assert f"gdb {module.with_name('kernel.elf')} -ex 'target remote 127.0.0.1:1234'" in told


def test_missing_files(
    scene: Scene, module: Path, capfdbinary: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene("serve")
    module.with_suffix(".cmdline").unlink()
    assert run(module) == 2
    assert b"the command line is missing" in capfdbinary.readouterr().err
    assert main(["run", str(module.with_name("no.iso"))]) == 2
    monkeypatch.setenv("PATH", "/nonexistent")
    assert main(["run", str(module)]) == 3
    assert b"`qemu-system-x86_64` is not installed" in capfdbinary.readouterr().err

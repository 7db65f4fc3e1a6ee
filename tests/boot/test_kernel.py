"""The kernel alone: a root program that tries every system call, booted by PVH in QEMU.

QEMU counts instructions instead of reading the host's clock (`-icount`), so that a busy host
cannot make a slice look longer than it was.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from exodist.build.symbols import embed_symbols
from exodist.chain.build import make
from exodist.chain.report import Options

pytestmark = pytest.mark.whole

MANIFEST = """
schema = 1
name = "kernel-test"
version = "0.1.0"
epoch = 1767225600
security_version = 1
toolchain = "0.17.1"

[pins]
"0.1.0" = ["kernel", "kernel-test"]

[[images]]
name = "kernel-test"
kind = "direct"
arch = "x86_64"
board = "qemu-q35"
"""
QEMU = ["qemu-system-x86_64", "-M", "q35", "-m", "256", "-display", "none"]
SERIAL = ["-serial", "stdio", "-no-reboot"]
EXIT_DEVICE = ["-device", "isa-debug-exit,iobase=0xf4,iosize=4"]
PANIC = 0x7F << 1 | 1
# Bars of the issue, in guest instructions.
BARS = {"null_call": 60, "gate_round_trip": 300, "two_switches": 300, "fault_upcall_return": 250}


@dataclass(frozen=True)
class Kernel:
    """A kernel, a boot archive with the test program, and the command line of its fs.img."""

    elf: Path
    module: Path
    line: str

    def run(self, words: str, *more: str, module: Path | None = None) -> tuple[int, str]:
        """QEMU's exit status and what came out of COM1."""
        argv = [*QEMU, *SERIAL, *EXIT_DEVICE, *more, "-kernel", str(self.elf)]
        argv += ["-initrd", str(module or self.module), "-append", f"{self.line} {words}"]
        done = subprocess.run(argv, capture_output=True, check=False, timeout=60)
        return done.returncode, done.stdout.decode(errors="replace").replace("\r", "")


@pytest.fixture(scope="module")
def kernel(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Kernel:
    folder = tmp_path_factory.mktemp("kernel")
    manifest = folder / "kernel-test.toml"
    manifest.write_text(MANIFEST)
    report = make(manifest, Options(update_lock=True, out=folder / "out"), tree)
    found = {artifact.kind: artifact.path for artifact in report.artifacts}
    line = found["cmdline"].read_text(encoding="ascii").strip() + " timer_hz=1000000000"
    return Kernel(found["kernel"], found["direct"], line)


@pytest.mark.parametrize("cpu", ["max", "qemu64,+smep,+smap"])
def test_every_system_call(kernel: Kernel, cpu: str) -> None:
    status, out = kernel.run("root=kernel-test", "-cpu", cpu, "-icount", "shift=3,sleep=off")
    assert [line for line in out.splitlines() if line.startswith("not ok")] == []
    plan = re.search(r"^1\.\.(\d+)$", out, re.MULTILINE)
    assert plan, out
    assert len(re.findall(r"^ok \d+ ", out, re.MULTILINE)) == int(plan[1])
    assert status == 1


def test_random_calls_break_nothing(kernel: Kernel) -> None:
    status, out = kernel.run("root=kernel-test fuzz", "-cpu", "max", "-icount", "shift=1,sleep=off")
    assert "ok 1 random calls\n1..1" in out
    assert status == 1


def test_instruction_counts_are_within_their_bars(kernel: Kernel) -> None:
    words = "root=kernel-test bench"
    status, out = kernel.run(words, "-cpu", "max", "-icount", "shift=0,sleep=off")
    found = {name: int(least) for name, least in re.findall(r"^bench (\S+) (\d+) ", out, re.M)}
    assert {name: found[name] < bar for name, bar in BARS.items()} == dict.fromkeys(BARS, True)
    assert status == 1


def test_memory_above_four_gib_is_used(kernel: Kernel) -> None:
    status, out = kernel.run("root=kernel-test bench", "-cpu", "max", "-m", "5G")
    assert re.search(r"x86_64: 51\d\d MiB", out)
    assert status == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("root=nobody", "boot archive: no entry `nobody`"),
        ("root=fs.img", "boot archive: root program: no ELF64 file"),
    ],
)
def test_a_start_that_cannot_go_on_leaves_an_epitaph(
    kernel: Kernel, words: str, message: str
) -> None:
    status, out = kernel.run(words, "-cpu", "max")
    assert f"kernel panic: {message}" in out
    assert re.search(r"back trace:\n.*\n?.* root_start\+0x[0-9a-f]+\n", out)
    assert status == PANIC


def test_an_exception_in_the_kernel_leaves_its_registers(kernel: Kernel, tmp_path: Path) -> None:
    monitor = tmp_path / "monitor"
    argv = [*QEMU, *SERIAL, *EXIT_DEVICE, "-cpu", "max", "-kernel", str(kernel.elf)]
    argv += ["-initrd", str(kernel.module), "-append", f"{kernel.line} root=kernel-test idle"]
    argv += ["-monitor", f"unix:{monitor},server,nowait"]
    machine = subprocess.Popen(argv, stdout=subprocess.PIPE)
    assert machine.stdout
    seen = b""
    while b"idle\r\n" not in seen and machine.poll() is None:
        seen += os.read(machine.stdout.fileno(), 4096)
    time.sleep(1)  # until it sleeps
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(monitor))
        connection.sendall(b"nmi\n")
        out, _ = machine.communicate(timeout=20)
    assert b"kernel panic: exception in the kernel: vector 2 " in out
    assert re.search(rb"rsi [0-9a-f]{16} rdi [0-9a-f]{16} rbp ", out)
    assert b" cpu_idle+0x" in out
    assert b" sys_env_wait+0x" in out
    assert machine.returncode == PANIC


def test_names_are_embedded_once_and_for_all(kernel: Kernel) -> None:
    elf = kernel.elf.read_bytes()
    assert b"\0slices_next\0" in elf
    assert embed_symbols(elf) == elf


def test_a_changed_file_system_is_refused(kernel: Kernel, tmp_path: Path) -> None:
    image = bytearray(kernel.module.read_bytes())
    at = image.index(b"\x53\xef", image.index(b"fs.img"))  # the superblock's magic
    image[at + 40] ^= 1
    changed = tmp_path / "module"
    changed.write_bytes(image)
    status, out = kernel.run("root=kernel-test", "-cpu", "max", module=changed)
    assert "kernel panic: fs.img: root hash differs" in out
    assert status == PANIC


@pytest.mark.parametrize(
    ("size", "message"),
    [(40, "no magic in|entries in"), (4096, "entries in|outside")],
)
def test_a_short_boot_archive_is_refused(
    kernel: Kernel, tmp_path: Path, size: int, message: str
) -> None:
    short = tmp_path / "module"
    short.write_bytes(kernel.module.read_bytes()[:size])
    status, out = kernel.run("root=kernel-test", "-cpu", "max", module=short)
    assert re.search(f"kernel panic: boot archive: .*({message})", out)
    assert status == PANIC


def test_words_of_unix_are_not_in_the_core(tree: Path) -> None:
    words = re.compile(
        r"\b(files?|process(es)?|users?|signals?|paths?|sockets?|uid|pid|fork)\b", re.IGNORECASE
    )
    # The processor's user mode, and fs.img, which is checked and handed on unread.
    allowed = re.compile(r"user mode|user space|fs_image|fs\.img", re.IGNORECASE)
    found = [
        f"{source.name}:{number}: {line.strip()}"
        for source in sorted((tree / "kernel/core").glob("*.[ch]"))
        for number, line in enumerate(source.read_text().splitlines(), 1)
        if words.search(allowed.sub("", line))
    ]
    assert found == []

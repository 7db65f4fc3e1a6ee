"""The running system's page tables and control registers, read from outside by QEMU's monitor.

Needs no word of the kernel: what the processor would allow is what QEMU finds in its tables.
Intel SDM volume 3, 2.5 (CR0, CR4), 2.2.1 (EFER), 4.6 (access rights).
"""

from __future__ import annotations

import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from exodist.emulate.qemu import DirectBoot, Settings
from tests.boot.system import BOOT_TIMEOUT, System

pytestmark = pytest.mark.whole

CR0_WRITE_PROTECT = 1 << 16
CR4_SMEP = 1 << 20
CR4_SMAP = 1 << 21
EFER_NXE = 1 << 11
KERNEL_HALF = 1 << 63


@dataclass(frozen=True)
class Mapping:
    address: int
    user: bool
    writable: bool
    executable: bool


@dataclass(frozen=True)
class State:
    registers: dict[str, int]
    mappings: list[Mapping]


@pytest.fixture(scope="module")
def state(system: System, tmp_path_factory: pytest.TempPathFactory) -> State:
    """The machine at its prompt."""
    console = tmp_path_factory.mktemp("protection") / "console"
    boot = DirectBoot(system.kernel, system.module, system.command_line)
    argv = ["qemu-system-x86_64", "-cpu", "max", "-m", str(Settings().memory)]
    argv += ["-display", "none", "-no-reboot", "-serial", f"file:{console}", "-monitor", "stdio"]
    pipe = subprocess.PIPE
    with subprocess.Popen([*argv, *boot.arguments()], stdin=pipe, stdout=pipe, text=True) as qemu:
        try:
            _wait_for_prompt(console)
            said = qemu.communicate("info registers\ninfo tlb\nquit\n", timeout=BOOT_TIMEOUT)[0]
        finally:
            qemu.kill()
    return State(
        {name: int(value, 16) for name, value in re.findall(r"\b(CR\d|EFER)\s*=(\w+)", said)},
        [
            Mapping(int(address, 16), "U" in flags, "W" in flags, "X" not in flags)
            for address, flags in re.findall(r"^(\w{16}): \w{16} (\S{9})\r?$", said, re.M)
        ],
    )


def _wait_for_prompt(console: Path) -> None:
    end = time.monotonic() + BOOT_TIMEOUT
    while not (console.exists() and b"# " in console.read_bytes()):
        assert time.monotonic() < end, "no prompt"
        time.sleep(0.1)


def test_the_processor_protects(state: State) -> None:
    assert state.registers["CR0"] & CR0_WRITE_PROTECT
    assert state.registers["CR4"] & CR4_SMEP
    assert state.registers["CR4"] & CR4_SMAP
    assert state.registers["EFER"] & EFER_NXE


def test_no_page_is_written_and_executed(state: State) -> None:
    kernel = [mapping for mapping in state.mappings if mapping.address >= KERNEL_HALF]
    assert any(mapping.executable for mapping in kernel)
    assert any(mapping.writable for mapping in kernel)
    assert [mapping for mapping in state.mappings if mapping.writable and mapping.executable] == []


def test_halves_are_apart(state: State) -> None:
    assert any(mapping.user for mapping in state.mappings)
    assert all(mapping.user == (mapping.address < KERNEL_HALF) for mapping in state.mappings)


def test_stacks_have_guard_pages(state: State, system: System) -> None:
    mapped = {mapping.address for mapping in state.mappings}
    with system.kernel.open("rb") as stream:
        symbols = ELFFile(stream).get_section_by_name(".symtab")
        assert isinstance(symbols, SymbolTableSection)
        for name in ("kernel_stack_guard", "fault_stack_guard"):
            found = symbols.get_symbol_by_name(name)
            assert found, name
            guard = found[0]["st_value"]
            assert guard not in mapped
            assert guard + 4096 in mapped, "the stack above it is there"

"""QEMU's command line, from a description of the machine. Nothing is started here.

The machine is a q35 with two serial ports: COM1 is the console, COM2 (where asked for) the command
channel. `isa-debug-exit` lets the guest end QEMU with a status: QEMU exits with 2 * value + 1.
Characters go through sockets that we hand down as open descriptors: no names, nothing to race for,
and they close when we go.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from exodist.emulate.firmware import Firmware, install_hint
from exodist.errors import ToolError

PROGRAM = "qemu-system-x86_64"
DEBUG_EXIT_PORT = 0xF4
GDB_PORT = 1234


class Medium(StrEnum):
    """How the image comes to the machine."""

    CDROM = "cdrom"
    USB = "usb"
    DISK = "disk"
    DIRECT = "direct"


class Boot(Protocol):
    """A way to boot: what it adds to the command line."""

    def arguments(self) -> list[str]:
        """The machine type, and what it boots from."""
        ...


@dataclass(frozen=True)
class UefiBoot:
    """A disk image under UEFI; `store` is this machine's own variable store."""

    medium: Medium
    image: Path
    firmware: Firmware
    store: Path

    def arguments(self) -> list[str]:
        flash = f"if=pflash,format=raw,file={_value(self.firmware.code)},readonly=on,unit=0"
        store = f"if=pflash,format=raw,file={_value(self.store)},unit=1"
        machine = "q35,smm=on" if self.firmware.smm else "q35"
        secure = ["-global", "driver=cfi.pflash01,property=secure,value=on"]
        return [
            "-machine",
            machine,
            *(secure if self.firmware.smm else []),
            "-drive",
            flash,
            "-drive",
            store,
            *self._medium(),
        ]

    def _medium(self) -> list[str]:
        drive = f"if=none,id=medium,format=raw,file={_value(self.image)}"
        if self.medium is Medium.CDROM:
            device = ["-device", "ide-cd,drive=medium,bootindex=0"]
            return ["-drive", f"{drive},media=cdrom,readonly=on", *device]
        if self.medium is Medium.USB:
            device = ["-device", "qemu-xhci", "-device", "usb-storage,drive=medium,bootindex=0"]
        else:
            device = ["-device", "virtio-blk-pci,drive=medium,bootindex=0"]
        return ["-drive", f"{drive},snapshot=on", *device]


@dataclass(frozen=True)
class DirectBoot:
    """Kernel and module without firmware (PVH)."""

    kernel: Path
    module: Path
    command_line: str

    def arguments(self) -> list[str]:
        files = ["-kernel", str(self.kernel), "-initrd", str(self.module)]
        return ["-machine", "q35", *files, "-append", self.command_line]


@dataclass(frozen=True)
class Settings:
    """What is the same for every way to boot."""

    memory: int = 256  # MiB
    cpu: str = "max"
    gdb: bool = False
    icount: bool = False


def machine_arguments(boot: Boot, settings: Settings) -> list[str]:
    """All of the command line but the serial ports."""
    arguments = [
        find_qemu(),
        *("-nodefaults", "-no-user-config", "-display", "none", "-vga", "std", "-no-reboot"),
        *("-accel", "tcg", "-cpu", settings.cpu, "-m", str(settings.memory)),
        *("-device", f"isa-debug-exit,iobase={DEBUG_EXIT_PORT:#x},iosize=0x04"),
        *boot.arguments(),
    ]
    if settings.icount:
        arguments += ["-icount", "shift=0,sleep=off"]
    if settings.gdb:
        arguments += ["-gdb", f"tcp:127.0.0.1:{GDB_PORT}", "-S"]
    return arguments


def find_qemu() -> str:
    """The emulator; raises `ToolError` with the command that installs it."""
    found = shutil.which(PROGRAM)
    if found is None:
        raise ToolError(f"`{PROGRAM}` is not installed", hint=install_hint(PROGRAM))
    return found


def _value(path: Path) -> str:
    """A path inside a comma-separated option."""
    return str(path).replace(",", ",,")

"""What the boot tests boot: the built system, its parts, and disks with variants of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from exodist.emulate.console import plain
from exodist.emulate.firmware import Firmware
from exodist.emulate.machine import Machine, Result
from exodist.emulate.qemu import Boot, Medium, Settings, UefiBoot
from exodist.errors import ExodistError
from exodist.formats.payload import Payload
from exodist.images.esp import write_esp
from exodist.images.iso import write_iso

BOOT_TIMEOUT = 120.0  # seconds; a loaded host emulates slowly
EPOCH = 1767225600
IDENTITY = UUID(int=0x6578_6F76_3600_4000_8000_0000_0000_0000)
LOADER = "EFI/BOOT/BOOTX64.EFI"
FS = "EXOV6/FS.IMG"


@dataclass(frozen=True)
class System:
    """Paths of the artifacts of one build."""

    iso: Path
    uki: Path
    unsigned: Path
    fs: Path
    kernel: Path
    module: Path
    command_line: str


@dataclass(frozen=True)
class Disks:
    """Several disks, tried by the firmware in this order."""

    images: Sequence[Path]
    firmware: Firmware
    store: Path

    def arguments(self) -> list[str]:
        base = UefiBoot(Medium.DISK, self.images[0], self.firmware, self.store).arguments()
        for index, image in enumerate(self.images[1:], 1):
            drive = f"if=none,id=more{index},format=raw,file={image},snapshot=on"
            device = f"virtio-blk-pci,drive=more{index},bootindex={index}"
            base += ["-drive", drive, "-device", device]
        return base


class Guest:
    """A booted machine for many tests; one that died is booted again for the next."""

    def __init__(self, boot: Boot, log: Path) -> None:
        self._boot = boot
        self._log = log
        self._machine: Machine | None = None

    def __enter__(self) -> Guest:
        return self

    def __exit__(self, *error: object) -> None:
        if self._machine is not None:
            self._machine.power_off()
            self._end()

    @property
    def machine(self) -> Machine:
        if self._machine is None:
            self._machine = Machine(self._boot, Settings(), self._log).__enter__()
            self._machine.wait_ready(BOOT_TIMEOUT)
        return self._machine

    def command(self, text: str, timeout: float = 30) -> Result:
        """Run `text` in the guest's shell."""
        try:
            return self.machine.command(text, timeout)
        except ExodistError:
            self._end()
            raise

    def _end(self) -> None:
        assert self._machine is not None
        self._machine.__exit__(None, None, None)
        self._machine = None


def esp_disk(path: Path, files: Mapping[str, Payload]) -> Path:
    """A disk that is one EFI system partition, without a partition table."""
    with path.open("w+b") as out:
        write_esp(files, out, epoch=EPOCH, identity=IDENTITY, label="TEST")
    return path


def iso_with(path: Path, files: Mapping[str, Payload]) -> Path:
    """An ISO whose ESP holds `files`."""
    esp = esp_disk(path.with_suffix(".esp"), files)
    write_iso(esp, {}, path, epoch=EPOCH, identity=IDENTITY, label="TEST")
    esp.unlink()
    return path


def run_until(machine: Machine, wanted: bytes, timeout: float) -> bytes:
    """The console up to `wanted`, whatever the firmware refuses on the way there."""
    step = 0.1
    for _ in range(int(timeout / step)):
        if wanted in plain(machine.console):
            return plain(machine.console)
        machine.wait_end(step)
    raise AssertionError(f"the console never said {wanted!r}:\n{plain(machine.console).decode()}")

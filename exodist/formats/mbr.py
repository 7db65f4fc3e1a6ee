"""Master boot record: the first sector of a disk.

Specification: UEFI 2.10, sections 5.2.1 (legacy MBR) and 5.2.3 (protective MBR). Cylinders, heads
and sectors are written only where the protective MBR fixes them; nobody has read them since.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from exodist.formats.window import Window

SECTOR = 512
PROTECTIVE = 0xEE
EFI_SYSTEM = 0xEF
PARTITIONS = 4

_PARTITION = struct.Struct("<B3sB3sII")


@dataclass(frozen=True)
class Partition:
    """A partition record. Addresses and lengths in sectors."""

    os_type: int
    starting_lba: int
    size_in_lba: int
    boot_indicator: int = 0
    starting_chs: bytes = b"\0\0\0"
    ending_chs: bytes = b"\0\0\0"


@dataclass(frozen=True)
class Mbr:
    """Boot code (440 bytes), disk signature and the used partition records, in order."""

    partitions: tuple[Partition, ...]
    signature: int = 0
    boot_code: bytes = bytes(440)

    def encode(self) -> bytes:
        """One sector."""
        raw = self.boot_code + struct.pack("<IH", self.signature, 0)
        for p in self.partitions:
            raw += _PARTITION.pack(
                p.boot_indicator, p.starting_chs, p.os_type, p.ending_chs,
                p.starting_lba, p.size_in_lba,
            )  # fmt: skip
        return raw.ljust(SECTOR - 2, b"\0") + b"\x55\xaa"


def protective(sectors: int) -> Mbr:
    """The protective MBR of a disk of that many sectors."""
    size = min(sectors - 1, 0xFFFFFFFF)
    return Mbr((Partition(PROTECTIVE, 1, size, 0, b"\x00\x02\x00", b"\xff\xff\xff"),))


def parse(window: Window) -> Mbr:
    """The MBR at the window's start; empty records are left out."""
    raw = window.read(0, SECTOR, "master boot record")
    if raw[SECTOR - 2 :] != b"\x55\xaa":
        found = raw[SECTOR - 2 :].hex()
        window.fail(SECTOR - 2, "signature", f"no master boot record: expected 55aa, found {found}")
    partitions = []
    for index in range(PARTITIONS):
        status, start, os_type, end, lba, size = _PARTITION.unpack_from(raw, 446 + 16 * index)
        if os_type:
            partitions.append(Partition(os_type, lba, size, status, start, end))
    return Mbr(tuple(partitions), struct.unpack_from("<I", raw, 440)[0], raw[:440])

"""The ISO: one file that boots as CD, as USB stick and as disk.

As a CD the firmware follows El Torito to the ESP; as a disk it finds the same sectors as the ESP
partition of a GPT that lives in the system area, which ISO 9660 leaves free. The backup GPT closes
the file. docs/reference/image-layouts.md draws it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID, uuid5

from exodist.errors import FormatError
from exodist.formats import gpt, iso, mbr
from exodist.formats.payload import Payload
from exodist.images import cdrom

ALIGNMENT = 1 << 20  # of the ESP and of the whole file: no medium has larger erase blocks
PER_SECTOR = iso.SECTOR // gpt.SECTOR
FIRST_USABLE = 2 + gpt.ENTRY_SECTORS
BACKUP_SECTORS = -(-(gpt.ENTRY_SECTORS + 1) // PER_SECTOR)


@dataclass(frozen=True)
class IsoImage:
    """Where the ESP lies: offset and size in bytes; size of the whole file."""

    size: int
    esp_offset: int
    esp_size: int


def write_iso(
    esp: Path, files: Mapping[str, Payload], out: Path, *, epoch: int, identity: UUID, label: str
) -> IsoImage:
    """Write the ISO; `out` appears only when it is whole.

    `files` lie beside the ESP in the ISO 9660 tree, for people who look at the medium. Raises
    FormatError where the ESP is larger than El Torito can say.
    """
    esp_size = esp.stat().st_size
    if esp_size > iso.BOOT_IMAGE_MAX * gpt.SECTOR or esp_size % iso.SECTOR or not esp_size:
        raise FormatError(
            f"expected at most {iso.BOOT_IMAGE_MAX} sectors of 512 bytes, in whole sectors of "
            f"2048, found {esp_size} bytes",
            where=f"ISO: ESP `{esp.name}`",
            hint="El Torito counts a boot image's sectors in 16 bits; take files out of the ESP",
        )
    with atomic(out) as stream:
        first, sectors = cdrom.master(
            esp, files, stream,
            epoch=epoch, label=volume_label(label), application=f"EXODIST {identity}".upper(),
            align=ALIGNMENT // iso.SECTOR, tail=BACKUP_SECTORS,
        )  # fmt: skip
        _write_tables(stream, first * PER_SECTOR, esp_size // gpt.SECTOR, sectors, identity)
    return IsoImage(sectors * iso.SECTOR, first * iso.SECTOR, esp_size)


def volume_label(label: str) -> str:
    """The label in the characters that ISO 9660 allows."""
    text = "".join(c if c.isascii() and c.isalnum() else "_" for c in label.upper())
    if not 1 <= len(text) <= 32:
        raise FormatError(f"label `{label}`: expected 1 to 32 characters", where="ISO")
    return text


def _write_tables(stream: BinaryIO, start: int, count: int, sectors: int, identity: UUID) -> None:
    """Protective MBR and both copies of the GPT. `start` and `count` in sectors of 512 bytes."""
    total = sectors * PER_SECTOR
    entry = gpt.Entry(
        gpt.EFI_SYSTEM, uuid5(identity, "esp"), start, start + count - 1, "EFI system"
    )
    table = gpt.Table(uuid5(identity, "disk"), total, FIRST_USABLE, (entry,))
    stream.seek(0)
    stream.write(mbr.protective(total).encode() + table.encode_primary())
    backup = table.encode_backup()
    stream.seek(total * gpt.SECTOR - len(backup))
    stream.write(backup)


@contextmanager
def atomic(out: Path) -> Iterator[BinaryIO]:
    """A stream to a file beside `out` that takes its name when all went well, else vanishes."""
    handle, name = tempfile.mkstemp(prefix=f".{out.name}.", dir=out.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w+b") as stream:
            yield stream
        temporary.chmod(0o644)
        temporary.replace(out)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise

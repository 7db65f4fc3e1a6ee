"""The module of a direct boot: the boot archive's programs and fs.img in one boot archive.

QEMU's PVH boot passes one module, so `run --direct` puts the root file system beside the programs,
as the entry `fs.img`, hash tree included. The kernel command line carries the same root hash as
the signed one of the UEFI way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from exodist.formats import boot_archive, payload
from exodist.formats.payload import Payload

FS_ENTRY = "fs.img"


def write_direct(programs: Sequence[tuple[str, Payload]], fs: Payload, out: BinaryIO) -> int:
    """Write the module to `out`; returns its size in bytes."""
    contents = [*programs, (FS_ENTRY, fs)]
    index = boot_archive.plan([(name, payload.size(content)) for name, content in contents])
    out.write(index.encode())
    for entry, (_, content) in zip(index.entries, contents, strict=True):
        for chunk in payload.chunks(content, entry.size):
            out.write(chunk)
        out.write(bytes(-entry.size % boot_archive.ALIGNMENT))
    return index.total_size

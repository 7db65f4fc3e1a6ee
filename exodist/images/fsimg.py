"""fs.img: an ext2 file system written straight from a list of entries, then its hash tree.

docs/reference/fs-img.md gives the layout. The rules:

- The same entries, epoch, identity and label give the same bytes, on any host.
- A regular file's indirect blocks come first, then its data in one contiguous run, so that a
  guest can map a file as one range. Only a file larger than a block group (127 MiB) is cut, at
  the groups' own tables.
- A unit of 64 KiB, aligned in the file, that is all zero is a hole, unless the file may be
  executed: programs are mapped whole.
- There are no spare blocks but where a group's tail could not take the next file.
- Everything is planned from sizes first; then the image is written front to back, and no more
  than one chunk of one file is in memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID, uuid5

from exodist.errors import FormatError
from exodist.formats import ext2, verity
from exodist.images.fsplan import Plan, lay_out
from exodist.images.fstree import FileEntry, Kind, nodes_of

__all__ = ["FileEntry", "FsImage", "Kind", "write_fs"]

BLOCK = ext2.BLOCK


@dataclass(frozen=True)
class FsImage:
    """What a verifier needs to know of the image."""

    root_hash: bytes
    salt: bytes
    data_blocks: int
    size: int


def write_fs(
    entries: Iterable[FileEntry], out: BinaryIO, *, epoch: int, identity: UUID, label: str
) -> FsImage:
    """Write file system and hash tree to `out`, a new seekable file.

    Parent directories that the entries leave out belong to root, mode 0755. Raises FormatError
    for entries that contradict each other and for a file that changes meanwhile.
    """
    if len(label.encode()) > 16:
        raise FormatError(f"label `{label}`: expected at most 16 bytes", where="fs.img")
    if not 0 <= epoch < 1 << 31:
        raise FormatError(f"epoch {epoch}: expected 1970 to 2038", where="fs.img")
    layout = lay_out(nodes_of(entries))
    plan = Plan(layout, epoch, identity, label)
    salt = hashlib.sha256(b"exodist fs.img salt" + identity.bytes).digest()
    sink = _Sink(out, layout.blocks_count, salt)
    for start, produce in plan.pieces():
        sink.skip_to(start)
        for chunk in produce:
            sink.write(chunk)
    return sink.close(uuid5(identity, "verity"))


class _Sink:
    """Writes the data area front to back, hashes it, and puts the tree behind it."""

    def __init__(self, out: BinaryIO, blocks: int, salt: bytes) -> None:
        self._out, self._blocks, self._salt = out, blocks, salt
        self._tree = verity.TreeBuilder(blocks, salt)
        self._at = 0

    def skip_to(self, block: int) -> None:
        """Fill with zeros up to a block."""
        while self._at < block:
            self.write(bytes(BLOCK * min(16, block - self._at)))

    def write(self, data: bytes) -> None:
        """Append whole blocks."""
        self._out.write(data)
        self._at += len(data) // BLOCK
        self._put(self._tree.add(data))

    def _put(self, blocks: Iterator[tuple[int, bytes]]) -> None:
        for offset, block in blocks:
            self._out.seek(self._blocks * BLOCK + offset)
            self._out.write(block)
            self._out.seek(self._at * BLOCK)

    def close(self, uuid: UUID) -> FsImage:
        """Finish tree and superblock."""
        self.skip_to(self._blocks)
        self._put(self._tree.finish())
        superblock = verity.Superblock(uuid, self._blocks, self._salt)
        self._put(iter([(0, superblock.encode())]))
        size = (self._blocks + verity.area_blocks(self._blocks)) * BLOCK
        return FsImage(self._tree.root_hash, self._salt, self._blocks, size)

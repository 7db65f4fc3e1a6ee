"""fs.img, step 2: what an inode's blocks hold: holes, data, indirect blocks, i_block.

`Shape` says which blocks a file needs before they have a place; once the plan gave it runs of
blocks, `Pointers` says where each is, and `content_of` is the bytes in their order on disk.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from exodist.formats import ext2, payload
from exodist.formats.payload import Payload
from exodist.images.fstree import Node, directory_entries

BLOCK = ext2.BLOCK
HOLE = 64 * 1024


@dataclass(frozen=True)
class Shape:
    """A file's blocks before they have a place: the indirect ones, then the data.

    `ranges` are the logical blocks that hold data, half-open. Level-1 indirect block n maps the
    logical blocks from 12 + 1024 n; level-2 block m maps the level-1 blocks from 1 + 1024 m.
    """

    size: int
    ranges: tuple[tuple[int, int], ...]
    level1: tuple[int, ...] = ()
    level2: tuple[int, ...] = ()

    @classmethod
    def of(cls, size: int, ranges: Sequence[tuple[int, int]]) -> Shape:
        per = ext2.POINTERS
        level1: set[int] = set()
        for first, end in ranges:
            if end > ext2.DIRECT:
                start = max(first, ext2.DIRECT)
                level1.update(
                    range((start - ext2.DIRECT) // per, (end - 1 - ext2.DIRECT) // per + 1)
                )
        level2 = {(index - 1) // per for index in level1 if index}
        return cls(size, tuple(ranges), tuple(sorted(level1)), tuple(sorted(level2)))

    @property
    def triple(self) -> bool:
        """Whether the triple indirect block is needed."""
        return bool(self.level2) and self.level2[-1] > 0

    @property
    def indirect(self) -> int:
        """Number of indirect blocks."""
        return self.triple + len(self.level2) + len(self.level1)

    @property
    def total(self) -> int:
        """Blocks on disk."""
        return self.indirect + sum(end - first for first, end in self.ranges)


def shape_of(node: Node) -> Shape:
    """The blocks that a node needs; files are read to find their holes."""
    entry = node.entry
    if entry.kind == "directory":
        count = len(_directory_blocks(node))
        return Shape.of(count * BLOCK, [(0, count)])
    if entry.kind == "symlink" and entry.target is not None:
        length = len(entry.target.encode())
        return Shape.of(length, [(0, 1)] if length > ext2.FAST_SYMLINK_MAX else [])
    if entry.content is None:
        return Shape.of(0, [])
    size = payload.size(entry.content)
    blocks = -(-size // BLOCK)
    if entry.mode & 0o111:
        return Shape.of(size, [(0, blocks)] if blocks else [])
    return Shape.of(size, _data_ranges(entry.content, size))


def _directory_blocks(node: Node) -> list[list[ext2.DirectoryEntry]]:
    return ext2.pack_directory(directory_entries(node))


_ZEROS = bytes(HOLE)


def _is_hole(unit: bytes) -> bool:
    return unit == (_ZEROS if len(unit) == HOLE else _ZEROS[: len(unit)])


def _data_ranges(content: Payload, size: int) -> list[tuple[int, int]]:
    """The logical blocks outside holes, as half-open ranges."""
    ranges: list[tuple[int, int]] = []
    at = 0
    for unit in payload.chunks(content, size, HOLE):
        end = at + -(-len(unit) // BLOCK)
        if not _is_hole(unit):
            if ranges and ranges[-1][1] == at:
                ranges[-1] = (ranges[-1][0], end)
            else:
                ranges.append((at, end))
        at = end
    return ranges


class Pointers:
    """The block numbers of a file whose blocks were given `runs` of (first block, count)."""

    def __init__(self, shape: Shape, runs: Sequence[tuple[int, int]]) -> None:
        self._shape, self._runs = shape, runs
        self._ordinals = [0]  # of each run's first block among the file's blocks
        for _, count in runs:
            self._ordinals.append(self._ordinals[-1] + count)
        self._firsts = [first for first, _ in self._shape.ranges]
        self._before = [0]  # data blocks before each range
        for first, end in self._shape.ranges:
            self._before.append(self._before[-1] + end - first)
        level2 = int(self._shape.triple)
        level1 = level2 + len(self._shape.level2)
        self._level2 = {index: level2 + i for i, index in enumerate(self._shape.level2)}
        self._level1 = {index: level1 + i for i, index in enumerate(self._shape.level1)}

    def _place(self, ordinal: int | None) -> int:
        """Block number of the file's n-th block on disk; 0 for None."""
        if ordinal is None:
            return 0
        run = bisect_right(self._ordinals, ordinal) - 1
        return self._runs[run][0] + ordinal - self._ordinals[run]

    def _data(self, logical: int) -> int:
        """Block number of a logical block; 0 in a hole."""
        index = bisect_right(self._firsts, logical) - 1
        if index < 0 or logical >= self._shape.ranges[index][1]:
            return 0
        before = self._before[index] + logical - self._firsts[index]
        return self._place(self._shape.indirect + before)

    def top(self) -> bytes:
        """i_block: 12 direct pointers, then single, double and triple indirect."""
        pointers = [self._data(logical) for logical in range(ext2.DIRECT)]
        pointers.append(self._place(self._level1.get(0)))
        pointers.append(self._place(self._level2.get(0)))
        pointers.append(self._place(0) if self._shape.triple else 0)
        return _pack(pointers)

    def indirect(self) -> Iterator[bytes]:
        """The indirect blocks, in their order on disk."""
        per = ext2.POINTERS
        if self._shape.triple:
            yield _pack([self._place(self._level2.get(1 + i)) for i in range(per)])
        for index in self._shape.level2:
            first = 1 + index * per
            yield _pack([self._place(self._level1.get(first + i)) for i in range(per)])
        for index in self._shape.level1:
            first = ext2.DIRECT + index * per
            yield _pack([self._data(first + i) for i in range(per)])


def _pack(pointers: list[int]) -> bytes:
    return b"".join(pointer.to_bytes(4, "little") for pointer in pointers)


def i_block(node: Node, shape: Shape, pointers: Pointers) -> bytes:
    """The 60 bytes of i_block."""
    entry = node.entry
    if entry.kind == "device":
        return ext2.encode_device(*entry.device)
    if entry.kind == "symlink" and entry.target is not None and not shape.total:
        return entry.target.encode().ljust(60, b"\0")
    return pointers.top()


def content_of(node: Node, shape: Shape, pointers: Pointers) -> Iterator[bytes]:
    """The node's bytes on disk: indirect blocks, then data without holes, in whole blocks."""
    yield from pointers.indirect()
    entry = node.entry
    if entry.kind == "directory":
        yield from map(ext2.encode_directory_block, _directory_blocks(node))
    elif entry.kind == "symlink" and entry.target is not None:
        yield entry.target.encode().ljust(BLOCK, b"\0")
    elif entry.content is not None:
        yield from _data(entry.content, shape.size, sparse=not entry.mode & 0o111)


def _data(content: Payload, size: int, *, sparse: bool) -> Iterator[bytes]:
    for unit in payload.chunks(content, size, HOLE):
        if not (sparse and _is_hole(unit)):
            yield unit.ljust(-(-len(unit) // BLOCK) * BLOCK, b"\0")

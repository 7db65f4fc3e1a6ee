"""fs.img, step 3: where everything goes, then the pieces of the image from front to back.

A file takes blocks in the first group that has room for all of it; one that is larger than any
group goes over the borders of the last ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from exodist.errors import FormatError
from exodist.formats import ext2
from exodist.images.fscontent import BLOCK, Pointers, Shape, content_of, i_block, shape_of
from exodist.images.fstree import MODES, Node

_INODES_PER_TABLE_BLOCK = BLOCK // ext2.INODE_SIZE
_GROUPS_MAX = (1 << 32) // ext2.BLOCKS_PER_GROUP


@dataclass(frozen=True)
class Geometry:
    """Size of the groups' own tables for a number of groups and inodes."""

    groups: int
    inodes: int

    @property
    def inodes_per_group(self) -> int:
        """A multiple of what one block of the inode table holds."""
        per = _INODES_PER_TABLE_BLOCK
        return -(-self.inodes // (self.groups * per)) * per

    @property
    def table_blocks(self) -> int:
        """Blocks of one group's inode table."""
        return self.inodes_per_group // _INODES_PER_TABLE_BLOCK

    def head(self, group: int) -> int:
        """Blocks of the superblock and the descriptors in a group; 0 where it has no copy."""
        descriptors = -(-self.groups * ext2.DESCRIPTOR_SIZE // BLOCK)
        return 1 + descriptors if ext2.has_superblock(group) else 0

    def overhead(self, group: int) -> int:
        """Blocks of a group that no file can have."""
        return self.head(group) + 2 + self.table_blocks


@dataclass(frozen=True)
class Placed:
    """A node with its blocks: `runs` of (first block, count)."""

    node: Node
    shape: Shape
    runs: tuple[tuple[int, int], ...]

    @property
    def pointers(self) -> Pointers:
        """Where each of the file's blocks is."""
        return Pointers(self.shape, self.runs)


class _Allocator:
    """Hands out blocks; `next_free` is the first free one of each group."""

    def __init__(self, geometry: Geometry) -> None:
        size = ext2.BLOCKS_PER_GROUP
        groups = range(geometry.groups)
        self._starts = [group * size + geometry.overhead(group) for group in groups]
        self._ends = [(group + 1) * size for group in groups]
        self.next_free = list(self._starts)

    def take(self, count: int) -> list[tuple[int, int]] | None:
        """`count` blocks: in the first group with room, or over the last groups; None if full."""
        if count == 0:
            return []
        for group, at in enumerate(self.next_free):
            if count <= self._ends[group] - at:
                self.next_free[group] += count
                return [(at, count)]
        borders = zip(self._starts, self._ends, strict=True)
        if all(count <= end - start for start, end in borders):
            return None  # it fits a group, but no group is left
        return self._span(count)

    def _span(self, count: int) -> list[tuple[int, int]] | None:
        pairs = enumerate(zip(self.next_free, self._starts, strict=True))
        touched = [group for group, (at, start) in pairs if at != start]
        runs = []
        for group in range(touched[-1] if touched else 0, len(self._starts)):
            at = self.next_free[group]
            taken = min(count, self._ends[group] - at)
            if taken:
                runs.append((at, taken))
                self.next_free[group] += taken
                count -= taken
        return runs if count == 0 else None


@dataclass(frozen=True)
class Layout:
    """Every node in its place; `next_free` is the first free block of each group."""

    geometry: Geometry
    placed: tuple[Placed, ...]
    next_free: tuple[int, ...]

    @property
    def blocks_count(self) -> int:
        """The file system ends with the last block that is used."""
        return self.next_free[-1]


def lay_out(nodes: Sequence[Node]) -> Layout:
    """Place all nodes in as few groups as hold them."""
    shapes = [shape_of(node) for node in nodes]
    groups = max(1, sum(shape.total for shape in shapes) // ext2.BLOCKS_PER_GROUP)
    while (layout := _lay_out(nodes, shapes, groups)) is None:
        groups += 1
    return layout


def _lay_out(nodes: Sequence[Node], shapes: Sequence[Shape], groups: int) -> Layout | None:
    if groups > _GROUPS_MAX:
        raise FormatError("the content is larger than 16 TiB", where="fs.img")
    geometry = Geometry(groups, max(node.number for node in nodes))
    if geometry.inodes_per_group > ext2.BLOCKS_PER_GROUP:
        return None
    allocator = _Allocator(geometry)
    placed = []
    for node, shape in zip(nodes, shapes, strict=True):
        runs = allocator.take(shape.total)
        if runs is None:
            return None
        placed.append(Placed(node, shape, tuple(runs)))
    return Layout(geometry, tuple(placed), tuple(allocator.next_free))


class Plan:
    """The image's pieces: each group's tables and each file's blocks."""

    def __init__(self, layout: Layout, epoch: int, identity: UUID, label: str) -> None:
        self._layout, self._geometry = layout, layout.geometry
        self._epoch, self._identity, self._label = epoch, identity, label
        self._by_number = {placed.node.number: placed for placed in layout.placed}
        self._last_inode = max(self._by_number)

    def pieces(self) -> list[tuple[int, Iterator[bytes]]]:
        """(first block, its bytes in whole blocks), sorted; what lies between is zero."""
        pieces: list[tuple[int, Iterator[bytes]]] = []
        for group in range(self._geometry.groups):
            pieces.append((group * ext2.BLOCKS_PER_GROUP, self._group(group)))
        for placed in self._layout.placed:
            blocks = _Regroup(content_of(placed.node, placed.shape, placed.pointers))
            last = len(placed.runs) - 1
            for i, (first, count) in enumerate(placed.runs):
                pieces.append((first, blocks.take(count, last=i == last)))
        return sorted(pieces, key=lambda piece: piece[0])

    def _group(self, group: int) -> Iterator[bytes]:
        if ext2.has_superblock(group):
            yield self._superblock(group)
            raw = b"".join(descriptor.encode() for descriptor in self._descriptors)
            yield raw.ljust((self._geometry.head(group) - 1) * BLOCK, b"\0")
        yield self._block_bitmap(group)
        used = self._inodes_used(group)
        yield ext2.encode_bitmap([(0, used), (self._geometry.inodes_per_group, BLOCK * 8)])
        yield from self._inode_table(group)

    def _superblock(self, group: int) -> bytes:
        geometry = self._geometry
        free = self._descriptors
        superblock = ext2.Superblock(
            inodes_count=geometry.groups * geometry.inodes_per_group,
            blocks_count=self._layout.blocks_count,
            free_blocks_count=sum(d.free_blocks_count for d in free),
            free_inodes_count=sum(d.free_inodes_count for d in free),
            inodes_per_group=geometry.inodes_per_group,
            time=self._epoch,
            uuid=self._identity,
            volume_name=self._label,
            block_group_nr=group,
        )
        before = ext2.SUPERBLOCK_OFFSET if group == 0 else 0
        return (bytes(before) + superblock.encode()).ljust(BLOCK, b"\0")

    @cached_property
    def _descriptors(self) -> list[ext2.GroupDescriptor]:
        return [self._descriptor(group) for group in range(self._geometry.groups)]

    def _descriptor(self, group: int) -> ext2.GroupDescriptor:
        first = group * ext2.BLOCKS_PER_GROUP
        bitmap = first + self._geometry.head(group)
        return ext2.GroupDescriptor(
            block_bitmap=bitmap,
            inode_bitmap=bitmap + 1,
            inode_table=bitmap + 2,
            free_blocks_count=self._group_end(group) - self._layout.next_free[group],
            free_inodes_count=self._geometry.inodes_per_group - self._inodes_used(group),
            used_dirs_count=sum(p.node.entry.kind == "directory" for p in self._in_group(group)),
        )

    def _group_end(self, group: int) -> int:
        return min((group + 1) * ext2.BLOCKS_PER_GROUP, self._layout.blocks_count)

    def _block_bitmap(self, group: int) -> bytes:
        first = group * ext2.BLOCKS_PER_GROUP
        return ext2.encode_bitmap(
            [
                (0, self._layout.next_free[group] - first),
                (self._group_end(group) - first, ext2.BLOCKS_PER_GROUP),
            ]
        )

    def _inodes_used(self, group: int) -> int:
        """Inodes are used from the front: those before FIRST_INODE are reserved."""
        per = self._geometry.inodes_per_group
        return min(per, max(0, self._last_inode - group * per))

    def _in_group(self, group: int) -> Iterator[Placed]:
        per = self._geometry.inodes_per_group
        for number in range(group * per + 1, (group + 1) * per + 1):
            if number in self._by_number:
                yield self._by_number[number]

    def _inode_table(self, group: int) -> Iterator[bytes]:
        per = self._geometry.inodes_per_group
        for first in range(group * per + 1, (group + 1) * per + 1, _INODES_PER_TABLE_BLOCK):
            numbers = range(first, first + _INODES_PER_TABLE_BLOCK)
            yield b"".join(self._inode(number) for number in numbers)

    def _inode(self, number: int) -> bytes:
        placed = self._by_number.get(number)
        if placed is None:
            return bytes(ext2.INODE_SIZE)
        node, shape = placed.node, placed.shape
        return ext2.Inode(
            mode=MODES[node.entry.kind] | node.entry.mode,
            uid=node.entry.uid,
            gid=node.entry.gid,
            size=shape.size,
            links_count=node.links,
            blocks=shape.total * (BLOCK // 512),
            time=self._epoch,
            block=i_block(node, shape, placed.pointers),
        ).encode()


class _Regroup:
    """Cuts one stream of blocks into the runs that the plan gave it."""

    def __init__(self, stream: Iterator[bytes]) -> None:
        self._stream = stream
        self._rest = b""

    def take(self, blocks: int, *, last: bool) -> Iterator[bytes]:
        """The next `blocks` blocks; after the `last` ones the stream must end."""
        left = blocks * BLOCK
        while left:
            chunk = self._rest or next(self._stream, b"")
            self._rest = chunk[left:]
            chunk = chunk[:left]
            left -= len(chunk)
            if not chunk or (last and not left and (self._rest or next(self._stream, b""))):
                raise FormatError("a file changed while the image was written", where="fs.img")
            yield chunk

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
import stat
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Literal
from uuid import UUID, uuid5

from exodist.errors import FormatError
from exodist.formats import ext2, payload, verity
from exodist.formats.payload import Payload

Kind = Literal["file", "directory", "symlink", "hardlink", "device"]

BLOCK = ext2.BLOCK
HOLE = 64 * 1024
_INODES_PER_TABLE_BLOCK = BLOCK // ext2.INODE_SIZE
_MODES = {
    "file": stat.S_IFREG,
    "directory": stat.S_IFDIR,
    "symlink": stat.S_IFLNK,
    "device": stat.S_IFCHR,
}
_TYPES = {
    "file": ext2.FileType.REGULAR,
    "directory": ext2.FileType.DIRECTORY,
    "symlink": ext2.FileType.SYMLINK,
    "device": ext2.FileType.CHARACTER,
}


@dataclass(frozen=True)
class FileEntry:
    """One name in the file system. `path` is absolute and normal: `/bin/cat`, `/`.

    `content` belongs to files, `target` to symbolic links and to hard links (there it is the path
    of another entry), `device` (major, minor) to character devices.
    """

    path: str
    kind: Kind
    mode: int = 0o644
    uid: int = 0
    gid: int = 0
    content: Payload | None = None
    target: str | None = None
    device: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        parts = self.path.split("/")[1:]
        normal = self.path == "/" or (
            self.path.startswith("/") and not {"", ".", ".."} & set(parts) and "\0" not in self.path
        )
        if not normal:
            _fail(self.path, "expected an absolute path without `.`, `..` and empty parts")
        if max(len(part.encode()) for part in parts) > ext2.NAME_MAX:
            _fail(self.path, f"a name is longer than {ext2.NAME_MAX} bytes")
        if not 0 <= self.mode <= 0o7777 or not (0 <= self.uid < 1 << 32 > self.gid >= 0):
            _fail(self.path, f"bad mode {self.mode:o} or owner {self.uid}:{self.gid}")
        if (self.kind == "file") != (self.content is not None):
            _fail(self.path, "content is for files, and each file needs it")
        if (self.kind in ("symlink", "hardlink")) != bool(self.target):
            _fail(self.path, "a target is for links, and each link needs it")
        if self.target is not None and len(self.target.encode()) >= BLOCK:
            _fail(self.path, f"the target is longer than {BLOCK - 1} bytes")


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
    plan = _Plan(_nodes(entries), epoch, identity, label)
    salt = hashlib.sha256(b"exodist fs.img salt" + identity.bytes).digest()
    sink = _Sink(out, plan.blocks_count, salt)
    for start, produce in plan.pieces():
        sink.skip_to(start)
        for chunk in produce:
            sink.write(chunk)
    return sink.close(uuid5(identity, "verity"))


def _fail(path: str, message: str) -> None:
    raise FormatError(message, where=f"fs.img: {path}")


# ---- the tree -------------------------------------------------------------------------------


@dataclass
class _Node:
    """An inode to be: its entry, number, names and place on disk."""

    entry: FileEntry
    number: int = 0
    parent: int = ext2.ROOT_INODE
    links: int = 1
    names: list[tuple[bytes, _Node]] = field(default_factory=list)  # a directory's
    packed: list[list[ext2.DirectoryEntry]] = field(default_factory=list)
    shape: _Shape | None = None
    runs: list[tuple[int, int]] = field(default_factory=list)  # (first block, count)

    @property
    def blocks(self) -> int:
        """Blocks of the disk that the node takes."""
        return self.shape.total if self.shape else 0


def _nodes(entries: Iterable[FileEntry]) -> list[_Node]:
    """All inodes, numbered in the order of their paths; the root comes first."""
    table = _complete(entries)
    nodes = {p: _Node(e) for p, e in sorted(table.items(), key=_order) if e.kind != "hardlink"}
    for number, node in enumerate(_numbered(nodes), ext2.FIRST_INODE):
        node.number = number
    nodes["/"].number, nodes["/"].links = ext2.ROOT_INODE, 2  # its own `.` and `..`
    for path, entry in sorted(table.items(), key=_order):
        if path != "/":
            _enter(nodes, path, entry)
    return list(nodes.values())


def _order(item: tuple[str, FileEntry]) -> list[bytes]:
    return [part.encode() for part in item[0].split("/")] if item[0] != "/" else []


def _numbered(nodes: dict[str, _Node]) -> Iterator[_Node]:
    """lost+found must be the first inode that is not reserved: e2fsck and debugfs expect it."""
    yield nodes["/lost+found"]
    yield from (node for path, node in nodes.items() if path not in ("/", "/lost+found"))


def _complete(entries: Iterable[FileEntry]) -> dict[str, FileEntry]:
    """Entries by path, with the directories that nobody listed."""
    table: dict[str, FileEntry] = {}
    for entry in entries:
        if entry.path in table:
            _fail(entry.path, "the path is there twice")
        table[entry.path] = entry
    for path in [*table, "/lost+found"]:
        while path != "/":
            path = path.rpartition("/")[0] or "/"
            table.setdefault(path, FileEntry(path, "directory", 0o755))
            if table[path].kind != "directory":
                _fail(path, "is not a directory, but other entries lie in it")
    lost = table.setdefault("/lost+found", FileEntry("/lost+found", "directory", 0o700))
    if lost.kind != "directory" or table["/"].kind != "directory":
        _fail(lost.path, "`/` and `/lost+found` must be directories")
    return table


def _enter(nodes: dict[str, _Node], path: str, entry: FileEntry) -> None:
    """Give the entry its name in its directory."""
    above, _, name = path.rpartition("/")
    directory = nodes[above or "/"]
    node = nodes.get(path)
    if node is None:
        node = nodes.get(entry.target or "")
        if node is None or node.entry.kind == "directory":
            _fail(path, f"hard link to `{entry.target}`, which is no file of this image")
            return
        node.links += 1
    elif node.entry.kind == "directory":
        node.links += 1  # its own `.`
        node.parent = directory.number
        directory.links += 1  # the `..` in it
    directory.names.append((name.encode(), node))


def _directory_entries(node: _Node) -> list[ext2.DirectoryEntry]:
    kind = ext2.FileType.DIRECTORY
    entries = [
        ext2.DirectoryEntry(node.number, b".", kind),
        ext2.DirectoryEntry(node.parent, b"..", kind),
    ]
    for name, child in node.names:
        entries.append(ext2.DirectoryEntry(child.number, name, _TYPES[child.entry.kind]))
    return entries


# ---- the shape of a file: which blocks it needs ---------------------------------------------


@dataclass(frozen=True)
class _Shape:
    """A file's blocks before they have a place: the indirect ones, then the data.

    `ranges` are the logical blocks that hold data, half-open. Level-1 indirect block n maps the
    logical blocks from 12 + 1024 n; level-2 block m maps the level-1 blocks from 1 + 1024 m.
    """

    size: int
    ranges: tuple[tuple[int, int], ...]
    level1: tuple[int, ...] = ()
    level2: tuple[int, ...] = ()

    @classmethod
    def of(cls, size: int, ranges: Sequence[tuple[int, int]]) -> _Shape:
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


def _shape(node: _Node) -> _Shape | None:
    entry = node.entry
    if entry.kind == "directory":
        node.packed = ext2.pack_directory(_directory_entries(node))
        return _Shape.of(len(node.packed) * BLOCK, [(0, len(node.packed))])
    if entry.kind == "symlink" and entry.target is not None:
        length = len(entry.target.encode())
        return _Shape.of(length, [(0, 1)] if length > ext2.FAST_SYMLINK_MAX else [])
    if entry.content is None:
        return None
    size = payload.size(entry.content)
    blocks = -(-size // BLOCK)
    if entry.mode & 0o111:
        return _Shape.of(size, [(0, blocks)] if blocks else [])
    return _Shape.of(size, _data_ranges(entry.content))


_ZEROS = bytes(HOLE)


def _is_hole(unit: bytes) -> bool:
    return unit == (_ZEROS if len(unit) == HOLE else _ZEROS[: len(unit)])


def _data_ranges(content: Payload) -> list[tuple[int, int]]:
    """The logical blocks outside holes, as half-open ranges."""
    ranges: list[tuple[int, int]] = []
    at = 0
    for unit in payload.chunks(content, HOLE):
        end = at + -(-len(unit) // BLOCK)
        if not _is_hole(unit):
            if ranges and ranges[-1][1] == at:
                ranges[-1] = (ranges[-1][0], end)
            else:
                ranges.append((at, end))
        at = end
    return ranges


# ---- the plan: where everything goes ---------------------------------------------------------


@dataclass(frozen=True)
class _Geometry:
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


class _Plan:
    """Places every node, then tells the pieces of the image in order."""

    def __init__(self, nodes: list[_Node], epoch: int, identity: UUID, label: str) -> None:
        self.nodes, self.epoch, self.identity, self.label = nodes, epoch, identity, label
        for node in nodes:
            node.shape = _shape(node)
        total = sum(node.blocks for node in nodes)
        groups = max(1, total // ext2.BLOCKS_PER_GROUP)
        while not self._place(groups):
            groups += 1
        self._by_number = {node.number: node for node in nodes}

    def _place(self, groups: int) -> bool:
        """Give each node its runs in that many groups; False when they do not fit."""
        last = max(node.number for node in self.nodes)
        self.geometry = _Geometry(groups, last)
        if self.geometry.inodes_per_group > ext2.BLOCKS_PER_GROUP:
            return False
        size = ext2.BLOCKS_PER_GROUP
        starts = [g * size + self.geometry.overhead(g) for g in range(groups)]
        self._next = list(starts)
        for node in self.nodes:
            runs = self._runs(node.blocks, starts)
            if runs is None:
                return False
            node.runs = runs
        self.blocks_count = self._next[-1]
        return True

    def _runs(self, count: int, starts: list[int]) -> list[tuple[int, int]] | None:
        """Take `count` blocks: from the first group with room, or over the last groups."""
        if count == 0:
            return []
        size = ext2.BLOCKS_PER_GROUP
        for group, at in enumerate(self._next):
            if count <= (group + 1) * size - at:
                self._next[group] += count
                return [(at, count)]
        if all(count <= (g + 1) * size - start for g, start in enumerate(starts)):
            return None  # it fits a group, but no group is left
        return self._span(count, starts)

    def _span(self, count: int, starts: list[int]) -> list[tuple[int, int]] | None:
        touched = [g for g, at in enumerate(self._next) if at != starts[g]]
        runs = []
        for group in range(touched[-1] if touched else 0, len(starts)):
            at = self._next[group]
            take = min(count, (group + 1) * ext2.BLOCKS_PER_GROUP - at)
            if take:
                runs.append((at, take))
                self._next[group] += take
                count -= take
        return runs if count == 0 else None

    def pieces(self) -> Iterator[tuple[int, Iterator[bytes]]]:
        """(first block, its bytes in whole blocks), sorted; what lies between is zero."""
        pieces: list[tuple[int, Iterator[bytes]]] = []
        for group in range(self.geometry.groups):
            pieces.append((group * ext2.BLOCKS_PER_GROUP, self._group(group)))
        for node in self.nodes:
            blocks = _Regroup(_content(node))
            last = len(node.runs) - 1
            for i, (first, count) in enumerate(node.runs):
                pieces.append((first, blocks.take(count, last=i == last)))
        return iter(sorted(pieces, key=lambda piece: piece[0]))

    # The tables of a group.

    def _group(self, group: int) -> Iterator[bytes]:
        if ext2.has_superblock(group):
            yield self._superblock(group)
            raw = b"".join(self._descriptor(g).encode() for g in range(self.geometry.groups))
            yield raw.ljust((self.geometry.head(group) - 1) * BLOCK, b"\0")
        yield self._block_bitmap(group)
        used = self._inodes_used(group)
        yield ext2.encode_bitmap([(0, used), (self.geometry.inodes_per_group, BLOCK * 8)])
        yield from self._inode_table(group)

    def _superblock(self, group: int) -> bytes:
        geometry = self.geometry
        free = [self._descriptor(g) for g in range(geometry.groups)]
        superblock = ext2.Superblock(
            inodes_count=geometry.groups * geometry.inodes_per_group,
            blocks_count=self.blocks_count,
            free_blocks_count=sum(d.free_blocks_count for d in free),
            free_inodes_count=sum(d.free_inodes_count for d in free),
            inodes_per_group=geometry.inodes_per_group,
            time=self.epoch,
            uuid=self.identity,
            volume_name=self.label,
            block_group_nr=group,
        )
        before = ext2.SUPERBLOCK_OFFSET if group == 0 else 0
        return (bytes(before) + superblock.encode()).ljust(BLOCK, b"\0")

    def _descriptor(self, group: int) -> ext2.GroupDescriptor:
        first = group * ext2.BLOCKS_PER_GROUP
        bitmap = first + self.geometry.head(group)
        return ext2.GroupDescriptor(
            block_bitmap=bitmap,
            inode_bitmap=bitmap + 1,
            inode_table=bitmap + 2,
            free_blocks_count=self._group_end(group) - self._next[group],
            free_inodes_count=self.geometry.inodes_per_group - self._inodes_used(group),
            used_dirs_count=sum(n.entry.kind == "directory" for n in self._in_group(group)),
        )

    def _group_end(self, group: int) -> int:
        return min((group + 1) * ext2.BLOCKS_PER_GROUP, self.blocks_count)

    def _block_bitmap(self, group: int) -> bytes:
        first = group * ext2.BLOCKS_PER_GROUP
        return ext2.encode_bitmap(
            [
                (0, self._next[group] - first),
                (self._group_end(group) - first, ext2.BLOCKS_PER_GROUP),
            ]
        )

    def _inodes_used(self, group: int) -> int:
        """Inodes are used from the front: those before FIRST_INODE are reserved."""
        last = max(self._by_number)
        per = self.geometry.inodes_per_group
        return min(per, max(0, last - group * per))

    def _in_group(self, group: int) -> Iterator[_Node]:
        per = self.geometry.inodes_per_group
        for number in range(group * per + 1, (group + 1) * per + 1):
            if number in self._by_number:
                yield self._by_number[number]

    def _inode_table(self, group: int) -> Iterator[bytes]:
        per = self.geometry.inodes_per_group
        for first in range(group * per + 1, (group + 1) * per + 1, _INODES_PER_TABLE_BLOCK):
            numbers = range(first, first + _INODES_PER_TABLE_BLOCK)
            yield b"".join(self._inode(number) for number in numbers)

    def _inode(self, number: int) -> bytes:
        node = self._by_number.get(number)
        if node is None:
            return bytes(ext2.INODE_SIZE)
        entry = node.entry
        return ext2.Inode(
            mode=_MODES[entry.kind] | entry.mode,
            uid=entry.uid,
            gid=entry.gid,
            size=node.shape.size if node.shape else 0,
            links_count=node.links,
            blocks=node.blocks * (BLOCK // 512),
            time=self.epoch,
            block=_i_block(node),
        ).encode()


# ---- the contents of a node ------------------------------------------------------------------


def _i_block(node: _Node) -> bytes:
    """The 60 bytes of i_block."""
    entry = node.entry
    if entry.kind == "device":
        return ext2.encode_device(*entry.device)
    if entry.kind == "symlink" and entry.target is not None and not node.blocks:
        return entry.target.encode().ljust(60, b"\0")
    return _Pointers(node).top()


class _Pointers:
    """The block numbers of a placed file."""

    def __init__(self, node: _Node) -> None:
        assert node.shape is not None
        self._shape, self._runs = node.shape, node.runs
        self._ordinals = [0]  # of each run's first block among the file's blocks
        for _, count in node.runs:
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


def _content(node: _Node) -> Iterator[bytes]:
    """The node's bytes on disk: indirect blocks, then data without holes, in whole blocks."""
    yield from _Pointers(node).indirect()
    entry = node.entry
    if entry.kind == "directory":
        yield from map(ext2.encode_directory_block, node.packed)
    elif entry.kind == "symlink" and entry.target is not None:
        yield entry.target.encode().ljust(BLOCK, b"\0")
    elif entry.content is not None:
        yield from _data(entry.content, sparse=not entry.mode & 0o111)


def _data(content: Payload, *, sparse: bool) -> Iterator[bytes]:
    for unit in payload.chunks(content, HOLE):
        if not (sparse and _is_hole(unit)):
            yield unit.ljust(-(-len(unit) // BLOCK) * BLOCK, b"\0")


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

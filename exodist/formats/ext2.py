"""The second extended file system, revision 1: its structures on disk, and a reader.

Specification: Dave Poirier, "The Second Extended File System, Internal Layout"; Linux,
Documentation/filesystems/ext2.rst; field names are theirs without the prefix. The structures
encode and parse; `images.fsimg` decides where they go. The reader takes what ext2 is: blocks of
1 to 4 KiB, direct and indirect blocks, holes. ext4's extents and the like are refused by name.
"""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from uuid import UUID

from exodist.errors import FormatError
from exodist.formats.window import Window

BLOCK = 4096
BLOCKS_PER_GROUP = BLOCK * 8  # one bitmap block covers a group
SUPERBLOCK_OFFSET = 1024
SUPERBLOCK_SIZE = 1024
MAGIC = 0xEF53
INODE_SIZE = 128
DESCRIPTOR_SIZE = 32
ROOT_INODE = 2
FIRST_INODE = 11  # those before are reserved in revision 1
POINTERS = BLOCK // 4
DIRECT = 12
FAST_SYMLINK_MAX = 59  # the target and its NUL fit in the 60 bytes of i_block
NAME_MAX = 255


class FileType(IntEnum):
    """Directory entry's file_type (feature `filetype`)."""

    REGULAR = 1
    DIRECTORY = 2
    CHARACTER = 3
    BLOCK = 4
    FIFO = 5
    SOCKET = 6
    SYMLINK = 7


class Incompat(IntFlag):
    """s_feature_incompat: what a reader must understand."""

    FILETYPE = 0x2
    RECOVER = 0x4
    JOURNAL_DEV = 0x8
    META_BG = 0x10
    EXTENTS = 0x40
    BITS64 = 0x80
    FLEX_BG = 0x200
    EA_INODE = 0x400
    INLINE_DATA = 0x8000
    ENCRYPT = 0x10000


RO_COMPAT_SPARSE_SUPER = 0x1
RO_COMPAT_LARGE_FILE = 0x2

_SUPERBLOCK = struct.Struct("<13I6H4I2HI2H3I16s16s64sI2BH16s3I16s2BH3I")
_DESCRIPTOR = struct.Struct("<3I4H12x")
_INODE = struct.Struct("<2H5I2H3I60s4I2B3HI")
_DIRENT = struct.Struct("<IHBB")


def has_superblock(group: int) -> bool:
    """Groups that hold a copy of the superblock (feature sparse_super): 0, powers of 3, 5, 7."""
    if group <= 1:
        return True
    for base in (3, 5, 7):
        power = base
        while power < group:
            power *= base
        if power == group:
            return True
    return False


@dataclass(frozen=True)
class Superblock:
    """The fields that differ between images; all others are fixed by `encode`."""

    inodes_count: int
    blocks_count: int
    free_blocks_count: int
    free_inodes_count: int
    inodes_per_group: int
    time: int
    uuid: UUID
    volume_name: str
    block_group_nr: int = 0
    log_block_size: int = 2
    blocks_per_group: int = BLOCKS_PER_GROUP
    inode_size: int = INODE_SIZE
    first_data_block: int = 0
    incompat: int = Incompat.FILETYPE

    @property
    def block_size(self) -> int:
        """Bytes of a block."""
        return 1024 << self.log_block_size

    @property
    def groups(self) -> int:
        """Number of block groups."""
        return -(-(self.blocks_count - self.first_data_block) // self.blocks_per_group)

    def encode(self) -> bytes:
        """1024 bytes: clean, never mounted, no check by time or count, read-only after errors."""
        raw = _SUPERBLOCK.pack(
            self.inodes_count, self.blocks_count, 0, self.free_blocks_count,
            self.free_inodes_count, self.first_data_block, self.log_block_size,
            self.log_block_size, self.blocks_per_group, self.blocks_per_group,
            self.inodes_per_group, 0, self.time,
            0, 0xFFFF, MAGIC, 1, 2, 0,
            self.time, 0, 0, 1,
            0, 0, FIRST_INODE, self.inode_size, self.block_group_nr,
            0, self.incompat, RO_COMPAT_SPARSE_SUPER | RO_COMPAT_LARGE_FILE,
            self.uuid.bytes, self.volume_name.encode(), b"", 0, 0, 0, 0, bytes(16), 0, 0, 0,
            self.uuid.bytes, 0, 0, 0, 0, 0, self.time,
        )  # fmt: skip
        return raw.ljust(SUPERBLOCK_SIZE, b"\0")


def parse(window: Window) -> Superblock:
    """The superblock of a file system that starts with the window."""
    at = SUPERBLOCK_OFFSET
    f = struct.unpack_from(_SUPERBLOCK.format, window.read(at, SUPERBLOCK_SIZE, "superblock"))
    magic, incompat = f[15], f[29]
    if magic != MAGIC:
        window.fail(at + 56, "magic", f"no ext2 file system: expected {MAGIC:#x}, found {magic:#x}")
    unknown = incompat & ~(Incompat.FILETYPE | Incompat.FLEX_BG)
    if f[22] != 1 or unknown:
        names = Incompat(unknown).name or hex(unknown)
        window.fail(at + 96, "feature_incompat", f"not plain ext2: revision {f[22]}, {names}")
    superblock = Superblock(
        inodes_count=f[0], blocks_count=f[1], free_blocks_count=f[3], free_inodes_count=f[4],
        first_data_block=f[5], log_block_size=f[6], blocks_per_group=f[8], inodes_per_group=f[10],
        time=f[12], inode_size=f[26], block_group_nr=f[27], incompat=incompat,
        uuid=UUID(bytes=f[31]), volume_name=f[32].rstrip(b"\0").decode("utf-8", "replace"),
    )  # fmt: skip
    if not _sane(superblock):
        window.fail(at, "superblock", "sizes in the superblock contradict each other")
    if superblock.blocks_count * superblock.block_size > window.size:
        window.fail(
            at + 4,
            "blocks_count",
            f"expected {superblock.blocks_count * superblock.block_size} bytes, "
            f"found {window.size}",
            hint="the image is truncated",
        )
    return superblock


def _sane(s: Superblock) -> bool:
    return (
        s.log_block_size <= 2
        and 0 < s.blocks_per_group <= 8 * s.block_size
        and 0 < s.inodes_per_group <= 8 * s.block_size
        and s.inode_size in (128, 256, 512, 1024)
        and s.first_data_block == (s.log_block_size == 0)
        and s.blocks_count > s.first_data_block
        and s.inodes_count == s.groups * s.inodes_per_group
    )


@dataclass(frozen=True)
class GroupDescriptor:
    """Where a group's bitmaps and inode table are, and what is free in it."""

    block_bitmap: int
    inode_bitmap: int
    inode_table: int
    free_blocks_count: int
    free_inodes_count: int
    used_dirs_count: int

    def encode(self) -> bytes:
        """32 bytes."""
        return _DESCRIPTOR.pack(
            self.block_bitmap, self.inode_bitmap, self.inode_table,
            self.free_blocks_count, self.free_inodes_count, self.used_dirs_count, 0,
        )  # fmt: skip


@dataclass(frozen=True)
class Inode:
    """One inode. `block` is the 60 bytes of i_block: pointers, a short link target, a device."""

    mode: int
    uid: int
    gid: int
    size: int
    links_count: int
    blocks: int
    time: int
    block: bytes

    def encode(self) -> bytes:
        """128 bytes."""
        regular = stat.S_ISREG(self.mode)
        return _INODE.pack(
            self.mode, self.uid & 0xFFFF, self.size & 0xFFFFFFFF, self.time, self.time, self.time,
            0, self.gid & 0xFFFF, self.links_count, self.blocks, 0, 0, self.block,
            0, 0, self.size >> 32 if regular else 0, 0,
            0, 0, 0, self.uid >> 16, self.gid >> 16, 0,
        )  # fmt: skip

    @classmethod
    def parse(cls, raw: bytes) -> Inode:
        """An inode from its first 128 bytes."""
        f = _INODE.unpack(raw[:INODE_SIZE])
        high = f[15] if stat.S_ISREG(f[0]) else 0
        return cls(
            mode=f[0], uid=f[1] | f[20] << 16, gid=f[7] | f[21] << 16, size=f[2] | high << 32,
            links_count=f[8], blocks=f[9], time=f[5], block=f[12],
        )  # fmt: skip

    @property
    def pointers(self) -> tuple[int, ...]:
        """i_block as 15 block numbers."""
        return struct.unpack("<15I", self.block)

    @property
    def device(self) -> tuple[int, int]:
        """(major, minor) of a device file, old or new encoding."""
        old, new = self.pointers[:2]
        if old:
            return old >> 8, old & 0xFF
        return new >> 8 & 0xFFF, new & 0xFF | new >> 12 & 0xFFF00


def encode_device(major: int, minor: int) -> bytes:
    """i_block of a device file, as Linux writes it: the old encoding where it fits."""
    if major < 256 and minor < 256:
        return struct.pack("<15I", major << 8 | minor, *[0] * 14)
    new = minor & 0xFF | major << 8 | (minor & ~0xFF) << 12
    return struct.pack("<15I", 0, new, *[0] * 13)


@dataclass(frozen=True)
class DirectoryEntry:
    """A name in a directory."""

    inode: int
    name: bytes
    file_type: int

    @property
    def length(self) -> int:
        """Bytes on disk: the head of 8 and the name, to a multiple of 4."""
        return _DIRENT.size + (len(self.name) + 3 & ~3)

    def encode(self, length: int) -> bytes:
        """The entry, stretched to `length` bytes."""
        head = _DIRENT.pack(self.inode, length, len(self.name), self.file_type)
        return (head + self.name).ljust(length, b"\0")


def pack_directory(entries: list[DirectoryEntry]) -> list[list[DirectoryEntry]]:
    """Distribute entries over blocks, in order; an entry never crosses a block."""
    blocks: list[list[DirectoryEntry]] = [[]]
    used = 0
    for entry in entries:
        if used + entry.length > BLOCK:
            blocks.append([])
            used = 0
        blocks[-1].append(entry)
        used += entry.length
    return blocks


def encode_directory_block(entries: list[DirectoryEntry]) -> bytes:
    """One directory block; the last entry reaches to its end."""
    head = b"".join(entry.encode(entry.length) for entry in entries[:-1])
    return head + entries[-1].encode(BLOCK - len(head))


def encode_bitmap(ranges: list[tuple[int, int]]) -> bytes:
    """A bitmap block with the bits of the half-open ranges set."""
    bits = 0
    for first, end in ranges:
        bits |= (1 << end) - (1 << first)
    return bits.to_bytes(BLOCK, "little")


class Reader:
    """Reads a file system: the root's tree, file contents. Nothing is written, ever."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.superblock = parse(window)
        size = self.superblock.block_size
        table = (self.superblock.first_data_block + 1) * size
        raw = window.read(table, self.superblock.groups * DESCRIPTOR_SIZE, "group descriptors")
        self._tables = [
            _DESCRIPTOR.unpack_from(raw, group * DESCRIPTOR_SIZE)[2]
            for group in range(self.superblock.groups)
        ]

    def inode(self, number: int) -> Inode:
        """The inode with this number."""
        s = self.superblock
        if not 1 <= number <= s.inodes_count:
            raise FormatError(
                f"inode {number} does not exist: expected 1 to {s.inodes_count}",
                where=self.window.name,
            )
        group, index = divmod(number - 1, s.inodes_per_group)
        at = self._tables[group] * s.block_size + index * s.inode_size
        return Inode.parse(self.window.read(at, INODE_SIZE, f"inode {number}"))

    def blocks(self, inode: Inode) -> Iterator[int]:
        """The file's block numbers in order; 0 is a hole."""
        count = -(-inode.size // self.superblock.block_size)
        yield from inode.pointers[: min(count, DIRECT)]
        count -= DIRECT
        for depth, pointer in enumerate(inode.pointers[DIRECT:], 1):
            if count <= 0:
                return
            span = (self.superblock.block_size // 4) ** depth
            yield from self._indirect(pointer, depth, min(count, span))
            count -= span
        if count > 0:
            raise FormatError(f"file size {inode.size} is too large", where=self.window.name)

    def _indirect(self, pointer: int, depth: int, count: int) -> Iterator[int]:
        if depth == 0:
            yield pointer
            return
        size = self.superblock.block_size
        span = (size // 4) ** (depth - 1)
        if pointer == 0:
            yield from (0 for _ in range(count))
            return
        raw = self.window.read(pointer * size, size, "indirect block")
        for child in struct.unpack(f"<{size // 4}I", raw):
            if count <= 0:
                return
            yield from self._indirect(child, depth - 1, min(count, span))
            count -= span

    def content(self, inode: Inode) -> Iterator[bytes]:
        """The file's bytes, block by block."""
        size, left = self.superblock.block_size, inode.size
        for block in self.blocks(inode):
            take = min(size, left)
            yield self.window.read(block * size, take, "file data") if block else bytes(take)
            left -= take

    def symlink(self, inode: Inode) -> str:
        """A symbolic link's target."""
        if inode.size <= FAST_SYMLINK_MAX:
            raw = inode.block[: inode.size]
        elif inode.size > self.superblock.block_size:
            raise FormatError(f"link target of {inode.size} bytes", where=self.window.name)
        else:
            raw = b"".join(self.content(inode))
        return raw.decode("utf-8", "surrogateescape")

    def directory(self, inode: Inode) -> Iterator[DirectoryEntry]:
        """The entries of a directory, `.` and `..` among them."""
        size = self.superblock.block_size
        for block in self.blocks(inode):
            if block == 0:
                raise FormatError("a directory has a hole", where=self.window.name)
            at = 0
            while at < size:
                number, length, name_length, kind = self.window.unpack(
                    _DIRENT.format, block * size + at, "directory entry"
                )
                if length < _DIRENT.size + name_length or length % 4 or at + length > size:
                    self.window.fail(block * size + at, "rec_len", f"bad length {length}")
                if number:
                    name = self.window.read(block * size + at + _DIRENT.size, name_length, "name")
                    yield DirectoryEntry(number, name, kind)
                at += length

    def walk(self) -> Iterator[tuple[str, int, Inode]]:
        """Every (path, inode number, inode) from the root, sorted, parents first."""
        seen: set[int] = set()
        pending = [("", ROOT_INODE)]
        while pending:
            path, number = pending.pop()
            inode = self.inode(number)
            yield path or "/", number, inode
            if not stat.S_ISDIR(inode.mode):
                continue
            if number in seen:
                raise FormatError(f"directory `{path}` is there twice", where=self.window.name)
            seen.add(number)
            for entry in sorted(self.directory(inode), key=lambda e: e.name, reverse=True):
                if entry.name not in (b".", b".."):
                    name = entry.name.decode("utf-8", "surrogateescape")
                    pending.append((f"{path}/{name}", entry.inode))

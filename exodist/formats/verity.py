"""dm-verity hash trees, on-disk format version 1, as `veritysetup` reads and writes them.

Specification: cryptsetup wiki, "DMVerity", sections "Hash area" and "Verity superblock format";
Linux, Documentation/admin-guide/device-mapper/verity.rst. Fixed here: hash type 1 (the salt
stands before the data), SHA-256, data and hash blocks of 4096 bytes.

The hash area begins with one block that holds the superblock; the tree follows, its top level
first and the level of the data blocks' digests last. A hash block holds 128 digests and is
padded with zeros. The root hash is the digest of the top block.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from exodist.errors import FormatError
from exodist.formats.window import Window

BLOCK = 4096
DIGEST = 32
DIGESTS_PER_BLOCK = BLOCK // DIGEST
SIGNATURE = b"verity\0\0"
SALT_MAX = 256

_SUPERBLOCK = struct.Struct("<8sII16s32sIIQH6s256s168s")


@dataclass(frozen=True)
class Superblock:
    """struct verity_sb: all that a reader needs but the root hash."""

    uuid: UUID
    data_blocks: int
    salt: bytes

    def __post_init__(self) -> None:
        if len(self.salt) > SALT_MAX:
            raise FormatError(
                f"salt: expected at most {SALT_MAX} bytes, found {len(self.salt)}",
                where="verity superblock",
            )

    def encode(self) -> bytes:
        """The first block of the hash area."""
        raw = _SUPERBLOCK.pack(
            SIGNATURE, 1, 1, self.uuid.bytes, b"sha256", BLOCK, BLOCK,
            self.data_blocks, len(self.salt), b"", self.salt, b"",
        )  # fmt: skip
        return raw.ljust(BLOCK, b"\0")


def parse(window: Window) -> Superblock:
    """The superblock at the start of a hash area."""
    fields = window.unpack(_SUPERBLOCK.format, 0, "superblock")
    signature, version, hash_type, uuid, algorithm, data_size, hash_size = fields[:7]
    data_blocks, salt_size, _, salt, _ = fields[7:]
    if signature != SIGNATURE:
        window.fail(0, "signature", f"no hash tree: expected {SIGNATURE!r}, found {signature!r}")
    found = (version, hash_type, algorithm.rstrip(b"\0"), data_size, hash_size)
    expected = (1, 1, b"sha256", BLOCK, BLOCK)
    if found != expected or salt_size > SALT_MAX:
        window.fail(8, "parameters", f"hash tree parameters: expected {expected}, found {found}")
    superblock = Superblock(UUID(bytes=uuid), data_blocks, salt[:salt_size])
    if window.read(0, BLOCK, "superblock") != superblock.encode():
        window.fail(0, "padding", "reserved bytes of the superblock are not zero")
    return superblock


def level_blocks(data_blocks: int) -> tuple[int, ...]:
    """Hash blocks of each level, from the data blocks' digests up to the one top block."""
    levels: list[int] = []
    count = data_blocks
    while count > 1:
        count = -(-count // DIGESTS_PER_BLOCK)
        levels.append(count)
    return tuple(levels)


def area_blocks(data_blocks: int) -> int:
    """Blocks of the whole hash area, superblock included."""
    return 1 + sum(level_blocks(data_blocks))


class TreeBuilder:
    """Hashes data blocks in order and hands out the tree's blocks as they fill.

    It holds one unfinished block for each level, however large the data is.
    """

    def __init__(self, data_blocks: int, salt: bytes) -> None:
        if data_blocks < 1:
            raise FormatError("a hash tree needs at least one data block", where="verity")
        self._salted = hashlib.sha256(salt)
        self._missing = data_blocks
        levels = level_blocks(data_blocks)
        self._open = [bytearray() for _ in levels]
        above = [sum(levels[i + 1 :]) for i in range(len(levels))]
        self._next = [BLOCK * (1 + blocks) for blocks in above]
        self._root = b""

    def digest(self, block: bytes) -> bytes:
        """Salted digest of one block."""
        state = self._salted.copy()
        state.update(block)
        return state.digest()

    def add(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Take whole data blocks; yield (offset in the hash area, hash block)."""
        count = len(data) // BLOCK
        if len(data) % BLOCK or count > self._missing:
            raise FormatError(f"{len(data)} bytes are not the expected blocks", where="verity")
        self._missing -= count
        view = memoryview(data)
        for start in range(0, len(data), BLOCK):
            state = self._salted.copy()
            state.update(view[start : start + BLOCK])
            yield from self._push(0, state.digest())

    def finish(self) -> Iterator[tuple[int, bytes]]:
        """Yield the last, partly filled blocks; then `root_hash` is known."""
        if self._missing:
            raise FormatError(f"{self._missing} data blocks are missing", where="verity")
        for level, digests in enumerate(self._open):
            if digests:
                yield from self._flush(level)

    @property
    def root_hash(self) -> bytes:
        """The digest that vouches for every data block."""
        if not self._root:
            raise FormatError("the hash tree is not finished", where="verity")
        return self._root

    def _push(self, level: int, digest: bytes) -> Iterator[tuple[int, bytes]]:
        if level == len(self._open):
            self._root = digest
            return
        self._open[level] += digest
        if len(self._open[level]) == BLOCK:
            yield from self._flush(level)

    def _flush(self, level: int) -> Iterator[tuple[int, bytes]]:
        block = bytes(self._open[level]).ljust(BLOCK, b"\0")
        self._open[level].clear()
        yield self._next[level], block
        self._next[level] += BLOCK
        yield from self._push(level + 1, self.digest(block))


def verify(data: Window, tree: Window, root_hash: bytes) -> None:
    """Check every data block and every hash block; raise FormatError for the first wrong one."""
    superblock = parse(tree)
    if data.size != superblock.data_blocks * BLOCK:
        data.fail(0, "size", f"expected {superblock.data_blocks} blocks, found {data.size} bytes")
    builder = TreeBuilder(superblock.data_blocks, superblock.salt)
    for start in range(0, data.size, BLOCK):
        block = data.read(start, BLOCK, "data block")
        _compare(tree, builder.add(block))
    _compare(tree, builder.finish())
    if builder.root_hash != root_hash:
        data.fail(0, "root hash", f"expected {root_hash.hex()}, found {builder.root_hash.hex()}")


def _compare(tree: Window, blocks: Iterator[tuple[int, bytes]]) -> None:
    for offset, block in blocks:
        if tree.read(offset, BLOCK, "hash block") != block:
            tree.fail(offset, "hash block", "hash block does not match the data")

"""ext2 structures: round trips; the reader on mke2fs's file systems and on damaged ones."""

from __future__ import annotations

import io
import random
import stat
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exodist.errors import FormatError
from exodist.formats import ext2
from exodist.formats.window import Window
from exodist.images.fsimg import FileEntry, write_fs

U16, U32 = st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF)


@given(
    st.sampled_from([stat.S_IFREG, stat.S_IFLNK, stat.S_IFDIR]),
    st.integers(0, 0o7777),
    U32,
    U32,
    st.integers(0, 2**40),
    U16,
    U32,
    U32,
    st.binary(min_size=60, max_size=60),
)
def test_inode_round_trip(
    kind: int, mode: int, uid: int, gid: int, size: int, links: int, blocks: int, time: int,
    block: bytes,
) -> None:  # fmt: skip
    size = size if kind == stat.S_IFREG else size & 0xFFFFFFFF
    inode = ext2.Inode(kind | mode, uid, gid, size, links, blocks, time, block)
    assert ext2.Inode.parse(inode.encode()) == inode
    assert len(inode.encode()) == ext2.INODE_SIZE


@given(st.integers(1, 4000), st.uuids(), st.integers(0, 2**31), st.integers(0, 9))
def test_superblock_round_trip(blocks: int, uuid: UUID, time: int, free: int) -> None:
    superblock = ext2.Superblock(32, blocks, free, free, 32, time, uuid, "label")
    data = bytes(1024) + superblock.encode() + bytes(blocks * ext2.BLOCK)
    assert ext2.parse(Window.whole(data)) == superblock


@given(st.integers(0, 4095), st.integers(0, 0xFFFFF))
def test_device_round_trip(major: int, minor: int) -> None:
    block = ext2.encode_device(major, minor)
    inode = ext2.Inode(stat.S_IFCHR, 0, 0, 0, 1, 0, 0, block)
    if major or minor:
        assert inode.device == (major, minor)


def test_groups_with_a_superblock() -> None:
    found = [group for group in range(130) if ext2.has_superblock(group)]
    assert found == [0, 1, 3, 5, 7, 9, 25, 27, 49, 81, 125]


@pytest.mark.parametrize("block_size", [1024, 2048, 4096])
def test_reads_what_mke2fs_made(judge: Callable[..., str], tmp_path: Path, block_size: int) -> None:
    source = tmp_path / "tree"
    (source / "folder/deep").mkdir(parents=True)
    contents = {
        "small": b"hello",
        "folder/large": random.Random(1).randbytes(3_000_000),
        "folder/deep/sparse": b"x" + bytes(2_000_000) + b"y",
    }
    for name, content in contents.items():
        (source / name).write_bytes(content)
    (source / "link").symlink_to("folder/large")
    (source / "long").symlink_to("t" * 100)
    image = tmp_path / "theirs.img"
    judge("mke2fs", "-q", "-t", "ext2", "-b", block_size, "-d", source, image, "8M")
    reader = ext2.Reader(Window.whole(image.read_bytes()))
    found = {path: inode for path, _, inode in reader.walk()}
    for name, content in contents.items():
        assert b"".join(reader.content(found[f"/{name}"])) == content
    assert reader.symlink(found["/link"]) == "folder/large"
    assert reader.symlink(found["/long"]) == "t" * 100


def test_ext4_is_refused_by_name(judge: Callable[..., str], tmp_path: Path) -> None:
    image = tmp_path / "ext4.img"
    judge("mke2fs", "-q", "-t", "ext4", image, "8M")
    with pytest.raises(FormatError, match=r"not plain ext2: .*EXTENTS"):
        ext2.Reader(Window.whole(image.read_bytes()))


def sample() -> bytes:
    entries = [
        FileEntry("/a", "file", content=b"a" * 60_000),
        FileEntry("/d/b", "file", content=b"b"),
        FileEntry("/d/l", "symlink", 0o777, target="../a"),
    ]
    out = io.BytesIO()
    image = write_fs(entries, out, epoch=1, identity=UUID(int=1), label="x")
    return out.getvalue()[: image.data_blocks * ext2.BLOCK]


SAMPLE = sample()


def read_all(data: bytes) -> None:
    reader = ext2.Reader(Window.whole(data))
    for _, _, inode in reader.walk():
        if stat.S_ISREG(inode.mode) and inode.size < 1 << 24:
            for _ in reader.content(inode):
                pass
        elif stat.S_ISLNK(inode.mode):
            reader.symlink(inode)


def test_truncation_is_refused() -> None:
    read_all(SAMPLE)
    for size in range(0, len(SAMPLE), 509):
        with pytest.raises(FormatError):
            read_all(SAMPLE[:size])


@given(st.integers(0, 8 * ext2.BLOCK * 8 - 1), st.integers(0, 2**32 - 1))
def test_damage_raises_one_error_or_is_read(bit: int, word: int) -> None:
    flipped = bytearray(SAMPLE)
    flipped[bit // 8] ^= 1 << bit % 8
    overwritten = bytearray(SAMPLE)
    at = bit // 32 * 4
    overwritten[at : at + 4] = word.to_bytes(4, "little")
    for damaged in (flipped, overwritten):
        try:
            read_all(bytes(damaged))
        except FormatError:
            continue

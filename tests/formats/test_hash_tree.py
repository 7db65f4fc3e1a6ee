"""Hash trees: the same root hash as veritysetup's, every damage found."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exodist.errors import FormatError
from exodist.formats import verity
from exodist.formats.window import Window

SALT = bytes(range(32))
UUID1 = UUID(int=1)


def build(data: bytes, salt: bytes = SALT) -> tuple[bytes, bytes]:
    """(hash area, root hash) of the data."""
    blocks = len(data) // verity.BLOCK
    area = bytearray(verity.area_blocks(blocks) * verity.BLOCK)
    area[: verity.BLOCK] = verity.Superblock(UUID1, blocks, salt).encode()
    builder = verity.TreeBuilder(blocks, salt)
    for offset, block in [*builder.add(data), *builder.finish()]:
        area[offset : offset + verity.BLOCK] = block
    return bytes(area), builder.root_hash


@pytest.mark.parametrize("blocks", [1, 2, 127, 128, 129, 1000])
def test_veritysetup_makes_the_same_tree(
    judge: Callable[..., str], tmp_path: Path, blocks: int
) -> None:
    data = random.Random(blocks).randbytes(blocks * verity.BLOCK)
    area, root = build(data)
    (tmp_path / "data").write_bytes(data)
    (tmp_path / "hash").write_bytes(area)
    judge("veritysetup", "verify", tmp_path / "data", tmp_path / "hash", root.hex())
    said = judge(
        "veritysetup", "format", tmp_path / "data", tmp_path / "theirs",
        f"--salt={SALT.hex()}", f"--uuid={UUID1}",
    )  # fmt: skip
    found = re.search(r"Root hash:\s+([0-9a-f]+)", said)
    assert found and found[1] == root.hex()
    assert (tmp_path / "theirs").read_bytes() == area


@given(st.uuids(), st.integers(1, 2**64 - 1), st.binary(max_size=256))
def test_superblock_round_trip(uuid: UUID, blocks: int, salt: bytes) -> None:
    superblock = verity.Superblock(uuid, blocks, salt)
    assert verity.parse(Window.whole(superblock.encode())) == superblock


def test_truncated_superblock_is_refused() -> None:
    raw = verity.Superblock(UUID1, 5, SALT).encode()
    for size in range(0, verity.BLOCK, 61):
        with pytest.raises(FormatError):
            verity.parse(Window.whole(raw[:size]))


@given(st.integers(0, 8 * verity.BLOCK - 1))
def test_a_flipped_bit_of_the_superblock_is_seen(bit: int) -> None:
    superblock = verity.Superblock(UUID1, 5, SALT)
    raw = bytearray(superblock.encode())
    raw[bit // 8] ^= 1 << bit % 8
    try:
        assert verity.parse(Window.whole(bytes(raw))) != superblock
    except FormatError:
        return


DATA = random.Random(0).randbytes(130 * verity.BLOCK)


@given(st.integers(0, 8 * len(DATA) - 1))
def test_a_flipped_bit_of_the_data_is_found(bit: int) -> None:
    area, root = build(DATA)
    damaged = bytearray(DATA)
    damaged[bit // 8] ^= 1 << bit % 8
    verity.verify(Window.whole(DATA), Window.whole(area), root)
    with pytest.raises(FormatError):
        verity.verify(Window.whole(damaged), Window.whole(area), root)


def test_a_wrong_root_hash_is_refused() -> None:
    area, root = build(DATA)
    with pytest.raises(FormatError, match=root.hex()):
        verity.verify(Window.whole(DATA), Window.whole(area), bytes(32))


def test_builder_wants_exactly_its_blocks() -> None:
    builder = verity.TreeBuilder(2, SALT)
    with pytest.raises(FormatError, match="2 data blocks are missing"):
        list(builder.finish())
    with pytest.raises(FormatError):
        list(builder.add(bytes(3 * verity.BLOCK)))
    with pytest.raises(FormatError):
        verity.TreeBuilder(0, SALT)

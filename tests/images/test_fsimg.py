"""fs.img: judged by e2fsck, debugfs and veritysetup; every file identical; the same bytes."""

from __future__ import annotations

import hashlib
import io
import random
import stat
import tracemalloc
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exodist.errors import FormatError
from exodist.formats import ext2, verity
from exodist.formats.window import Window
from exodist.images.fsimg import FileEntry, FsImage, write_fs

ID = UUID("6f6e6b1e-0000-5000-8000-000000000001")
EPOCH = 1_700_000_000
RANDOM = random.Random(7)

LARGE = RANDOM.randbytes(4_200_000)  # more than 1036 blocks: doubly indirect
SPARSE = RANDOM.randbytes(70_000) + bytes(6_000_000) + b"end"
SAMPLE = [
    FileEntry("/bin", "directory", 0o755),
    FileEntry("/bin/cat", "file", 0o755, content=RANDOM.randbytes(70_000)),
    FileEntry("/bin/sh", "symlink", 0o777, target="cat"),
    FileEntry("/bin/dog", "hardlink", target="/bin/cat"),
    FileEntry("/dev/null", "device", 0o666, device=(1, 3)),
    FileEntry("/empty", "file", content=b""),
    FileEntry("/home/u", "directory", 0o2750, 70_000, 70_001),
    FileEntry("/home/u/f", "file", 0o4640, 70_000, 70_001, b"mine"),
    FileEntry("/large", "file", content=LARGE),
    FileEntry("/program", "file", 0o755, content=bytes(200_000)),
    FileEntry("/slow", "symlink", 0o777, target="t" * 60),
    FileEntry("/sparse", "file", content=SPARSE),
    FileEntry("/tmp", "directory", 0o1777),
    *(FileEntry(f"/many/{i:04}-{'n' * 40}", "file", content=b"%d" % i) for i in range(300)),
]


def write(entries: list[FileEntry], path: Path) -> FsImage:
    with path.open("w+b") as out:
        return write_fs(entries, out, epoch=EPOCH, identity=ID, label="exov6")


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, FsImage]:
    path = tmp_path_factory.mktemp("fs") / "fs.img"
    return path, write(SAMPLE, path)


def test_e2fsck_and_veritysetup_agree(
    judge: Callable[..., str], image: tuple[Path, FsImage]
) -> None:
    path, made = image
    assert path.stat().st_size == made.size
    assert "WARNING" not in judge("e2fsck", "-fn", path)
    offset = made.data_blocks * ext2.BLOCK
    judge("veritysetup", "verify", path, path, made.root_hash.hex(), f"--hash-offset={offset}")
    said = judge("veritysetup", "dump", path, f"--hash-offset={offset}")
    assert made.salt.hex() in said and f"Data blocks:     \t{made.data_blocks}" in said


def test_debugfs_shows_every_file_identical(
    judge: Callable[..., str], image: tuple[Path, FsImage], tmp_path: Path
) -> None:
    judge("debugfs", "-R", f"rdump / {tmp_path}", image[0])
    for entry in SAMPLE:
        found = tmp_path / entry.path[1:]
        if isinstance(entry.content, bytes):
            assert found.read_bytes() == entry.content, entry.path
            # debugfs loses the set-user-id bits; the reader below sees them
            assert found.stat().st_mode & 0o777 == entry.mode & 0o777
        elif entry.kind == "symlink":
            assert str(found.readlink()) == entry.target
    assert (tmp_path / "bin/dog").read_bytes() == SAMPLE[1].content
    said = judge("debugfs", "-R", "stat /home/u/f", image[0])
    assert "User: 70000   Group: 70001" in said and "Mode:  04640" in said
    assert "Device major/minor number: 01:03" in judge("debugfs", "-R", "stat /dev/null", image[0])


def test_data_is_one_range_behind_its_indirect_blocks(image: tuple[Path, FsImage]) -> None:
    reader = ext2.Reader(Window.whole(image[0].read_bytes()))
    found = {path: inode for path, _, inode in reader.walk()}
    blocks = list(reader.blocks(found["/large"]))
    assert blocks == list(range(blocks[0], blocks[0] + len(blocks)))
    indirect = [pointer for pointer in found["/large"].pointers[12:] if pointer]
    assert max(indirect) < blocks[0]
    assert 0 not in reader.blocks(found["/program"])  # mapped whole, so never sparse
    data = [block for block in reader.blocks(found["/sparse"]) if block]
    assert len(data) == 2 * 16 + 10 and all(b == a + 1 for a, b in pairwise(data))


def test_links_and_owners(image: tuple[Path, FsImage]) -> None:
    reader = ext2.Reader(Window.whole(image[0].read_bytes()))
    found = {path: (number, inode) for path, number, inode in reader.walk()}
    assert found["/bin/cat"][0] == found["/bin/dog"][0]
    assert found["/bin/cat"][1].links_count == 2
    assert found["/lost+found"][0] == ext2.FIRST_INODE
    assert found["/dev/null"][1].device == (1, 3)
    assert found["/home"][1].mode == stat.S_IFDIR | 0o755
    assert {inode.time for _, inode in found.values()} == {EPOCH}


def test_the_same_bytes_in_any_order(tmp_path: Path, image: tuple[Path, FsImage]) -> None:
    shuffled = list(SAMPLE)
    random.Random(3).shuffle(shuffled)
    files = tmp_path / "files"
    files.mkdir()
    for number, entry in enumerate(shuffled):  # from files instead of memory
        if isinstance(entry.content, bytes):
            (files / str(number)).write_bytes(entry.content)
            shuffled[number] = FileEntry(
                entry.path, "file", entry.mode, entry.uid, entry.gid, files / str(number)
            )
    assert write(shuffled, tmp_path / "again.img") == image[1]
    assert (tmp_path / "again.img").read_bytes() == image[0].read_bytes()


def test_a_changed_file_changes_only_itself_and_the_tree(tmp_path: Path) -> None:
    old = [FileEntry("/a", "file", content=b"a" * 9000), FileEntry("/b", "file", content=b"b")]
    new = [old[0], FileEntry("/b", "file", content=b"c")]
    before, after = write(old, tmp_path / "old"), write(new, tmp_path / "new")
    size = ext2.BLOCK
    pairs = [
        [(path.read_bytes())[i * size : (i + 1) * size] for i in range(before.data_blocks)]
        for path in (tmp_path / "old", tmp_path / "new")
    ]
    assert sum(a != b for a, b in zip(*pairs, strict=True)) == 1
    assert before.salt == after.salt and before.root_hash != after.root_hash


NAMES = st.text(
    st.characters(exclude_characters="/\0", codec="utf-8"), min_size=1, max_size=30
).filter(lambda name: name not in (".", ".."))
CONTENT = st.binary(max_size=200) | st.builds(
    lambda blocks, seed: random.Random(seed).randbytes(blocks * 4096 + seed),
    st.integers(0, 30),
    st.integers(0, 99),
)


@settings(max_examples=25)
@given(st.dictionaries(NAMES, st.dictionaries(NAMES, CONTENT, max_size=4), max_size=4))
def test_round_trip(folders: dict[str, dict[str, bytes]]) -> None:
    folders.pop("lost+found", None)
    expected = {
        f"/{d}/{f}": content for d, files in folders.items() for f, content in files.items()
    }
    out = io.BytesIO()
    made = write_fs(
        [FileEntry(path, "file", content=content) for path, content in expected.items()],
        out, epoch=EPOCH, identity=ID, label="x",
    )  # fmt: skip
    window = Window.whole(out.getvalue())
    reader = ext2.Reader(window)
    found = {
        path: b"".join(reader.content(inode))
        for path, _, inode in reader.walk()
        if stat.S_ISREG(inode.mode)
    }
    assert found == expected
    end = made.data_blocks * ext2.BLOCK
    tree = window.sub(end, window.size - end, "tree")
    verity.verify(window.sub(0, end, "data"), tree, made.root_hash)


def test_files_larger_than_a_group(judge: Callable[..., str], tmp_path: Path) -> None:
    """The large program goes over the border of two groups, the next file fills the tail."""
    with (tmp_path / "large").open("wb") as stream:
        for number in range(130):
            stream.write(bytes([number]) * (1 << 20))
    entries = [
        FileEntry("/a", "file", 0o755, content=tmp_path / "large"),
        FileEntry("/b", "file", content=LARGE),
    ]
    made = write(entries, tmp_path / "fs.img")
    assert "WARNING" not in judge("e2fsck", "-fn", tmp_path / "fs.img")
    judge("debugfs", "-R", f"dump /a {tmp_path / 'a'}", tmp_path / "fs.img")
    assert digest(tmp_path / "a") == digest(tmp_path / "large")
    assert made.data_blocks > ext2.BLOCKS_PER_GROUP


def test_memory_does_not_grow_with_the_image(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(LARGE * 6)
    entries = [FileEntry("/a", "file", content=tmp_path / "file")]
    tracemalloc.start()
    write(entries, tmp_path / "fs.img")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 << 20


def digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@pytest.mark.long
def test_a_file_of_more_than_4_gib(judge: Callable[..., str], tmp_path: Path) -> None:
    """Triply indirect; the holes cost nothing."""
    with (tmp_path / "huge").open("wb") as stream:
        stream.write(b"start")
        stream.seek((4 << 30) + (9 << 20))
        stream.write(b"end")
    write([FileEntry("/huge", "file", content=tmp_path / "huge")], tmp_path / "fs.img")
    assert "WARNING" not in judge("e2fsck", "-fn", tmp_path / "fs.img")
    judge("debugfs", "-R", f"dump /huge {tmp_path / 'back'}", tmp_path / "fs.img")
    assert digest(tmp_path / "back") == digest(tmp_path / "huge")


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([("/a", "file"), ("/a", "file")], "there twice"),
        ([("/a", "file"), ("/a/b", "file")], "is not a directory"),
        ([("/lost+found", "file")], "must be directories"),
        ([("/l", "hardlink")], "no file of this image"),
    ],
)
def test_contradictions_are_refused(entries: list[tuple[str, str]], message: str) -> None:
    made = [
        FileEntry(path, "hardlink", target="/nowhere")
        if kind == "hardlink"
        else FileEntry(path, "file", content=b"")
        for path, kind in entries
    ]
    with pytest.raises(FormatError, match=message):
        write_fs(made, io.BytesIO(), epoch=0, identity=ID, label="x")


@pytest.mark.parametrize(
    "path", ["", "a", "/a/", "/a//b", "/a/../b", "/.", "/a\0", "/" + "n" * 256]
)
def test_bad_paths_are_refused(path: str) -> None:
    with pytest.raises(FormatError):
        FileEntry(path, "file", content=b"")


def test_bad_entries_are_refused() -> None:
    for bad in (
        {"kind": "file"},
        {"kind": "directory", "content": b""},
        {"kind": "symlink"},
        {"kind": "symlink", "target": "t" * 4096},
        {"kind": "directory", "mode": 0o10000},
        {"kind": "directory", "uid": -1},
    ):
        with pytest.raises(FormatError):
            FileEntry("/a", **bad)
    with pytest.raises(FormatError, match="label"):
        write_fs([], io.BytesIO(), epoch=0, identity=ID, label="x" * 17)
    with pytest.raises(FormatError, match="epoch"):
        write_fs([], io.BytesIO(), epoch=1 << 31, identity=ID, label="x")


def test_a_file_that_changes_meanwhile_is_an_error(tmp_path: Path) -> None:
    growing = tmp_path / "growing"
    growing.write_bytes(b"x" * 5000)

    class Growing(io.BytesIO):
        def write(self, data: object) -> int:
            with growing.open("ab") as stream:
                stream.write(b"y" * 5000)
            return super().write(data)  # type: ignore[arg-type]

    with pytest.raises(FormatError, match="changed"):
        entries = [FileEntry("/g", "file", content=growing)]
        write_fs(entries, Growing(), epoch=0, identity=ID, label="x")

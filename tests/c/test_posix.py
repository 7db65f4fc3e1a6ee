"""The POSIX server's parts that need no kernel, on the host under its sanitizers.

Judge of the file tree: the host's own file system. The same random operations go to both, from the
same files at first; results, errors and contents must be the same. Damaged images may be refused
or read as errors, never crash the reader.
"""

from __future__ import annotations

import errno
import io
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from exodist.images.fsimg import FileEntry, write_fs

SOURCES = ("ext2.c", "tree.c", "pipe.c", "tty.c")
NAMES = ("a", "b", "c", "d/a", "d/b", "d", "d/e", "d/e/x", "many/f7", "big", "e")
OPERATIONS = ("mkdir", "create", "unlink", "rmdir", "rename", "link", "write", "resize", "list")


@pytest.fixture(scope="module")
def driver(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The driver, built by the host's compiler with sanitizers, else by the pinned one."""
    out = tmp_path_factory.mktemp("posix") / "driver"
    posix = tree / "userland/posix"
    host = shutil.which("cc")
    compiler = (
        [host, "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
        if host
        else [sys.executable, "-m", "ziglang", "cc", "-fsanitize=undefined"]
    )
    sources = [tree / "tests/c/posix_main.c", *(posix / name for name in SOURCES)]
    flags: list[str | Path] = ["-std=gnu17", "-O1", "-D_GNU_SOURCE", "-iquote", posix]
    subprocess.run([*compiler, *flags, "-o", out, *sources], check=True, timeout=120)
    return out


def files() -> dict[str, bytes | None]:
    """Path to content; None: a directory."""
    content: dict[str, bytes | None] = {"/d": None, "/d/e": None, "/many": None, "/a": b"text\n"}
    content["/big"] = bytes(range(256)) * 300  # more blocks than an inode names itself
    content["/d/a"] = b""
    content |= {f"/many/f{index}": str(index).encode() for index in range(300)}
    return content


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """An fs.img of files(), and its data blocks."""
    entries = [FileEntry(path="/", kind="directory", mode=0o755)]
    for path, content in files().items():
        if content is None:
            entries.append(FileEntry(path=path, kind="directory", mode=0o755))
            continue
        source = tmp_path_factory.mktemp("content") / "file" if len(content) > 1000 else None
        if source:
            source.write_bytes(content)
        entries.append(FileEntry(path=path, kind="file", mode=0o644, content=source or content))
    out = io.BytesIO()
    made = write_fs(entries, out, epoch=1, identity=UUID(int=7), label="test")
    file = tmp_path_factory.mktemp("image") / "fs.img"
    file.write_bytes(out.getvalue())
    return file, made.data_blocks


def ask(driver: Path, image: tuple[Path, int], lines: list[str]) -> list[tuple[str, int]]:
    """Each command's output and error number."""
    done = subprocess.run(
        [driver, image[0], str(image[1])],
        input="\n".join(lines) + "\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=os.environ | {"ASAN_OPTIONS": "detect_leaks=0"},
    )
    assert done.returncode == 0, done.stderr
    answers = []
    for line in done.stdout.splitlines():
        text, _, status = line.rpartition("= ")
        answers.append((text.strip(), int(status)))
    return answers


def make_host_copy(folder: Path) -> None:
    for path, content in files().items():
        if content is None:
            (folder / path[1:]).mkdir()
        else:
            (folder / path[1:]).write_bytes(content)


def write_at(path: Path, offset: int, data: bytes) -> None:
    fd = os.open(path, os.O_WRONLY)
    try:
        os.pwrite(fd, data, offset)
    finally:
        os.close(fd)


def create(path: Path) -> None:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL))


def listing(path: Path) -> str:
    return " ".join(sorted(e.name + "/" * e.is_dir() for e in os.scandir(path)))


def on_host(folder: Path, words: list[str]) -> tuple[str, int]:
    """The same command on the host's file system."""
    path = folder / words[1]
    actions: dict[str, Callable[[], object]] = {
        "mkdir": lambda: path.mkdir(),
        "create": lambda: create(path),
        "unlink": lambda: path.unlink(),
        "rmdir": lambda: path.rmdir(),
        "rename": lambda: path.rename(folder / words[2]),
        "link": lambda: os.link(path, folder / words[2]),
        "write": lambda: write_at(path, int(words[2]), bytes.fromhex(words[3])),
        "resize": lambda: os.truncate(path, int(words[2])),
        "list": lambda: listing(path),
        "read": lambda: path.read_bytes().hex(),
    }
    try:
        result = actions[words[0]]()
    except OSError as error:
        return "", error.errno or 0
    return (result if isinstance(result, str) else ""), 0


def command(chance: random.Random) -> str:
    """One random command."""
    what, path = chance.choice(OPERATIONS), chance.choice(NAMES)
    if what in ("rename", "link"):
        return f"{what} {path} {chance.choice(NAMES)}"
    if what == "write":
        offset = chance.choice((0, 1, 4090, 4096, 9000, 50000))
        return f"write {path} {offset} {chance.randbytes(chance.choice((1, 9, 5000))).hex()}"
    if what == "resize":
        return f"resize {path} {chance.choice((0, 3, 4096, 5000, 60000, 90000))}"
    return f"{what} {path}"


def same(ours: tuple[str, int], theirs: tuple[str, int]) -> bool:
    """Listings in any order, and ours without the two that the host's scandir leaves out."""
    names = " ".join(sorted(name for name in ours[0].split() if name not in ("./", "../")))
    return (names, ours[1]) == theirs


@pytest.mark.parametrize("seed", range(12))
def test_tree_does_what_the_host_does(
    driver: Path, image: tuple[Path, int], tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    make_host_copy(tmp_path)
    asked: list[str] = []
    expected: list[tuple[str, int]] = []
    while len(asked) < 200:
        line = command(chance)
        words = line.split()
        if words[0] == "link" and (tmp_path / words[1]).is_dir():
            continue  # the server refuses it before it asks the tree
        if words[0] in ("write", "resize") and (tmp_path / words[1]).is_dir():
            continue
        if words[0] == "rename" and words[1].startswith(f"{words[2]}/"):
            continue  # over an ancestor: Linux says ENOTEMPTY where POSIX wants EISDIR
        asked.append(line)
        expected.append(on_host(tmp_path, words))
    for path in sorted(tmp_path.rglob("*")):
        name = path.relative_to(tmp_path).as_posix()
        asked.append(f"list {name}" if path.is_dir() else f"read {name} 0")
        expected.append(on_host(tmp_path, asked[-1].split()))
    answers = ask(driver, image, asked)
    for line, ours, theirs in zip(asked, answers, expected, strict=True):
        assert same(ours, theirs), f"{line[:60]}: {ours} here, {theirs} on the host"


def test_pages_come_back(driver: Path, image: tuple[Path, int]) -> None:
    data = "ab" * 20000
    lines = ["create x", f"write x 0 {data}", "pages", "unlink x", "pages"]
    answers = ask(driver, image, lines)
    assert [answers[2][0], answers[4][0]] == ["5", "0"]


@pytest.mark.parametrize("seed", range(40))
def test_damaged_images_do_no_harm(
    driver: Path, image: tuple[Path, int], tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    data = bytearray(image[0].read_bytes())
    for _ in range(40):  # where the structures are: superblock, groups, inodes, directories
        data[chance.randrange(1024, 60 * 4096)] = chance.randrange(256)
    damaged = tmp_path / "fs.img"
    damaged.write_bytes(data)
    lines = ["list /", "list many", "read big 0", "read many/f7 0", "write big 5 00", "unlink a"]
    done = subprocess.run(
        [driver, damaged, str(image[1])],
        input="\n".join([*lines, ""]).encode(),
        capture_output=True,
        check=False,
        timeout=20,
        env=os.environ | {"ASAN_OPTIONS": "detect_leaks=0"},
    )
    assert done.returncode == 0, done.stderr


def test_pipe(driver: Path, image: tuple[Path, int]) -> None:
    chance = random.Random(1)
    inside = b""
    asked: list[str] = []
    expected: list[tuple[str, int]] = []
    for _ in range(200):
        if chance.random() < 0.5:
            data = chance.randbytes(chance.choice((1, 100, 4096, 9000)))
            room = 16384 - len(inside)
            fits = room > 0 and (len(data) <= room or len(data) > 4096)
            taken = min(room, len(data)) if fits else 0
            inside += data[:taken]
            asked.append(f"put {data.hex()}")
            expected.append((str(taken), 0 if fits else errno.EAGAIN))
        else:
            size = chance.choice((1, 100, 5000, 20000))
            asked.append(f"get {size}")
            expected.append((inside[:size].hex(), 0 if inside else errno.EAGAIN))
            inside = inside[size:]
    assert ask(driver, image, asked) == expected


def typed(text: bytes) -> str:
    return f"type {text.hex()}"


def test_terminal_edits_lines(driver: Path, image: tuple[Path, int]) -> None:
    lines = [
        typed(b"ab\x7fc\r"),  # erase
        "input 100",
        typed(b"lost\x15kept\n"),  # kill
        "input 100",
        typed("é".encode() + b"\x7fx\n"),  # both bytes of a character
        "input 100",
        typed(b"half"),
        "input 100",
        typed(b"\x04"),  # ends the read without a newline
        "input 100",
        typed(b"\x04"),
        "input 100",
    ]
    answers = ask(driver, image, lines)
    read = [(bytes.fromhex(text), status) for text, status in answers[1::2]]
    assert read == [
        (b"ac\n", 0),
        (b"kept\n", 0),
        (b"x\n", 0),
        (b"", errno.EAGAIN),
        (b"half", 0),
        (b"", 0),
    ]
    assert answers[0][0] == "61 62 082008 63 0d0a signal 0"


def test_terminal_signals_and_raw(driver: Path, image: tuple[Path, int]) -> None:
    lines = [typed(b"x\x03"), "input 9", typed(b"\x1a"), typed(b"\x1c"), "raw"]
    lines += [typed(b"\x03\r"), "input 9"]
    answers = ask(driver, image, lines)
    assert [answers[index][0].rsplit(" ", 1)[1] for index in (0, 2, 3, 5)] == ["2", "20", "3", "0"]
    assert answers[1] == ("", errno.EAGAIN)
    assert answers[6] == ("030a", 0)

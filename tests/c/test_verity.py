"""kernel/lib's SHA-256, hash tree and command line, on the host, under the host's sanitizers.

Judges: hashlib for SHA-256, a straight reading of the dm-verity format for the tree, and
`veritysetup` where it is installed.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

BLOCK = 4096


@pytest.fixture(scope="module")
def driver(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The driver, built by the host's compiler with sanitizers, else by the pinned one."""
    out = tmp_path_factory.mktemp("verity") / "verity_main"
    lib = tree / "kernel/lib"
    host = shutil.which("cc")
    compiler = (
        [host, "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
        if host
        else [sys.executable, "-m", "ziglang", "cc", "-fsanitize=undefined"]
    )
    sources = [tree / "tests/c/verity_main.c", *(lib / n for n in SOURCES)]
    subprocess.run(
        [*compiler, "-std=c17", "-O1", "-I", lib, "-o", out, *sources], check=True, timeout=120
    )
    return out


SOURCES = ("sha256.c", "verity.c", "fs_check.c")


def ask(driver: Path, *arguments: str, data: bytes) -> str:
    done = subprocess.run([driver, *arguments], input=data, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


def reference_root(data: bytes, salt: bytes) -> str:
    """The tree as the format describes it: whole levels, one after the other."""
    blocks = [data[at : at + BLOCK] for at in range(0, len(data), BLOCK)]
    while True:
        digests = [hashlib.sha256(salt + block).digest() for block in blocks]
        if len(digests) == 1:
            return digests[0].hex()
        level = b"".join(digests)
        blocks = [level[at : at + BLOCK].ljust(BLOCK, b"\0") for at in range(0, len(level), BLOCK)]


def image(blocks: int) -> bytes:
    return b"".join(index.to_bytes(4, "little") * (BLOCK // 4) for index in range(blocks))


@pytest.mark.parametrize("size", [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 1000])
@pytest.mark.parametrize("piece", [1, 63, 64, 1000])
def test_sha256_equals_hashlib(driver: Path, size: int, piece: int) -> None:
    data = bytes(index * 7 % 251 for index in range(size))
    assert ask(driver, "sha256", str(piece), data=data) == hashlib.sha256(data).hexdigest()


SMALL_TREES = (1, 2, 127, 128, 129, 256)
LARGE_TREES = (128 * 128, 128 * 128 + 1)
SALTS = (b"", bytes(range(32)))


@pytest.mark.parametrize(
    ("blocks", "salt"),
    [*product(SMALL_TREES, (*SALTS, bytes(range(256)))), *product(LARGE_TREES, SALTS)],
)
def test_root_equals_the_format(driver: Path, blocks: int, salt: bytes) -> None:
    data = image(blocks)
    root = reference_root(data, salt)
    line = f"roothash={root} fs_blocks={blocks} salt={salt.hex() or '-'} console=ttyS0"
    assert ask(driver, "check", line, data=data) == f"0 {root}"


def test_root_equals_veritysetup(driver: Path, tmp_path: Path) -> None:
    veritysetup = shutil.which("veritysetup") or shutil.which("veritysetup", path="/sbin")
    if veritysetup is None:
        pytest.fail("the judge `veritysetup` is missing: see `./exo doctor`")
    data = image(300)
    (tmp_path / "data").write_bytes(data)
    salt = "5a" * 32
    made = subprocess.run(
        [veritysetup, "format", "--no-superblock", f"--salt={salt}", "data", "tree"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    root = made.stdout.split("Root hash:")[1].split()[0]
    line = f"salt={salt} fs_blocks=300 roothash={root}"
    assert ask(driver, "check", line, data=data) == f"0 {root}"


@pytest.mark.parametrize("at", [0, BLOCK - 1, 150 * BLOCK, 200 * BLOCK - 1])
def test_a_changed_byte_gives_another_root(driver: Path, at: int) -> None:
    data = bytearray(image(200))
    root = reference_root(bytes(data), b"")
    data[at] ^= 1
    found = ask(driver, "check", f"roothash={root} fs_blocks=200 salt=-", data=bytes(data))
    assert found.startswith("5 ") and not found.endswith(root)


R = "00" * 32


@pytest.mark.parametrize(
    ("line", "result"),
    [
        ("", 1),
        (f"xroothash={R}", 1),
        (f"roothash={R[:-1]} fs_blocks=1 salt=-", 1),
        (f"roothash={R}0 fs_blocks=1 salt=-", 1),
        (f"roothash={R[:-1]}G fs_blocks=1 salt=-", 1),
        (f"roothash={R} salt=-", 2),
        (f"roothash={R} fs_blocks= salt=-", 2),
        (f"roothash={R} fs_blocks=0 salt=-", 2),
        (f"roothash={R} fs_blocks=1x salt=-", 2),
        (f"roothash={R} fs_blocks=99999999999999999999 salt=-", 2),
        (f"roothash={R} fs_blocks=1", 3),
        (f"roothash={R} fs_blocks=1 salt=abc", 3),
        (f"roothash={R} fs_blocks=1 salt=" + "00" * 257, 3),
        (f"roothash={R} fs_blocks=2 salt=-", 4),
        (f"roothash={R} fs_blocks=999999999999999 salt=-", 4),
        (f"  roothash={R}   fs_blocks=1  salt= ", 5),
    ],
)
def test_command_lines_that_are_refused(driver: Path, line: str, result: int) -> None:
    assert ask(driver, "check", line, data=bytes(BLOCK)).split()[0] == str(result)

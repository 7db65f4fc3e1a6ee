"""Our utilities as programs of the host, built by its compiler with sanitizers, and kept.

Built in a folder named by the digest of sources, flags and compiler, so a second run compiles
nothing. The folder is also all that PATH holds when a case runs: the cases use our utilities only.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

TREE = Path(__file__).resolve().parents[2]
BIN = TREE / "userland/bin"
LIBUTIL = TREE / "userland/libutil"
WARNINGS = (
    "all extra error shadow strict-prototypes missing-prototypes vla write-strings undef "
    "pointer-arith implicit-fallthrough cast-align"
)
FLAGS = [
    *("-std=c17", "-D_XOPEN_SOURCE=800", "-O1", "-g0"),
    *(f"-W{name}" for name in WARNINGS.split()),
    *("-fsanitize=address,undefined", "-fno-sanitize-recover=all"),
    *("-include", str(Path(__file__).with_name("host.h"))),
]


def names() -> list[str]:
    """The utilities that are one file each."""
    return sorted(path.stem for path in BIN.glob("*.c"))


def build(cache: Path) -> Path:
    """A folder with all utilities built, below `cache`."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.fail("the C compiler is missing: see `./exo doctor`")
    folder = cache / _digest(compiler)
    if (folder / "done").exists():
        return folder / "bin"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "bin").mkdir(parents=True)
    with ThreadPoolExecutor(2) as pool:
        common = list(pool.map(lambda s: _compile(compiler, s, folder), LIBUTIL.glob("*.c")))
        list(pool.map(lambda name: _link(compiler, name, common, folder), names()))
    (folder / "bin/[").symlink_to("test")
    (folder / "bin/sh").symlink_to(shutil.which("dash") or "/bin/sh")
    (folder / "done").touch()
    return folder / "bin"


def build_folder(source: Path, cache: Path) -> Path:
    """A folder with the program whose sources are all of a folder, under that folder's name."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.fail("the C compiler is missing: see `./exo doctor`")
    digest = hashlib.sha256(" ".join([compiler, *FLAGS]).encode())
    for path in sorted(source.glob("*.[ch]")):
        digest.update(f"{path.name}\0".encode() + path.read_bytes())
    folder = cache / f"{source.name}-{digest.hexdigest()[:16]}"
    if (folder / "done").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with ThreadPoolExecutor(2) as pool:
        objects = list(pool.map(lambda s: _compile(compiler, s, folder), source.glob("*.c")))
    _run([compiler, *FLAGS, *map(str, objects), "-o", str(folder / source.name)])
    (folder / "done").touch()
    return folder


def _digest(compiler: str) -> str:
    digest = hashlib.sha256(" ".join([compiler, *FLAGS]).encode())
    for path in sorted([*BIN.glob("*.c"), *LIBUTIL.rglob("*.[ch]")]):
        digest.update(f"{path.name}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _compile(compiler: str, source: Path, folder: Path) -> Path:
    target = folder / f"{source.stem}.o"
    _run([compiler, *FLAGS, f"-I{LIBUTIL / 'include'}", "-c", str(source), "-o", str(target)])
    return target


def _link(compiler: str, name: str, common: list[Path], folder: Path) -> None:
    # true and false take nothing from libutil; the linker takes what is used from the rest.
    inputs = [str(BIN / f"{name}.c"), *map(str, common)]
    _run([compiler, *FLAGS, f"-I{LIBUTIL / 'include'}", *inputs, "-o", str(folder / "bin" / name)])


def _run(argv: list[str]) -> None:
    done = subprocess.run(argv, capture_output=True, text=True, env={"PATH": os.environ["PATH"]})
    assert done.returncode == 0, done.stderr


def default_signals() -> None:
    """In a child, before its program: what a caller ignores (nohup, a job) is no case's matter."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)

"""Builds userland/libc for the host, under sanitizers, beside the host's own C library.

Each function that our headers declare is renamed `exo_NAME` by a generated header, in our sources
only, so that a driver sees both libraries. Drivers are `libc_NAME_main.c`: they compare and print
nothing, or print what differs and fail.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

# What the drivers leave out: it needs a libOS, or is the compiler's own business.
FOLDERS = (
    "ctype",
    "dirent",
    "fnmatch",
    "glob",
    "libgen",
    "locale",
    "math",
    "regex",
    "stdio",
    "stdlib",
    "string",
    "time",
    "unistd",
    "wchar",
)
DECLARATION = re.compile(
    r"^[A-Za-z_][\w \*]*?\**\b(\w+)\(|^extern [^;]*?\**(\w+)(?:\[\d*\])?;", re.M
)
HOST_KEEPS = {"__errno_location", "environ", "__assert_fail"}
HANDLERS = "signal"  # its declarator is too odd for the pattern


def declared(include: Path) -> set[str]:
    """Every function and object that the headers declare."""
    names = {HANDLERS}
    for header in include.rglob("*.h"):
        text = re.sub(r"/\*.*?\*/", "", header.read_text(), flags=re.S)
        names |= {one or two for one, two in DECLARATION.findall(text)}
    return names - HOST_KEEPS


SANITIZERS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all")


@pytest.fixture(scope="session")
def libc_driver(
    tree: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """A function that builds the driver with the given name and runs it."""
    libc = tree / "userland/libc"
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.fail("the host compiler `cc` is missing: see `./exo doctor`")
    cc = [compiler, *SANITIZERS, "-std=gnu17", "-O1", "-g1", "-fno-builtin", "-w"]
    out = tmp_path_factory.mktemp("libc")
    names = sorted(declared(libc / "include"))
    rename = out / "rename.h"
    rename.write_text("".join(f"#define {name} exo_{name}\n" for name in names))
    asked = [compiler, "-print-file-name=include"]
    headers = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    ours: list[str | Path] = ["-ffreestanding", "-nostdinc", "-include", rename]
    ours += ["-I", libc / "include", "-I", libc / "internal", "-isystem", headers]

    def compile_one(source: Path) -> Path:
        target = out / f"{source.parent.name}_{source.stem}.o"
        subprocess.run([*cc, *ours, "-c", source, "-o", target], check=True, timeout=120)
        return target

    sources = [one for folder in FOLDERS for one in sorted((libc / folder).glob("*.c"))]
    with ThreadPoolExecutor(2) as pool:
        objects = list(pool.map(compile_one, sources))
    archive = out / "libexo.a"
    subprocess.run(["ar", "rcs", archive, *objects], check=True)

    def build_and_run(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        program = out / name
        driver = tree / f"tests/c/{name}_main.c"
        shims = [tree / "tests/c/libc_host.c"]
        if name != "libc_malloc":
            shims.append(tree / "tests/c/libc_host_malloc.c")
        subprocess.run(
            [*cc, driver, *shims, archive, "-lm", "-o", program],
            check=True,
            timeout=120,
        )
        return subprocess.run(
            [program, *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            cwd=out,
        )

    return build_and_run

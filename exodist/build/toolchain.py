"""The pinned compiler: the `ziglang` wheel's `zig` and clang's own headers, found and verified.

It is called as `zig clang`, `zig ar`, `zig ld.lld` and `zig lld-link`, never through `zig build` or
`zig cc`. In every action it stands at `toolchain/`, so no path of the host reaches a command.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from exodist.build.files import FileDigests
from exodist.build.reapi import Digest, Node, tree_digest
from exodist.errors import ToolError

PROGRAM = "toolchain/zig"
HEADERS = "toolchain/lib/include"
_HINT = "remove .venv and start ./exo again"


@dataclass(frozen=True)
class Toolchain:
    """One compiler; `digest` covers all that actions see of it."""

    root: Path
    version: str
    host: str
    digest: Digest


def host() -> str:
    """The host as the wheels are named: system and machine."""
    system = "macos" if sys.platform == "darwin" else platform.system().lower()
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower())
    return f"{system}-{machine or platform.machine().lower()}"


def find_toolchain(digests: FileDigests) -> Toolchain:
    """The installed wheel; raises ToolError when there is none."""
    spec = find_spec("ziglang")
    if spec is None or not spec.submodule_search_locations:
        raise ToolError("no compiler: the Python package `ziglang` is missing", hint=_HINT)
    root = Path(spec.submodule_search_locations[0])
    info = sorted(root.parent.glob("ziglang-*.dist-info"))
    if len(info) != 1:
        raise ToolError(f"found {len(info)} versions of `ziglang`", where=str(root), hint=_HINT)
    files: dict[str, Node | Digest] = {
        name: Node(digests.digest(f"{root}/{name}"), executable=name == "zig")
        for name in _names(root)
    }
    version = info[0].name.removeprefix("ziglang-").removesuffix(".dist-info")
    return Toolchain(root, version, host(), tree_digest(files))


def _names(root: Path) -> Iterator[str]:
    """What actions may read of the wheel, from its root."""
    yield "zig"
    for folder, _, names in os.walk(root / "lib" / "include"):
        relative = Path(folder).relative_to(root).as_posix()
        yield from (f"{relative}/{name}" for name in names)

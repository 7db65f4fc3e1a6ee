"""The lock: digests of everything that a manifest's build takes in.

Written by `manifest lock`, checked by every build, one table a component, so that two people who
change two components change different lines. A component's digest is the root digest of its files
as a Remote Execution API tree; its paths are those of the source tree.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from exodist.errors import ManifestError, SourceError
from exodist.manifest.base import Sha256, Strict, Version
from exodist.manifest.load import parse

_REFRESH = "`./exo manifest lock` writes the lock anew, if the change is meant"


class LockedComponent(Strict):
    version: Version = Field(description="pinned version")
    tree: Sha256 = Field(description="digest of its files")
    archive: Sha256 | None = Field(default=None, description="digest of its source archive")


class LockedToolchain(Strict):
    version: Version = Field(description="version of the ziglang wheel")
    wheels: dict[str, Sha256] = Field(description="wheel file = digest, for every host")
    trees: dict[str, Sha256] = Field(description="host = digest of what actions see of the wheel")


class Lock(Strict):
    schema_: Literal[1] = Field(alias="schema", description="version of this file's layout")
    toolchain: LockedToolchain = Field(description="the compiler")
    skeleton: Sha256 | None = Field(default=None, description="digest of the skeleton's files")
    components: dict[str, LockedComponent] = Field(
        default_factory=dict, description="one table for each pinned component"
    )


def lock_path(manifest: Path) -> Path:
    return manifest.with_suffix(".lock")


def load_lock(manifest: Path) -> Lock:
    """The lock beside a manifest; raises ManifestError when it is missing or malformed."""
    path = lock_path(manifest)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ManifestError("no lock", where=str(path), hint="`./exo manifest lock`") from None
    return parse(data, Lock, str(path))


def encode_lock(lock: Lock) -> str:
    """The lock as TOML, in one order."""
    lines = ["# Written by `exodist manifest lock`; edit the manifest or the sources instead."]
    lines += [f"schema = {lock.schema_}"]
    if lock.skeleton:
        lines.append(f'skeleton = "{lock.skeleton}"')
    lines += ["", "[toolchain]", f'version = "{lock.toolchain.version}"']
    for table in ("wheels", "trees"):
        lines += ["", f"[toolchain.{table}]"]
        lines += [
            f'"{key}" = "{value}"' for key, value in sorted(getattr(lock.toolchain, table).items())
        ]
    for name, component in sorted(lock.components.items()):
        lines += ["", f"[components.{_key(name)}]"]
        lines += [f'{key} = "{value}"' for key, value in component if value is not None]
    return "\n".join(lines) + "\n"


def _key(name: str) -> str:
    """A TOML key: bare where it may be."""
    return name if name.replace("-", "").replace("_", "").isalnum() else f'"{name}"'


def check_lock(locked: Lock, found: Lock, path: Path) -> None:
    """Raise SourceError for the first input that is not what the lock says."""
    _same("toolchain", "version", locked.toolchain.version, found.toolchain.version, path)
    for host, digest in found.toolchain.trees.items():
        _same(f"toolchain on {host}", "tree", locked.toolchain.trees.get(host), digest, path)
    for name, component in found.components.items():
        entry = locked.components.get(name)
        what = f"component `{name}`"
        if entry is None:
            raise SourceError(f"{what} is not in the lock", where=str(path), hint=_REFRESH)
        _same(what, "version", entry.version, component.version, path)
        _same(what, "archive", entry.archive, component.archive, path)
        _same(what, "tree", entry.tree, component.tree, path)
    for name in sorted(locked.components.keys() - found.components.keys()):
        raise SourceError(
            f"component `{name}` is locked, but not pinned", where=str(path), hint=_REFRESH
        )
    _same("skeleton", "tree", locked.skeleton, found.skeleton, path)


def _same(what: str, field: str, expected: str | None, found: str | None, path: Path) -> None:
    if expected != found:
        raise SourceError(
            f"{what}: {field} differs from the lock: expected {expected}, found {found}",
            where=str(path),
            hint=_REFRESH,
        )

"""Pins -> component files: from the tree where it holds the pinned version, else from an archive.

Also says what the lock of these inputs is, so that writing a lock and checking one are one thing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from exodist.build.archive import unpack
from exodist.build.fetch import fetch
from exodist.build.files import FileDigests
from exodist.build.reapi import Node, tree_digest
from exodist.build.toolchain import Toolchain
from exodist.console import console
from exodist.errors import ManifestError
from exodist.manifest.catalog import Located, find_components, need
from exodist.manifest.lock import Lock, LockedComponent, LockedToolchain
from exodist.manifest.model import Manifest


@dataclass(frozen=True)
class Inputs:
    """What a build takes in: sources of each component, and the files of the skeleton."""

    components: Mapping[str, Located]
    skeleton: Mapping[str, Path]
    lock: Lock


def resolve(
    tree: Path,
    path: Path,
    manifest: Manifest,
    cache: Path,
    digests: FileDigests,
    toolchain: Toolchain,
) -> Inputs:
    """Everything that `manifest`, read from `path`, names; raises ManifestError, SourceError."""
    catalog = find_components(tree)
    components = {
        name: _locate(catalog, path, manifest, name, version, cache)
        for name, version in manifest.versions.items()
    }
    skeleton = find_skeleton(tree, manifest.skeleton)
    lock = Lock(
        schema=1,
        toolchain=_lock_toolchain(tree, manifest, toolchain, digests),
        skeleton=_digest_files({name: str(file) for name, file in skeleton.items()}, digests),
        components={
            name: _lock_component(manifest, located, digests)
            for name, located in components.items()
        },
    )
    return Inputs(components, skeleton, lock)


def _locate(
    catalog: Mapping[str, Located],
    path: Path,
    manifest: Manifest,
    name: str,
    version: str,
    cache: Path,
) -> Located:
    """The pinned version of one component."""
    where = f"{path}: pins"
    if name in manifest.archives:
        return _from_archive(path, manifest, name, version, cache)
    located = need(catalog, name, where)
    if located.component.version != version:
        raise ManifestError(
            f"`{name}` is pinned to {version}, but the tree holds {located.component.version}",
            where=where,
            hint=f"name the archive of {version} in `[archives.{name}]`",
        )
    return located


def _from_archive(path: Path, manifest: Manifest, name: str, version: str, cache: Path) -> Located:
    archive = manifest.archives[name]
    file = fetch(
        archive.url,
        archive.sha256,
        cache / "downloads",
        path.parent,
        lambda have, size: console.progress(have >> 10, size >> 10, f"KiB of {archive.url}"),
    )
    folder = cache / "sources" / archive.sha256
    unpack(file, folder, archive.url)
    located = need(find_components(folder), name, archive.url)
    if located.component.version != version:
        raise ManifestError(
            f"`{name}` is pinned to {version}, but the archive holds {located.component.version}",
            where=f"{path}: archives.{name}",
        )
    return located


def find_skeleton(tree: Path, folder: str | None) -> dict[str, Path]:
    """Files of the skeleton by absolute path in fs.img."""
    if folder is None:
        return {}
    root = tree / folder
    if not root.is_dir():
        raise ManifestError(f"skeleton `{folder}` is not a folder", where=str(tree))
    files = (path for path in sorted(root.rglob("*")) if path.is_file())
    return {f"/{path.relative_to(root).as_posix()}": path for path in files}


def _lock_component(manifest: Manifest, located: Located, digests: FileDigests) -> LockedComponent:
    component = located.component
    archive = manifest.archives.get(component.name)
    arches = sorted({image.arch for image in manifest.images})
    paths = sorted({path for arch in arches for path in located.files(arch)})
    digest = _digest_files({path: f"{located.root}/{path}" for path in paths}, digests)
    assert digest is not None
    return LockedComponent(
        version=component.version, tree=digest, archive=archive.sha256 if archive else None
    )


def _digest_files(files: Mapping[str, str], digests: FileDigests) -> str | None:
    if not files:
        return None
    nodes = {path.lstrip("/"): Node(digests.digest(file)) for path, file in files.items()}
    return tree_digest(nodes).hash


def _lock_toolchain(
    tree: Path, manifest: Manifest, toolchain: Toolchain, digests: FileDigests
) -> LockedToolchain:
    """The installed compiler beside what is on record for other hosts."""
    if toolchain.version != manifest.toolchain:
        raise ManifestError(
            f"toolchain {manifest.toolchain} is pinned, but {toolchain.version} is installed",
            where=f"{manifest.name}: toolchain",
            hint="the version in requirements.lock must be the pinned one",
        )
    record = tree / "release" / "toolchains" / f"ziglang-{toolchain.version}.toml"
    known: dict[str, dict[str, str]] = {}
    if record.is_file():
        digests.digest(str(record))
        known = tomllib.loads(record.read_text())
    return LockedToolchain(
        version=toolchain.version,
        wheels=known.get("wheels", {}),
        trees={**known.get("trees", {}), toolchain.host: toolchain.digest.hash},
    )

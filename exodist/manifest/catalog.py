"""The components of a source tree: found by their files, each with the list of what belongs to it.

A tree is a folder laid out like ours (`kernel/`, `userland/`): our own, or an unpacked archive that
holds one component at the same paths. Every path below is from the tree's root, with `/`.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from exodist.errors import ManifestError
from exodist.manifest.base import resolve_inside
from exodist.manifest.load import load_component
from exodist.manifest.model import Component

HEADER_SUFFIXES = (".h", ".inc", ".def")


@dataclass(frozen=True)
class Located:
    """A component file in its tree."""

    root: Path
    file: str
    component: Component

    @property
    def folder(self) -> str:
        return posixpath.dirname(self.file)

    def where(self, field: str) -> str:
        return f"{self.root / self.file}: {field}"

    def path(self, field: str, value: str) -> str:
        """A path of the component file, from the tree's root."""
        try:
            return resolve_inside(self.folder, value)
        except ValueError as error:
            raise ManifestError(str(error), where=self.where(field)) from None

    def sources(self, arch: str) -> list[str]:
        """The files that are compiled for `arch`, sorted within each glob."""
        found: dict[str, None] = {}
        for pattern in self.component.sources + self._part(arch, "sources"):
            found.update(dict.fromkeys(self._expand("sources", pattern)))
        return list(found)

    def flags(self, arch: str) -> list[str]:
        return self.component.flags + self._part(arch, "flags")

    def linker_script(self, arch: str) -> str | None:
        part = self.component.arch.get(arch)  # type: ignore[call-overload]  # any str may ask
        script = (part and part.linker_script) or self.component.linker_script
        return self._expand("linker_script", script)[0] if script else None

    def include_folders(self) -> list[str]:
        """Private, then public header folders."""
        return [self.path("include", path) for path in self.component.include] + self.public()

    def public(self) -> list[str]:
        return [self.path("public", path) for path in self.component.public]

    def page(self) -> str | None:
        """The man page beside the component file."""
        page = posixpath.join(self.folder, f"{self.component.name}.1")
        return page if (self.root / page).is_file() else None

    def files(self, arch: str) -> list[str]:
        """Everything that belongs to the component, sorted: what its lock entry covers."""
        sources = self.sources(arch)
        found = {self.file, *sources, *headers(self.root, self.include_folders(), sources)}
        for folder in self.public():
            found.update(_walk(self.root, folder, (".toml",), recursive=True))
        found.update(filter(None, (self.linker_script(arch), self.page())))
        return sorted(found)

    def _part(self, arch: str, key: str) -> list[str]:
        part = self.component.arch.get(arch)  # type: ignore[call-overload]  # any str may ask
        return list(getattr(part, key)) if part else []

    def _expand(self, field: str, pattern: str) -> list[str]:
        path = self.path(field, pattern)
        if any(sign in path for sign in "*?["):
            found = sorted(hit.relative_to(self.root).as_posix() for hit in self.root.glob(path))
        else:
            found = [path] if (self.root / path).is_file() else []
        if not found:
            raise ManifestError(f"no file matches `{pattern}`", where=self.where(field))
        return found


def headers(root: Path, folders: list[str], sources: list[str]) -> list[str]:
    """Headers that the compiler may read: below include folders, and beside the sources."""
    found: set[str] = set()
    for folder in folders:
        found.update(_walk(root, folder, HEADER_SUFFIXES, recursive=True))
    for folder in {posixpath.dirname(source) for source in sources}:
        found.update(_walk(root, folder, HEADER_SUFFIXES, recursive=False))
    return sorted(found)


def _walk(root: Path, folder: str, suffixes: tuple[str, ...], *, recursive: bool) -> Iterator[str]:
    try:
        entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        path = posixpath.join(folder, entry.name)
        if entry.name.endswith(suffixes):
            yield path
        elif recursive and entry.is_dir(follow_symlinks=False):
            yield from _walk(root, path, suffixes, recursive=True)


def find_components(root: Path) -> dict[str, Located]:
    """Every component of a tree by name; raises ManifestError on two of one name."""
    found: dict[str, Located] = {}
    for file in _component_files(root):
        located = Located(root, file, load_component(root / file))
        other = found.setdefault(located.component.name, located)
        if other is not located:
            raise ManifestError(
                f"component `{located.component.name}` is also defined in `{other.file}`",
                where=str(root / file),
            )
    return found


def _component_files(root: Path) -> list[str]:
    """TOML files of `kernel/` and `userland/` that are component files: those with a kind."""
    files = [
        path for top in ("kernel", "userland") for path in sorted((root / top).rglob("*.toml"))
    ]
    return [path.relative_to(root).as_posix() for path in files if b"\nkind" in path.read_bytes()]


def need(catalog: Mapping[str, Located], name: str, where: str) -> Located:
    """The component `name`; raises ManifestError with the nearest name."""
    from difflib import get_close_matches

    if name not in catalog:
        near = get_close_matches(name, list(catalog), 1, 0.5)
        hint = f"did you mean `{near[0]}`?" if near else "`manifest check` lists what there is"
        raise ManifestError(f"no component `{name}`", where=where, hint=hint)
    return catalog[name]

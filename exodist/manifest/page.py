"""The reference page of our data files, made from the models: the field is the only description."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from exodist.manifest.lock import Lock, LockedComponent, LockedToolchain
from exodist.manifest.model import Archive, ArchPart, Board, Component, Image, Manifest, Qemu

_SECTIONS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("Manifest: `manifests/NAME.toml`", Manifest),
    ("Manifest: `[[images]]`", Image),
    ("Manifest: `[archives.NAME]`", Archive),
    ("Component: `NAME.toml` beside its sources", Component),
    ("Component: `[arch.ARCH]`", ArchPart),
    ("Board: `boards/NAME.toml`", Board),
    ("Board: `[qemu]`", Qemu),
    ("Lock: `manifests/NAME.lock`", Lock),
    ("Lock: `[toolchain]`", LockedToolchain),
    ("Lock: `[components.NAME]`", LockedComponent),
)

_HEAD = """# Manifest, component, board and lock, schema 1

Written by `exodist manifest schema --page` from the models in `exodist/manifest/`. All four are
TOML. An unknown field is an error, with the nearest known name as a hint. Paths are relative, with
`/`, and stay inside the tree. A build uses the lock, and fails where lock and inputs differ, naming
the component, the expected and the found digest; `exodist manifest lock` writes the lock anew.

A pin means a version: where the tree holds another one, `[archives.NAME]` says where the pinned
version's sources are. An archive is a tar (plain, gzip, xz) with one top folder; below it, files
stand at the paths that they have in this tree.
"""


def page() -> str:
    """The page, in Markdown."""
    return "\n".join(
        [_HEAD, *(line for title, model in _SECTIONS for line in _table(title, model))]
    )


def _table(title: str, model: type[BaseModel]) -> Iterator[str]:
    yield f"## {title}\n"
    yield "| field | | meaning |"
    yield "|---|---|---|"
    for name, field in model.model_fields.items():
        yield f"| `{field.alias or name}` | {_need(field)} | {field.description} |"
    yield ""


def _need(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    default = field.get_default(call_default_factory=True, validated_data={})
    return f"default `{default}`" if default else "optional"

"""`exodist manifest`: lock, check, schema, diff, new."""

from __future__ import annotations

import json
from pathlib import Path

import click

from exodist.commands.options import TREE, default_manifest
from exodist.console import console, emit
from exodist.errors import CheckError, ManifestError

_FILE = click.argument("file", required=False, type=click.Path(path_type=Path))


@click.group()
def manifest() -> None:
    """Write, check and compare manifests and their locks.

    \b
    Examples:
      exodist manifest lock
      exodist manifest check my.toml
      exodist manifest new my.toml
    """


@manifest.command()
@_FILE
def lock(file: Path | None) -> None:
    """Write the lock beside FILE: the digest of everything a build takes in.

    \b
    Examples:
      exodist manifest lock
      exodist manifest lock my.toml
    """
    from exodist.chain.stages import write_lock

    path = file or default_manifest()
    changed = write_lock(path)
    console.note(f"{path.with_suffix('.lock')}: {'written' if changed else 'is up to date'}")


@manifest.command()
@_FILE
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def check(file: Path | None, as_json: bool) -> None:
    """Check FILE, its boards, its components and its lock, without building.

    \b
    Examples:
      exodist manifest check
      exodist manifest check my.toml --json
    """
    from exodist.chain.stages import check_manifest

    path = file or default_manifest()
    found = check_manifest(path)
    if as_json:
        emit({"event": "done", "manifest": str(path), "components": found})
        return
    for name, version in sorted(found.items()):
        click.echo(f"{name} {version}")


@manifest.command()
@click.option("--page", is_flag=True, help="The reference page instead, in Markdown.")
def schema(page: bool) -> None:
    """Print the JSON Schema of manifests, for editors.

    \b
    Examples:
      exodist manifest schema > manifest.schema.json
      exodist manifest schema --page
    """
    from exodist.manifest.model import Manifest

    if page:
        from exodist.manifest.page import page as reference

        click.echo(reference(), nl=False)
        return
    click.echo(json.dumps(Manifest.model_json_schema(by_alias=True), indent=2, sort_keys=True))


@manifest.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
def diff(old: Path, new: Path) -> None:
    """Say what differs between two manifests; exit status 1 when something does.

    \b
    Examples:
      exodist manifest diff manifests/exov6.toml my.toml
    """
    from exodist.manifest.compare import differences
    from exodist.manifest.load import load_manifest

    found = differences(load_manifest(old), load_manifest(new))
    for line in found:
        click.echo(line)
    if found:
        raise CheckError(f"{len(found)} differences", where=f"{old}, {new}")


@manifest.command()
@click.argument("file", type=click.Path(path_type=Path))
def new(file: Path) -> None:
    """Start FILE as a copy of the tree's own manifest, with names of its own.

    \b
    Examples:
      exodist manifest new manifests/mine.toml
    """
    from exodist.manifest.load import load_manifest

    if file.exists():
        raise ManifestError("exists already", where=str(file))
    known = load_manifest(default_manifest())
    text = default_manifest().read_text()
    file.write_text(text.replace(f'name = "{known.name}', f'name = "{file.stem}'))
    console.note(f"{file}: edit it, then `exodist manifest lock {file}` (tree: {TREE})")

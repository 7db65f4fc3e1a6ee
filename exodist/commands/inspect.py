"""`exodist inspect`: the tree of an image."""

from __future__ import annotations

from pathlib import Path

import click

from exodist.console import emit
from exodist.errors import SourceError
from exodist.images.describe import Node, describe


@click.command()
@click.argument("image", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One object a line on stdout.")
def inspect(image: Path, as_json: bool) -> None:
    """Show what IMAGE is made of: ISO, disk, FAT volume, fs.img, PE file or boot archive.

    Foreign images are as welcome as our own.

    \b
    Examples:
      exodist inspect out/exov6/exov6.iso
      exodist inspect debian.iso --json
    """
    if not image.is_file():
        raise SourceError(
            "no such file" if not image.exists() else "not a regular file", where=str(image)
        )
    node = describe(image)
    if as_json:
        _emit(node, "")
    else:
        _print(node, 0)


def _emit(node: Node, above: str) -> None:
    path = f"{above}/{node.name.lstrip('/')}" if above else node.name
    emit(
        {"path": path, "kind": node.kind, "offset": node.offset, "size": node.size, **node.details}
    )
    for child in node.children:
        _emit(child, path)


def _print(node: Node, depth: int) -> None:
    facts = [f"{node.size} bytes"] if node.size else []
    facts += [f"{key}={_value(value)}" for key, value in node.details.items()]
    at = "" if node.offset is None else f" @ {node.offset:#x}"
    click.echo(f"{'  ' * depth}{_value(node.name)} [{node.kind}]{at} {' '.join(facts)}".rstrip())
    for child in node.children:
        _print(child, depth + 1)


def _value(value: object) -> str:
    """One line, whatever the image holds."""
    text = str(value)
    return text if text.isprintable() else repr(text)

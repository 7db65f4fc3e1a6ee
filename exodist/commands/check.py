"""`exodist check`: the lint of an ISO's layout."""

from __future__ import annotations

import mmap
from pathlib import Path

import click

from exodist.console import console, emit
from exodist.errors import CheckError, FormatError, SourceError
from exodist.formats.window import Window
from exodist.images.lint import Finding, lint


@click.command()
@click.argument("image", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One object a line on stdout.")
def check(image: Path, as_json: bool) -> None:
    """Check the layout of the ISO IMAGE: does it boot as CD, USB stick and disk by the letter?

    Looks at the system area, both copies of the GPT, the El Torito entry, alignment and sizes, of
    our own ISOs and of foreign ones. Exits with 1 where something is wrong.

    \b
    Examples:
      exodist check out/exov6/exov6.iso
      exodist check debian.iso --json
    """
    if not image.is_file():
        raise SourceError(
            "no such file" if not image.exists() else "not a regular file", where=str(image)
        )
    findings = _lint(image)
    for finding in findings:
        if as_json:
            emit({"rule": finding.rule, "where": finding.where, "message": finding.message})
        else:
            click.echo(finding)
    if findings:
        raise CheckError(f"{len(findings)} rules of the layout are violated", where=str(image))
    console.note(f"{image}: the layout is right")


def _lint(image: Path) -> list[Finding]:
    if image.stat().st_size == 0:
        raise FormatError("the file is empty", where=str(image))
    with (
        image.open("rb") as stream,
        mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        return lint(Window.whole(data, image.name))

"""The documents name what is there: paths, commands and options, decisions."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from exodist import cli

TREE = Path(__file__).resolve().parent.parent
PAGES = [
    TREE / "README.md",
    TREE / "CONTRIBUTING.md",
    TREE / "kernel/README.md",
    TREE / "userland/README.md",
    TREE / "keys/README.md",
    *sorted((TREE / "docs").rglob("*.md")),
]
COMMAND = re.compile(r"(?:\./exo|`exodist) ([a-z]+(?![\w.])[^`'|\n]*)")
LINK = re.compile(r"\]\(([^)#]+)\)")
TOPS = (
    "boards/", "docs/", "exodist/", "kernel/", "keys/", "manifests/", "release/", "tests/",
    "userland/",
)  # fmt: skip
MADE_UP = re.compile(r"mine|NAME|FOLDER|rev\b")  # names in examples


def quoted(text: str) -> list[str]:
    """Words between backticks that look like paths of the tree."""
    return [word for word in re.findall(r"`([^`\s]+/[^`\s]*)`", text) if word.startswith(TOPS)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TREE)))
def test_paths_exist(page: Path) -> None:
    text = page.read_text()
    for link in LINK.findall(text):
        if not link.startswith("http"):
            assert (page.parent / link).exists(), link
    for word in quoted(text):
        assert MADE_UP.search(word) or list(
            TREE.glob(re.sub(r"\{[^}]*\}|…", "*", word).rstrip("/"))
        ), word


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TREE)))
def test_commands_exist(page: Path) -> None:
    for line in COMMAND.findall(page.read_text()):
        _judge(line.split("  ")[0].split())  # two spaces: the next column of a listing


def _judge(words: list[str]) -> None:
    command: click.Command = cli.cli
    context = click.Context(command)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(context, words[0])
        assert found is not None, f"no command `{words[0]}`"
        command, words = found, words[1:]
    known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
    for word in words[: words.index("--")] if "--" in words else words:
        assert not word.startswith("--") or word in known | {"--help"}, f"{command.name} {word}"


def test_every_decision_is_listed() -> None:
    listed = re.findall(r"\((\d{4}-[^)]+)\) \|", (TREE / "docs/adr/README.md").read_text())
    assert listed == sorted(path.name for path in (TREE / "docs/adr").glob("0*.md"))

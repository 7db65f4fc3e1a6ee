"""The command line's frame: help, unknown commands, exit codes, one clear line for errors."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from exodist import cli
from exodist.errors import (
    CheckError,
    ExodistError,
    FormatError,
    ManifestError,
    MeasurementError,
    SignatureError,
    SourceError,
    ToolError,
)


def words_of_commands(group: click.Group, *before: str) -> Iterator[tuple[str, ...]]:
    """The words of every command, those of groups too."""
    context = click.Context(group)
    for name in group.list_commands(context):
        yield (*before, name)
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from words_of_commands(command, *before, name)


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    said = capsys.readouterr().out
    assert all(f"  {name} " in said for name in cli.COMMANDS)
    assert "Examples:" in said


@pytest.mark.parametrize("words", [*words_of_commands(cli.cli)], ids=" ".join)
def test_help_has_examples(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*words, "--help"]) == 0
    said = capsys.readouterr().out
    assert f"\n    exodist {' '.join(words)}" in said[said.index("Examples:") :]


def test_unknown_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["biuld"]) == 2
    assert "no such command `biuld`. Did you mean `build`?" in capsys.readouterr().err


def test_unknown_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["build", "--nonsense"]) == 2


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (CheckError, 1),
        (FormatError, 1),
        (ManifestError, 2),
        (ToolError, 3),
        (SourceError, 4),
        (SignatureError, 5),
        (MeasurementError, 5),
        (ExodistError, 70),
    ],
)
def test_exit_codes(
    kind: type[ExodistError],
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _fail_with(monkeypatch, kind("it broke", where="here", hint="mend it"))
    assert cli.main(["doctor"]) == code
    assert capsys.readouterr().err == "error: here: it broke\nhint: mend it\n"


def test_interrupt(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _fail_with(monkeypatch, KeyboardInterrupt())
    assert cli.main(["doctor"]) == 130
    assert capsys.readouterr().err.strip() == "interrupted"


def test_full_disk(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _fail_with(monkeypatch, OSError(28, "No space left on device", "/x/y"))
    assert cli.main(["doctor"]) == 3
    assert capsys.readouterr().err == "error: /x/y: No space left on device\n"


def test_our_own_bugs_keep_their_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    _fail_with(monkeypatch, OSError(9, "Bad file descriptor"))
    with pytest.raises(OSError, match="Bad file"):
        cli.main(["doctor"])


def _fail_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    @click.command()
    def doctor() -> None:
        raise error

    monkeypatch.setattr("exodist.commands.doctor.doctor", doctor)


def test_commands_are_imported_when_they_are_called(tree: Path) -> None:
    code = "import sys; from exodist.cli import main; main(['--version']); print(list(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tree, capture_output=True, text=True, check=True
    )
    for heavy in ("pydantic", "cryptography", "requests", "pycdlib"):
        assert f"'{heavy}'" not in done.stdout


def test_doctor(capsys: pytest.CaptureFixture[str]) -> None:
    status = cli.main(["doctor", "--json"])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[-1]["event"] == "done"
    assert status == (3 if lines[-1]["missing"] else 0)
    assert {"name", "found", "needed", "for", "use"} < lines[0].keys()
    cli.main(["doctor"])
    assert "ziglang" in capsys.readouterr().out

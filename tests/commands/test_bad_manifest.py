"""What is wrong with a manifest, said by the commands: one line, one status, nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest

from exodist.cli import main
from exodist.commands.options import default_manifest

TEXT = default_manifest().read_text()
CASES = {
    "unknown field": (
        "epoch =",
        "epohc =",
        "epohc: unknown field `epohc`",
        "did you mean `epoch`?",
    ),
    "wrong type": ("epoch = 1767225600", 'epoch = "new"', "epoch: input should be a valid", ""),
    "missing component": ('"cat"', '"catt"', "`catt`", "did you mean `cat`?"),
    "duplicate name": ('"cat"', '"cat", "cat"', "component `cat` is pinned 2 times", ""),
    "path that leaves": ("userland/skel", "../skel", "skeleton: `../skel` leaves the tree", ""),
    "no such board": ("generic-x86_64", "generic-x86", "`generic-x86`", "`generic-x86_64`?"),
    "no such version": (
        '"0.1.0" =',
        '"0.2.0" =',
        "pinned to 0.2.0, but the tree holds",
        "archives",
    ),
    "other toolchain": ('"0.17.1"', '"0.16.0"', "0.16.0", ""),
    "no TOML": ("schema = 1", "schema = = 1", "not TOML", ""),
}


@pytest.mark.parametrize("command", [["build"], ["manifest", "lock"], ["manifest", "check"]])
@pytest.mark.parametrize("case", CASES)
def test_one_line(
    command: list[str], case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new, message, hint = CASES[case]
    path = tmp_path / "bad.toml"
    path.write_text(TEXT.replace(old, new, 1))
    out = ["--out", str(tmp_path / "out")] if command == ["build"] else []
    assert main([*command, str(path), *out]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    error, *rest = said.err.splitlines()
    assert error.startswith("error: ") and message in error
    assert "bad.toml" in error or "exov6: " in error, "the file, or the name that stands in it"
    assert all(line.startswith("hint: ") for line in rest) and len(rest) <= 1
    assert hint in "".join(rest)
    assert [found.name for found in tmp_path.iterdir()] == ["bad.toml"], "nothing was written"

"""`exodist build`, `test` and `lint` as people call them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from exodist import lint
from exodist.cli import main


@pytest.mark.whole
def test_build_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all(line["event"] == "action" for line in lines[:-1])
    done = lines[-1]
    assert done.keys() == {"event", "artifacts", "actions", "seconds"}
    assert done["actions"].keys() == {"run", "cached"}
    assert done["artifacts"][0].keys() == {"name", "kind", "arch", "path", "sha256", "size"}
    kinds = {artifact["kind"] for artifact in done["artifacts"]}
    assert {"kernel", "uki", "esp", "fs", "iso"} <= kinds


@pytest.mark.whole
def test_a_build_with_nothing_to_do_is_quick(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Under half a second, command line included; the best of a few, for the host is shared."""
    assert main(["build"]) == 0
    assert main(["build", "--image", "exov6"]) == 0
    assert "iso" in capsys.readouterr().err
    taken = []
    for _ in range(5):
        started = time.monotonic()
        argv = [sys.executable, "-m", "exodist", "build", "--json"]
        done = subprocess.run(argv, cwd=tree, capture_output=True, text=True, check=True)
        taken.append(time.monotonic() - started)
        assert json.loads(done.stdout.splitlines()[-1])["actions"]["run"] == 0
    assert min(taken) < 0.5


@pytest.mark.parametrize(
    ("arguments", "marks"),
    [([], "not long"), (["--unit"], "not whole and not long"), (["--all"], None)],
)
def test_tiers(arguments: list[str], marks: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[list[str]] = []

    def run(argv: list[str], **_: object) -> SimpleNamespace:
        called.append(argv)
        return SimpleNamespace(returncode=len(called) - 1)

    monkeypatch.setattr(subprocess, "run", run)
    assert main(["test", *arguments]) == 0
    assert main(["test", *arguments]) == 1
    assert ("-m", str(marks)) in zip(called[0][2:], called[0][3:], strict=False) or marks is None
    assert ("--cov" in called[0]) is ("--unit" not in arguments)


def test_lint_names_the_linters_that_complain(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    check = lint.Check("grumble", (sys.executable, "-c", "print('bad'); exit(1)"), tmp_path)
    monkeypatch.setattr(lint, "checks", lambda tree, fix: [check])
    monkeypatch.setattr("exodist.chain.stages.analyse", lambda path, options: ["odd"])
    monkeypatch.setattr(lint, "accepted", lambda tree: set())
    assert main(["lint"]) == 1
    said = capsys.readouterr()
    assert said.out == "bad\n\nodd\n"
    assert said.err.endswith("error: findings of grumble, static analysis\n")

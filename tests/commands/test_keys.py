"""`exodist keys`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from exodist.cli import main


def test_list(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "list", str(tree / "keys")]) == 0
    shown = capsys.readouterr()
    assert "CN=ExoV6 development db" in shown.out
    assert "DEVELOPMENT KEYS" in shown.err


def test_list_json(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "list", str(tree / "keys/dev"), "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["role"] for line in lines] == ["PK", "KEK", "db"]
    assert all(line["development"] and len(line["sha256"]) == 64 for line in lines)


def test_new_and_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "list", str(tmp_path)]) == 2
    assert "no key set here" in capsys.readouterr().err
    assert main(["keys", "new", str(tmp_path / "mine")]) == 0
    assert main(["keys", "list", str(tmp_path)]) == 0
    shown = capsys.readouterr()
    assert "CN=ExoV6 mine PK" in shown.out and "DEVELOPMENT" not in shown.err

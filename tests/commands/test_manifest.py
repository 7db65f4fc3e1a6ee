"""`exodist manifest` over the tree's own manifests."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from exodist.cli import main


def test_schema_is_a_json_schema_of_every_field(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["manifest", "schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["additionalProperties"] is False
    assert {"schema", "name", "epoch", "pins", "images"} <= schema["properties"].keys()
    assert all("description" in field for field in schema["properties"].values())


def test_the_published_schema_is_current(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["manifest", "schema"]) == 0
    assert (tree / "docs/reference/manifest.schema.json").read_text() == capsys.readouterr().out


def test_the_reference_page_is_current(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["manifest", "schema", "--page"]) == 0
    said = capsys.readouterr().out
    assert (tree / "docs/reference/manifest.md").read_text() == said
    assert "None" not in said


def test_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["manifest", "check"]) == 0
    assert "kernel 0." in capsys.readouterr().out
    assert main(["manifest", "check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["event"] == "done"


def test_new_and_diff(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.toml"
    assert main(["manifest", "new", str(path)]) == 0
    assert main(["manifest", "new", str(path)]) == 2
    ours = str(Path("manifests/exov6.toml").resolve())
    assert main(["manifest", "diff", str(path), str(path)]) == 0
    assert capsys.readouterr().out == ""
    assert main(["manifest", "diff", ours, str(path)]) == 1
    said = capsys.readouterr().out
    assert "name: exov6 -> mine\n" in said
    assert "images.mine.kind: absent -> iso\n" in said


def test_a_new_manifest_locks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.toml"
    main(["manifest", "new", str(path)])
    assert main(["manifest", "check", str(path)]) == 2
    assert main(["manifest", "lock", str(path)]) == 0
    assert main(["manifest", "lock", str(path)]) == 0
    assert "is up to date" in capsys.readouterr().err
    assert main(["manifest", "check", str(path)]) == 0


def test_unknown_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["manifest", "check", "nowhere.toml"]) == 2
    assert capsys.readouterr().err == "error: nowhere.toml: no such file\n"

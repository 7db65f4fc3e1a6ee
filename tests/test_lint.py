"""Linters are test cases: the tree is clean, and each linter would see a fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from exodist.chain.report import Options
from exodist.chain.stages import analyse, write_lock
from exodist.lint import Check, accepted, checks, judge
from tests.small_tree import write_tree

TREE = Path(__file__).resolve().parent.parent


@pytest.mark.whole
@pytest.mark.parametrize("check", checks(TREE), ids=lambda check: check.name)
def test_tree_is_clean(check: Check) -> None:
    assert check.run() is None


@pytest.mark.whole
def test_static_analysis() -> None:
    assert judge(analyse(TREE / "manifests/exov6.toml", Options()), accepted(TREE)) == []


SAID = "`analyse a` printed a warning\na.c:1:2: warning: odd [core.Odd]\n"


def test_findings_are_judged() -> None:
    assert judge([SAID], {("a.c", "core.Odd")}) == []
    assert judge([SAID], set()) == [SAID]
    assert judge(["crashed"], set()) == ["crashed"]
    assert judge([], {("a.c", "core.Odd")}) == [
        "tests/analysis.toml: a.c has no finding of core.Odd"
    ]


@pytest.mark.whole
def test_static_analysis_sees_a_fault(tmp_path: Path) -> None:
    manifest = write_tree(tmp_path)
    source = tmp_path / "userland/lib/add.c"
    body = "int add(int a, int b)\n{\n    int *p = a ? &b : 0;\n    return *p;\n}\n"
    source.write_text(f'#include "add.h"\n{body}')
    write_lock(manifest, tmp_path, tmp_path / ".exo")
    found = analyse(manifest, Options(cache=tmp_path / ".exo"), tmp_path)
    assert len(found) == 1
    assert "Dereference of null pointer" in found[0]


BAD_C = "int main(void)\n{\n  int *p = 0;\n  return *p;\n}\n"


@pytest.mark.parametrize("name", ["ruff format", "ruff", "mypy", "clang-format"])
def test_faults_are_seen(name: str, tmp_path: Path) -> None:
    for folder in ("exodist", "tests", "kernel"):
        (tmp_path / folder).mkdir()
    (tmp_path / "exo").write_text("")
    (tmp_path / "exodist/bad.py").write_text("import os\nx : int = 'a'\n")
    (tmp_path / "tests/fine.py").write_text("")
    (tmp_path / "kernel/bad.c").write_text(BAD_C)
    for config in ("pyproject.toml", ".clang-format"):
        (tmp_path / config).write_text((TREE / config).read_text())
    check = next(check for check in checks(tmp_path) if check.name == name)
    assert check.run()


def test_no_words_of_this_or_that_machine() -> None:
    """Sources name no folder of the machine where they were written."""
    for top in ("exodist", "kernel", "userland", "docs"):
        for path in sorted((TREE / top).rglob("*")):
            if path.suffix in (".py", ".c", ".h", ".S", ".toml", ".md"):
                assert "/home/" not in path.read_text(), path

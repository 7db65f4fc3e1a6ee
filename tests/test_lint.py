"""Linters are test cases: the tree is clean, and each linter would see a fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from exodist.lint import Check, checks

TREE = Path(__file__).resolve().parent.parent


@pytest.mark.whole
@pytest.mark.parametrize("check", checks(TREE), ids=lambda check: check.name)
def test_tree_is_clean(check: Check) -> None:
    assert check.run() is None


BAD_C = "int main(void)\n{\n  int *p = 0;\n  return *p;\n}\n"


@pytest.mark.parametrize("name", ["ruff format", "ruff", "mypy", "clang-format", "cppcheck"])
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

"""The linters that judge this tree, each as one command over the files that it is for.

The static analyser of the C sources is clang's own, of the pinned compiler: it sees each file with
the flags that it is compiled with, as an action of the build (`exodist.chain.stages.analyse`).
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

PYTHON = ("exodist", "tests", "exo")
ACCEPTED = "tests/analysis.toml"
C_FOLDERS = ("kernel", "userland")


@dataclass(frozen=True)
class Check:
    """One linter's command."""

    name: str
    argv: tuple[str, ...]
    folder: Path

    def run(self) -> str | None:
        """What the linter says; None when it is content."""
        done = subprocess.run(
            self.argv,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.stdout or f"status {done.returncode}" if done.returncode else None


def checks(tree: Path, *, fix: bool = False) -> list[Check]:
    """All linters of the tree; with `fix` the formatters rewrite."""
    sources, headers = _c_files(tree, "*.c"), _c_files(tree, "*.h")
    tool = Path(sys.executable).parent
    found = [
        _module(tree, "ruff format", "ruff", "format", *(() if fix else ("--check",)), *PYTHON),
        _module(tree, "ruff", "ruff", "check", *(("--fix",) if fix else ()), *PYTHON),
        _module(tree, "mypy", "mypy"),
    ]
    if sources:
        change = ("-i",) if fix else ("--dry-run", "--Werror")
        formatter = (str(tool / "clang-format"), *change, *sources, *headers)
        found.append(Check("clang-format", formatter, tree))
    return found


def _module(tree: Path, name: str, *words: str) -> Check:
    return Check(name, (sys.executable, "-m", *words), tree)


def _c_files(tree: Path, pattern: str) -> Sequence[str]:
    found = (path for top in C_FOLDERS for path in sorted((tree / top).rglob(pattern)))
    return [path.relative_to(tree).as_posix() for path in found]


_FINDING = re.compile(r"^(\S+?):\d+:\d+: warning: .* \[([\w.]+)\]$", re.MULTILINE)


def accepted(tree: Path) -> set[tuple[str, str]]:
    """File and checker of the analyser's findings that were looked at and are no faults."""
    entries = tomllib.loads((tree / ACCEPTED).read_text())["accepted"]
    return {(entry["file"], entry["checker"]) for entry in entries}


def judge(said: Iterable[str], known: set[tuple[str, str]]) -> list[str]:
    """What the analyser said of faults that are not accepted, and accepted ones that are gone."""
    new, seen = [], set()
    for text in said:
        found = {(file, checker) for file, checker in _FINDING.findall(text)}
        seen |= found
        if not found or found - known:
            new.append(text)
    gone = [f"{ACCEPTED}: {file} has no finding of {name}" for file, name in sorted(known - seen)]
    return new + gone

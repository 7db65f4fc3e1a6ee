"""Shared fixtures: the tree under test, and settings that keep the unit tier quick and stable."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

TREE = Path(__file__).resolve().parent.parent

# The same examples on every machine and day: a red run must be red for the next person too.
settings.register_profile(
    "exodist",
    derandomize=True,
    deadline=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("exodist")


@pytest.fixture(scope="session")
def tree() -> Path:
    """The root of the source tree."""
    return TREE


@pytest.fixture(scope="session")
def judge() -> Callable[..., str]:
    """Run a program that we did not write; its output, or a failure that shows it.

    A judge that is missing fails the test by name: a test that did not judge must not pass.
    """
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])

    def run(program: str, *arguments: object, status: int = 0) -> str:
        found = shutil.which(program, path=path)
        if found is None:
            pytest.fail(f"the judge `{program}` is missing: see `./exo doctor`")
        done = subprocess.run(
            [found, *map(str, arguments)], capture_output=True, timeout=120, check=False
        )
        output = (done.stdout + done.stderr).decode("utf-8", "replace")
        assert done.returncode == status, f"{program}: {output}"
        return output

    return run


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A fake QEMU first in PATH; the scene that is chosen is what it plays."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "qemu-system-x86_64"
    fake = TREE / "tests/emulate/fake_qemu.py"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {fake} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")

    def choose(name: str) -> None:
        monkeypatch.setenv("FAKE_SCENE", name)

    return choose

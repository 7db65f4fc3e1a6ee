"""A fake QEMU first in PATH; `scene` chooses what it plays."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

FAKE = Path(__file__).parent / "fake_qemu.py"


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "qemu-system-x86_64"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {FAKE} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")

    def choose(name: str) -> None:
        monkeypatch.setenv("FAKE_SCENE", name)

    return choose

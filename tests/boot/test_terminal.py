"""`exodist run` at a terminal: a shell, Ctrl-A X, and a terminal as it was before."""

from __future__ import annotations

import sys
import termios
from pathlib import Path

import pexpect
import pytest

from tests.boot.system import BOOT_TIMEOUT, System

pytestmark = pytest.mark.whole


def test_a_shell_until_ctrl_a_x(system: System, tree: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    arguments = ["-m", "exodist", "run", str(system.module), "--direct", "--log", str(log)]
    child = pexpect.spawn(sys.executable, arguments, cwd=str(tree), timeout=BOOT_TIMEOUT)
    before = termios.tcgetattr(child.child_fd)
    child.expect_exact("Ctrl-A X leaves the machine")
    child.expect_exact("# ")
    child.send("echo it''works $((40 + 2))\r")
    child.expect_exact("itworks 42")
    child.send("\x01x")
    child.expect(pexpect.EOF)
    after = termios.tcgetattr(child.child_fd)
    child.close()
    assert child.exitstatus == 0
    assert after[:4] == before[:4]
    assert b"itworks 42" in log.read_bytes()

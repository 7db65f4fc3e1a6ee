"""Our shell, built for the host: its cases, scripts made at random, and a session on a terminal.

The second opinion is dash: every case that it can do passes with it too, and of each random script
both shells must make the same output and status.
"""

from __future__ import annotations

import os
import pty
import random
import re
import select
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.userland import native
from tests.userland.cases import Case, Result, load
from tests.userland.random_script import MARK, random_script

SH = native.BIN / "sh"
FILES = sorted(path.name for path in SH.glob("*.test"))
ENVIRONMENT = {
    "LC_ALL": "C",
    "TZ": "UTC0",
    "POSIXLY_CORRECT": "1",
    "ASAN_OPTIONS": "detect_leaks=0",  # a process that ends frees everything
}


@pytest.fixture(scope="session")
def ours(pytestconfig: pytest.Config) -> Path:
    """A folder that holds our shell as `sh`."""
    cache = pytestconfig.cache
    assert cache is not None
    return native.build_folder(SH, cache.mkdir("userland"))


@pytest.fixture(scope="session")
def dash(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds dash as `sh`."""
    program = shutil.which("dash")
    if program is None:
        pytest.fail("the judge `dash` is missing: see `./exo doctor`")
    folder = tmp_path_factory.mktemp("dash")
    (folder / "sh").symlink_to(program)
    return folder


def _run(case: Case, shell: Path) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [shell / "sh", "-c", f"umask 022; {case.run}"],
            input=case.stdin,
            capture_output=True,
            cwd=folder,
            env=ENVIRONMENT | {"PATH": f"{shell}:/usr/bin:/bin", "HOME": folder},
            timeout=20,
            preexec_fn=native.default_signals,
        )
    return Result(done.stdout, done.stderr, done.returncode)


def _faults(cases: list[Case], shell: Path) -> list[str]:
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda case: _run(case, shell), cases))
    faults = [f for case, result in zip(cases, results, strict=True) for f in case.faults(result)]
    for case, result in zip(cases, results, strict=True):
        if b"Sanitizer" in result.stderr or b"runtime error" in result.stderr:
            faults.append(f"{case.where} ({case.name}): {result.stderr.decode()}")
    return faults


@pytest.mark.parametrize("name", FILES)
def test_ours(name: str, ours: Path) -> None:
    faults = _faults(load(SH / name), ours)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", FILES)
def test_dash(name: str, dash: Path) -> None:
    faults = _faults([case for case in load(SH / name) if case.oracle], dash)
    assert not faults, "\n".join(faults)


def test_enough_cases() -> None:
    assert sum(len(load(SH / name)) for name in FILES) >= 250


@pytest.mark.parametrize("seed", range(12))
def test_random_scripts(seed: int, ours: Path, dash: Path) -> None:
    fragments = random_script(random.Random(seed))
    case = Case(f"seed {seed}", "random script", "".join(fragments))
    left, right = _run(case, ours), _run(case, dash)
    assert b"Sanitizer" not in left.stderr, left.stderr.decode()
    outputs = zip(left.stdout.split(MARK.encode()), right.stdout.split(MARK.encode()), strict=True)
    for number, (ours_says, dash_says) in enumerate(outputs):
        hint = fragments[0] + fragments[min(number + 1, len(fragments) - 1)]
        assert ours_says == dash_says, f"fragment {number} of seed {seed}:\n{hint}"
    assert left.status == right.status


def test_broken_scripts(ours: Path) -> None:
    """Scripts that are cut off or have a byte changed end with some status, and cleanly."""
    choice = random.Random(1)
    for seed in range(12):
        script = "".join(random_script(random.Random(seed))).encode()
        at = choice.randrange(len(script))
        changed = script[:at] + choice.choice([b"", b"'", b"(", b"}", b"`", b"$", b"<"])
        if choice.random() < 0.5:
            changed += script[at + 1 :]
        result = _run(Case(f"seed {seed}", "broken", f"set -n\n{changed.decode()}"), ours)
        assert result.status in (0, 2), result
        assert b"Sanitizer" not in result.stderr, result.stderr.decode()


class Terminal:
    """Our shell as the login shell of a terminal."""

    def __init__(self, shell: Path, home: Path) -> None:
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            environment = ENVIRONMENT | {"PATH": "/usr/bin:/bin", "HOME": str(home)}
            os.execve(shell / "sh", ["-sh"], environment)
        self.output = ""

    def read_until(self, text: str) -> str:
        """Everything up to and with the text."""
        end = time.monotonic() + 20
        while text not in self.output:
            assert time.monotonic() < end, f"no {text!r} in {self.output!r}"
            if select.select([self.fd], [], [], 0.1)[0]:
                self.output += os.read(self.fd, 4096).decode(errors="replace")
        found, _, self.output = self.output.partition(text)
        return found + text

    def type(self, keys: str) -> str:
        """Types at the prompt; what comes back up to the next prompt after a new line."""
        os.write(self.fd, keys.encode())
        return self.read_until("\n@ ")

    def close(self) -> int:
        os.write(self.fd, b"\x04")
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


@pytest.fixture
def terminal(ours: Path, tmp_path: Path) -> Iterator[Terminal]:
    (tmp_path / ".profile").write_text("PS1='@ '\n")  # after the host's own profile
    session = Terminal(ours, tmp_path)
    try:
        session.read_until("@ ")
        yield session
    finally:
        _end(session.pid)


def _end(pid: int) -> None:
    """Ends the session of a test that failed."""
    try:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    except (ProcessLookupError, ChildProcessError):
        pass


def test_editing(terminal: Terminal) -> None:
    assert "\naXbc\r" in terminal.type("echo abc\x1b[D\x1b[DX\r")
    assert "\naXbc\r" in terminal.type("\x1b[A\r")
    assert "\nkept\r" in terminal.type("echo lost\x15echo kept\r")
    assert "\na c\r" in terminal.type("echo a b\x17c\r")
    assert "\nend start\r" in terminal.type("start\x01echo end \r")
    assert "\n\u00e9\r" in terminal.type("echo \u00e9\u00fc\x7f\r")
    assert "^C" in terminal.type("echo no\x03")
    assert "\n130\r" in terminal.type("echo $?\r")
    assert terminal.close() == 0


def test_errors_return_to_the_prompt(terminal: Terminal) -> None:
    assert "sh: x: no" in terminal.type("echo ${x?no}\r")
    assert "syntax error" in terminal.type("echo )\r")
    assert "not found" in terminal.type("nosuchcommand\r")
    assert "\n127\r" in terminal.type("echo $?\r")
    os.write(terminal.fd, b"exit 3\r")
    assert os.waitstatus_to_exitcode(os.waitpid(terminal.pid, 0)[1]) == 3


def test_lines_go_on(terminal: Terminal) -> None:
    os.write(terminal.fd, b"if true\r")
    terminal.read_until("> ")
    os.write(terminal.fd, b"then echo yes\r")
    terminal.read_until("> ")
    assert "\nyes\r" in terminal.type("fi\r")


def test_job_control(terminal: Terminal) -> None:
    os.write(terminal.fd, b"sleep 100\r")
    terminal.read_until("\n")
    time.sleep(0.3)
    assert "Stopped" in terminal.type("\x1a")
    assert re.search(r"\[1\] \+ Stopped \(SIGTSTP\) sleep 100", terminal.type("jobs\r"))
    terminal.type("bg\r")
    assert "Running" in terminal.type("jobs\r")
    os.write(terminal.fd, b"fg\r")
    terminal.read_until("sleep 100\r\n")
    time.sleep(0.3)
    terminal.type("\x03")
    assert "\n130\r" in terminal.type("echo $?\r")


def test_an_interrupt_drops_the_rest_of_the_line(terminal: Terminal) -> None:
    os.write(terminal.fd, b"sleep 100; echo wro''ng\r")
    terminal.read_until("\n")
    time.sleep(0.3)
    assert "wrong" not in terminal.type("\x03")
    assert "\n130\r" in terminal.type("echo $?\r")
    terminal.type("trap 'echo caught' INT\r")
    os.write(terminal.fd, b"sleep 100\r")
    terminal.read_until("\n")
    time.sleep(0.3)
    assert "\ncaught\r" in terminal.type("\x03")

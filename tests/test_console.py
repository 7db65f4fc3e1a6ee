"""The console: plain lines in logs, one moving line on a terminal."""

from __future__ import annotations

import io

import pytest

from exodist.console import Console, emit
from exodist.errors import ExodistError, ToolError


class Terminal(io.StringIO):
    """A stream that claims to be a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_log_has_no_moving_line() -> None:
    stream = io.StringIO()
    console = Console(stream)
    console.step("building")
    console.progress(1, 2, "cat.c")
    console.warning("odd")
    console.close()
    assert stream.getvalue() == "building\nwarning: odd\n"


def test_a_terminal_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    console = Console(stream)
    console.progress(1, 2, "cat.c")
    console.note("between")
    console.progress(2, 2, "wc.c")
    console.close()
    console.close()
    said = stream.getvalue()
    assert "[1/2] cat.c" in said
    assert "\r\x1b[Kbetween\n" in said
    assert said.endswith("\r\x1b[K")


def test_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = Terminal()
    Console(stream).step("building")
    assert stream.getvalue() == "\x1b[1mbuilding\x1b[0m\n"


def test_errors_show_what_the_program_said() -> None:
    stream = io.StringIO()
    Console(stream).error(ToolError("`cc` failed", output="a.c:1: bad\n", hint="look"))
    Console(stream).error(ExodistError("it broke"))
    assert stream.getvalue() == "a.c:1: bad\nerror: `cc` failed\nhint: look\nerror: it broke\n"


def test_emit(capsys: pytest.CaptureFixture[str]) -> None:
    emit({"event": "done", "name": "é"})
    assert capsys.readouterr().out == '{"event": "done", "name": "\\u00e9"}\n'

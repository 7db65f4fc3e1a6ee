"""What people see while a command works: steps, progress, notes, warnings, errors. stderr only.

Data goes to stdout, and with `--json` it is one object a line, written by `emit`. A progress line
rewrites itself on a terminal; elsewhere (a log, CI) only steps are printed, never a moving line.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
from typing import TextIO

from exodist.errors import ExodistError, ToolError

_BOLD, _RED, _YELLOW, _DIM, _RESET = "\x1b[1m", "\x1b[31m", "\x1b[33m", "\x1b[2m", "\x1b[0m"


class Console:
    """One writer for all threads of a command."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._moving = False

    @property
    def stream(self) -> TextIO:
        return self._stream or sys.stderr

    @property
    def live(self) -> bool:
        """True where a line may be rewritten."""
        return self.stream.isatty() and os.environ.get("TERM") != "dumb"

    def step(self, text: str) -> None:
        """A stage of the work that begins."""
        self._line(text, _BOLD)

    def note(self, text: str) -> None:
        self._line(text, "")

    def warning(self, text: str) -> None:
        self._line(f"warning: {text}", _YELLOW)

    def hint(self, text: str) -> None:
        self._line(f"hint: {text}", "")

    def error(self, error: ExodistError) -> None:
        if isinstance(error, ToolError) and error.output.strip():
            self._line(error.output.rstrip(), "")
        self._line(f"error: {error}", _RED)
        if error.hint:
            self.hint(error.hint)

    def progress(self, done: int, total: int, text: str) -> None:
        """`done` of `total` on one moving line; nothing where lines do not move."""
        if not self.live:
            return
        with self._lock:
            width = shutil.get_terminal_size().columns
            line = f"[{done}/{total}] {text}"[: width - 1]
            self.stream.write(f"\r\x1b[K{_DIM}{line}{_RESET}")
            self.stream.flush()
            self._moving = True

    def _line(self, text: str, colour: str) -> None:
        with self._lock:
            if self._moving:
                self.stream.write("\r\x1b[K")
                self._moving = False
            coloured = colour and self.live and "NO_COLOR" not in os.environ
            self.stream.write(f"{colour}{text}{_RESET}\n" if coloured else f"{text}\n")
            self.stream.flush()

    def close(self) -> None:
        """Clear a progress line that still stands."""
        with self._lock:
            if self._moving:
                self.stream.write("\r\x1b[K")
                self.stream.flush()
                self._moving = False


console = Console()


def emit(event: dict[str, object]) -> None:
    """One JSON object on one line of stdout."""
    sys.stdout.write(json.dumps(event, sort_keys=False) + "\n")
    sys.stdout.flush()

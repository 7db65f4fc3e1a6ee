"""The exception tree: by whose fault, and so by which exit code.

    ExodistError               70  our own bug, unless a caller says otherwise
    ├── ManifestError           2  the author of a manifest, component, board or command line
    ├── ToolError               3  a program or environment that is missing or failed
    ├── SourceError             4  a source that is missing, cut short or of another digest
    ├── FormatError             1  bytes that are not what they claim to be
    ├── CheckError              1  the thing that was checked is wrong
    ├── SignatureError          5  a signature or key that does not hold
    └── MeasurementError        5  a measurement that differs from its prediction

A failed check raises, it never returns False. A message is one line: what is wrong, with literals
in backticks; `where` names file and line, field or offset; `hint` says what to do about it.
"""

from __future__ import annotations


class ExodistError(Exception):
    """Anything that ends a command with one clear line instead of a traceback."""

    exit_code = 70

    def __init__(
        self,
        message: str,
        *,
        where: str | None = None,
        hint: str | None = None,
        exit_code: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint
        if exit_code is not None:
            self.exit_code = exit_code

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class ManifestError(ExodistError):
    exit_code = 2


class ToolError(ExodistError):
    """A program we ran: its status and last lines are in the message or in `output`."""

    exit_code = 3

    def __init__(
        self,
        message: str,
        *,
        where: str | None = None,
        hint: str | None = None,
        exit_code: int | None = None,
        output: str = "",
    ) -> None:
        super().__init__(message, where=where, hint=hint, exit_code=exit_code)
        self.output = output


class SourceError(ExodistError):
    exit_code = 4


class FormatError(ExodistError):
    exit_code = 1


class CheckError(ExodistError):
    exit_code = 1


class SignatureError(ExodistError):
    exit_code = 5


class MeasurementError(ExodistError):
    exit_code = 5

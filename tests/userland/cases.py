"""The cases of the `.test` files beside the utilities and the shell.

A file is a list of cases::

    # comment
    name: short words
    run: <one command line of sh>
    stdin:
      text, each line indented by two spaces
    stdout:
      text; a last line `\\` alone says that no newline ends it
    stderr: any
    status: 0
    oracle: none

Rules: `name` begins a case; `run` may stand in front of indented lines instead of a command line.
What is absent is empty: no input, no output, nothing on stderr, status 0. `stderr: any` allows
diagnostics, `status: nonzero` any failure. `oracle: none` leaves the host's tools out, with a
comment that says why. A blank line within a block belongs to it, those at its end don't.

This module knows nothing of exodist, of pytest or of the guest: text in, cases out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FIELDS = ("name", "run", "stdin", "stdout", "stderr", "status", "oracle")
BLOCKS = ("run", "stdin", "stdout")


class CaseError(ValueError):
    """A `.test` file that breaks the rules above; says file and line."""


@dataclass(frozen=True)
class Case:
    """One case: what is run, and what must come of it."""

    where: str
    name: str
    run: str
    stdin: bytes = b""
    stdout: bytes = b""
    any_stderr: bool = False
    status: int | None = 0  # None: any but 0
    oracle: bool = True

    def faults(self, result: Result) -> list[str]:
        """What of the result is not as the case wants it: one line each."""
        found = []
        if result.stdout != self.stdout:
            found.append(f"stdout is {result.stdout!r}, expected {self.stdout!r}")
        if result.stderr and not self.any_stderr:
            found.append(f"stderr is {result.stderr!r}, expected nothing")
        if self.status is None and result.status == 0:
            found.append("status is 0, expected a failure")
        if self.status is not None and result.status != self.status:
            found.append(f"status is {result.status}, expected {self.status}")
        return [f"{self.where} ({self.name}): {fault}" for fault in found]


@dataclass(frozen=True)
class Result:
    """What one run of a case gave."""

    stdout: bytes
    stderr: bytes
    status: int


@dataclass(frozen=True)
class _Field:
    line: int
    name: str
    value: str
    block: list[str] | None


def load(path: Path) -> list[Case]:
    """The cases of one file."""
    return parse(path.read_text(encoding="utf-8"), path.name)


def parse(text: str, where: str) -> list[Case]:
    """The cases in the text of a `.test` file; raises CaseError."""
    cases = [_case(fields, where) for fields in _group(_fields(text, where), where)]
    names = [case.name for case in cases]
    for case in cases:
        if names.count(case.name) > 1:
            raise CaseError(f"{case.where}: the name `{case.name}` is there twice")
    return cases


def _fields(text: str, where: str) -> Iterator[_Field]:
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        number, line = at + 1, lines[at]
        at += 1
        if not line.strip() or line.startswith("#"):
            continue
        name, colon, value = line.partition(":")
        if not colon or name not in FIELDS:
            raise CaseError(f"{where}:{number}: expected one of {', '.join(FIELDS)} and a colon")
        block = None
        if name in BLOCKS and not value.strip():
            block, at = _block(lines, at)
        yield _Field(number, name, value.strip(), block)


def _block(lines: list[str], at: int) -> tuple[list[str], int]:
    """The indented lines from `at` on, and where they end."""
    block = []
    while at < len(lines) and (lines[at].startswith("  ") or not lines[at].strip()):
        block.append(lines[at][2:])
        at += 1
    while block and not block[-1].strip():
        block.pop()
    return block, at


def _group(fields: Iterator[_Field], where: str) -> Iterator[dict[str, _Field]]:
    group: dict[str, _Field] = {}
    for field in fields:
        if field.name == "name" and group:
            yield group
            group = {}
        if not group and field.name != "name":
            raise CaseError(f"{where}:{field.line}: a case begins with `name:`")
        if field.name in group:
            raise CaseError(f"{where}:{field.line}: `{field.name}` is there twice")
        group[field.name] = field
    if group:
        yield group


def _case(fields: dict[str, _Field], where: str) -> Case:
    name = fields["name"]
    at = f"{where}:{name.line}"
    run = fields.get("run")
    if run is None:
        raise CaseError(f"{at}: the case `{name.value}` has no `run:`")
    stderr = _one_of(fields.get("stderr"), ("any",), at)
    oracle = _one_of(fields.get("oracle"), ("none",), at)
    return Case(
        where=at,
        name=name.value,
        run=run.value if run.block is None else "\n".join(run.block),
        stdin=_text(fields.get("stdin"), at),
        stdout=_text(fields.get("stdout"), at),
        any_stderr=stderr == "any",
        status=_status(fields.get("status"), at),
        oracle=oracle != "none",
    )


def _one_of(field: _Field | None, values: tuple[str, ...], at: str) -> str | None:
    if field is None:
        return None
    if field.value not in values:
        raise CaseError(f"{at}: `{field.name}` is `{field.value}`, expected {' or '.join(values)}")
    return field.value


def _status(field: _Field | None, at: str) -> int | None:
    if field is None:
        return 0
    if field.value == "nonzero":
        return None
    if not field.value.isdecimal():
        raise CaseError(f"{at}: `status` is `{field.value}`, expected a number or nonzero")
    return int(field.value)


def _text(field: _Field | None, at: str) -> bytes:
    if field is None:
        return b""
    if field.block is None:
        raise CaseError(f"{at}: the text of `{field.name}` stands on the lines below it")
    lines = list(field.block)
    if lines and lines[-1] == "\\":
        return "\n".join(lines[:-1]).encode()
    return "".join(f"{line}\n" for line in lines).encode()

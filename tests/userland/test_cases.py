"""The format of `.test` files, and the framing of the guest's results on a shell of the host."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.userland import guest
from tests.userland.cases import Case, CaseError, Result, parse

TEXT = """\
# a comment
name: all fields
run: cat; exit 3
stdin:
  one

  two
stdout:
  one

  two
  \\
stderr: any
status: 3
oracle: none

name: lines
run:
  echo a
  echo b
stdout:
  a
  b

name: fails
run: false
status: nonzero
"""


def test_parse() -> None:
    first, second, third = parse(TEXT, "x.test")
    assert first == Case(
        "x.test:2", "all fields", "cat; exit 3", b"one\n\ntwo\n", b"one\n\ntwo", True, 3, False
    )
    assert second.run == "echo a\necho b" and second.stdout == b"a\nb\n" and second.oracle
    assert third.status is None and third.stdout == b""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("run: x\n", "a case begins with `name:`"),
        ("name: x\n", "has no `run:`"),
        ("name: x\nrun: a\nrun: b\n", "is there twice"),
        ("name: x\nrun: a\n\nname: x\nrun: a\n", "the name `x` is there twice"),
        ("name: x\nrun: a\nstatus: many\n", "expected a number"),
        ("name: x\nrun: a\nstderr: none\n", "expected any"),
        ("name: x\nrun: a\nstdout: b\n", "stands on the lines below"),
        ("name: x\nshell: a\n", "expected one of"),
        ("hello\n", "expected one of"),
    ],
)
def test_bad_files(text: str, message: str) -> None:
    with pytest.raises(CaseError, match=message):
        parse(text, "x.test")


def test_faults() -> None:
    case = Case("x.test:1", "x", "run", stdout=b"a\n")
    assert case.faults(Result(b"a\n", b"", 0)) == []
    assert len(case.faults(Result(b"b\n", b"oops", 1))) == 3
    assert Case("x", "x", "run", status=None).faults(Result(b"", b"", 0))


HARD = [
    Case("1", "bytes", r"printf 'a\000b\377\n'", stdout=b"a\0b\xff\n"),
    Case("2", "input", "cat", stdin=b"it's 100% \\n\n\ttab", stdout=b"it's 100% \\n\n\ttab"),
    Case("3", "status and both streams", "echo out; echo err >&2; exit 7", b"", b"out\n", True, 7),
    Case("4", "quotes", "echo \"it's\"; : 'case 9 9'", stdout=b"it's\n"),
    Case("5", "frame in the output", "echo 'case 3 0'; echo out 61", stdout=b"case 3 0\nout 61\n"),
    Case("6", "own directory", "ls; : >left; mkdir d; chmod 0 d"),
    Case("7", "empty again", "ls"),
    Case("8", "long", "i=0; while test $i -lt 9; do echo $i$i; i=$((i+1)); done",
         stdout=b"".join(b"%d%d\n" % (i, i) for i in range(9))),
]  # fmt: skip


def test_guest_script() -> None:
    shell = shutil.which("dash") or "/bin/sh"
    script = guest.script(HARD, "printf")
    done = subprocess.run([shell, "-c", script], capture_output=True, text=True, check=True)
    results = guest.results(done.stdout, len(HARD))
    faults = [f for case, result in zip(HARD, results, strict=True) for f in case.faults(result)]
    assert not faults, faults
    assert results[2].stderr == b"err\n"


def test_guest_script_cut_short() -> None:
    with pytest.raises(CaseError, match="ended early"):
        guest.results("case 0 0\n", 2)
    with pytest.raises(CaseError, match="not a line"):
        guest.results("case 0 0\nKilled\n", 1)
    with pytest.raises(CaseError, match="expected"):
        guest.results("case 0 0\ncase 2 0\n", 3)

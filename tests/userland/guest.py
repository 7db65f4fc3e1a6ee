"""The cases of one utility as one shell script for the guest, and its output as results.

The guest has our shell and our utilities, and one channel for text. So the script runs each case
in a directory of its own, keeps its output in files, and prints them framed: a line
`case NUMBER STATUS`, then `od`'s bytes of stdout and of stderr, one line of `out` or `err` each
per line of od. Bytes as hexadecimal cannot be mistaken for the frame. The same script runs on the
host, which is how the framing itself is tested.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from tests.userland.cases import Case, CaseError, Result

# Utilities that shells have as builtins too: the cases are about the programs.
BUILTIN = ("echo", "false", "kill", "printf", "pwd", "test", "true")


def command(case: Case, utility: str) -> str:
    """The case's commands, with the utility as a program even where the shell has a builtin."""
    if utility not in BUILTIN:
        return case.run
    return f'{utility}() {{ env {utility} "$@"; }}\n{case.run}'


def script(cases: Sequence[Case], utility: str) -> str:
    """One script for all cases; its output is read by results()."""
    lines = [
        "umask 022",
        "export LC_ALL=C TZ=UTC0",
        'top=${TMPDIR:-/tmp}/cases.$$; mkdir "$top" || exit 125; export HOME="$top"',
        "frame() {",
        '    echo "case $1 $2"',
        '    od -An -v -tx1 <"$top/out" | sed "s/^/out/"',
        '    od -An -v -tx1 <"$top/err" | sed "s/^/err/"',
        "}",
    ]
    for number, case in enumerate(cases):
        lines += _case(number, case, utility)
    lines.append('cd /; rm -rf "$top"')
    return "\n".join(lines) + "\n"


def _case(number: int, case: Case, utility: str) -> list[str]:
    stdin = "</dev/null"
    lines = ['mkdir "$top/in"; cd "$top/in"']
    if case.stdin:
        # printf, as a here-document always ends with a newline and the input may not.
        octal = "".join(f"\\{byte:03o}" if byte != 10 else "\\n" for byte in case.stdin)
        text = "".join(chr(b) if 32 <= b < 127 and b not in b"\\%'" else o
                       for b, o in zip(case.stdin, _split(octal), strict=True))  # fmt: skip
        lines.append(f"printf '{text}' >\"$top/stdin\"")
        stdin = '<"$top/stdin"'
    run = shlex.quote(command(case, utility))
    lines.append(f'sh -c {run} {stdin} >"$top/out" 2>"$top/err"')
    lines.append(f'frame {number} $?; cd /; chmod -R u+rwx "$top/in"; rm -rf "$top/in"')
    return lines


def _split(octal: str) -> list[str]:
    parts = []
    while octal:
        width = 2 if octal.startswith("\\n") else 4
        parts.append(octal[:width])
        octal = octal[width:]
    return parts


def results(output: str, count: int) -> list[Result]:
    """The results of `count` cases in the output; raises CaseError where one is missing."""
    found: list[Result] = []
    status = 0
    texts = {"out": bytearray(), "err": bytearray()}
    for line in output.splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "case":
            number, _, code = rest.partition(" ")
            if int(number) > 0:
                found.append(Result(bytes(texts["out"]), bytes(texts["err"]), status))
            if int(number) != len(found):
                raise CaseError(f"result {number} came where {len(found)} was expected")
            status, texts = int(code), {"out": bytearray(), "err": bytearray()}
        elif kind in texts:
            texts[kind] += bytes.fromhex(rest)
        else:
            raise CaseError(f"not a line of a result: `{line}`")
    found.append(Result(bytes(texts["out"]), bytes(texts["err"]), status))
    if len(found) != count:
        raise CaseError(f"{len(found)} results came, expected {count}: the script ended early")
    return found

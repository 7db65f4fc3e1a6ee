"""userland/libc on the host, under sanitizers, with the host's C library as the judge."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Driver = Callable[..., subprocess.CompletedProcess[str]]

# Kind (B basic, E extended, i case, n newline, u UTF-8), pattern, text ("NULL" is empty), answer:
# whole match and groups. From XBD 9 and the rules of its "matched": leftmost, longest, the same for
# each subexpression from left to right; groups in a loop tell of its last round.
REGEX = [
    ("B", r"a*b", "xaab", "(1,4)"),
    ("B", r"\(a*\)*", "aa", "(0,2)(0,2)"),
    ("B", r"*a", "x*a", "(1,3)"),
    ("B", r"\(*a\)", "*a", "(0,2)(0,2)"),
    ("B", r"^*a", "*a", "(0,2)"),
    ("B", r"a^b$c", "a^b$c", "(0,5)"),
    ("B", r"a\{2,3\}", "aaaa", "(0,3)"),
    ("B", r"a\{2\}\(b\)\{0,1\}", "aab", "(0,3)(2,3)"),
    ("B", r"\(.\)\1", "abccd", "(2,4)(2,3)"),
    ("B", r"^\(.*\)\n*\1$", "abab", "(0,4)(0,2)"),
    ("B", r"\(a*\)b\1", "aabaa", "(0,5)(0,2)"),
    ("B", r"\(a\)\(b\)*\2", "ab", "none"),
    ("B", r"a|b", "a|b", "(0,3)"),
    ("B", r"a+?", "a+?", "(0,3)"),
    ("B", r"[[:alpha:]_][[:alnum:]_]*", "9x_1-", "(1,4)"),
    ("B", r"[]a]*", "]a]x", "(0,3)"),
    ("B", r"[^]a]", "a]b", "(2,3)"),
    ("B", r"[a-]*", "-a-b", "(0,3)"),
    ("B", r"[[.-.]x]*", "-x", "(0,2)"),
    ("B", r"\.", "a.", "(1,2)"),
    ("B", r"\(a", "a", "error 8"),
    ("B", r"a\)", "a", "error 8"),
    ("B", r"\2\(a\)", "a", "error 6"),
    ("B", "[a", "a", "error 7"),
    ("B", "[b-a]", "a", "error 11"),
    ("B", "[[:foo:]]", "a", "error 4"),
    ("B", "a\\", "a", "error 5"),
    ("B", r"a\{3,2\}", "a", "error 10"),
    ("B", r"a\{1", "a", "error 9"),
    ("E", "(a|ab)(c|bcd)(d*)", "abcd", "(0,4)(0,2)(2,3)(3,4)"),
    ("E", "(a|ab)(bcd|c)(d*)", "abcd", "(0,4)(0,2)(2,3)(3,4)"),
    ("E", "(a*)(b|abc)(c*)", "abc", "(0,3)(0,1)(1,2)(2,3)"),
    ("E", "((a|ab)(c|bcd))(d*)", "abcd", "(0,4)(0,4)(0,1)(1,4)(4,4)"),
    ("E", "(.a|.b).*|.*(.a|.b)", "xa", "(0,2)(0,2)(?,?)"),
    ("E", "(a*)*", "NULL", "(0,0)(0,0)"),
    ("E", "(a*)*", "b", "(0,0)(0,0)"),
    ("E", "(a|b)*", "x", "(0,0)(?,?)"),
    ("E", "(a*)+", "aa", "(0,2)(0,2)"),
    ("E", "(a|b|c)*", "abc", "(0,3)(2,3)"),
    ("E", "((a)|b)*", "ab", "(0,2)(1,2)(?,?)"),
    ("E", "((a)|b|){2}", "a", "(0,1)(1,1)(?,?)"),
    ("E", "((a)?(b)*){2,}", "ab", "(0,2)(2,2)(?,?)(?,?)"),
    ("E", "(b|(.a?){2,})+", "babbabbb", "(0,8)(0,8)(7,8)"),
    ("E", "(a{0,2}){2}", "aaa", "(0,3)(2,3)"),
    ("E", "(ab?)(b*)?x?", "abb", "(0,3)(0,2)(2,3)"),
    ("E", "xx(.*)y(.*)", "xxaybyc", "(0,7)(2,5)(6,7)"),
    ("E", "()", "x", "(0,0)(0,0)"),
    ("E", "a||b", "b", "(0,1)"),
    ("E", "^|x", "x", "(0,1)"),
    ("E", "a$b|c", "c", "(0,1)"),
    ("E", "a{1,3}{2}", "aaaaaaa", "(0,6)"),
    ("E", "x{0}y", "xy", "(1,2)"),
    ("E", "*a", "a", "error 13"),
    ("E", "(*a)", "a", "error 13"),
    ("E", "(a", "a", "error 8"),
    ("E", "a)", "xa)", "(1,3)"),
    ("E", "a{256}", "a", "error 10"),
    ("E", "a{2,1}", "a", "error 10"),
    ("Ei", "hElLo[a-c]", "HELLOB", "(0,6)"),
    ("Ei", "[^a]", "A", "none"),
    ("E", ".", "\u00e4", "(0,1)"),
    ("Eu", "^.$", "\u00e4", "(0,2)"),
    ("Eu", "(.)(.)x", "\u00e4\u20acx", "(0,6)(0,2)(2,5)"),
    ("Eu", "(x*)(.*)\u20ac", "xa\u20ac", "(0,5)(0,1)(1,2)"),
    ("Eu", "[\u00e0-\u00ef]+", "a\u00e4\u00eb\u00fc", "(1,5)"),
    ("Eu", "[^\u20ac]+", "a\u20ac", "(0,1)"),
]


@pytest.mark.parametrize(
    "name",
    [
        "libc_format",
        "libc_malloc",
        "libc_posix",
        "libc_regex",
        "libc_sort",
        "libc_stream",
        "libc_string",
        "libc_time",
    ],
)
def test_agrees_with_the_host(libc_driver: Driver, name: str) -> None:
    done = libc_driver(name)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_regex_table(libc_driver: Driver, tmp_path: Path) -> None:
    table = tmp_path / "table"
    table.write_text("".join("\t".join(row[:3]) + "\n" for row in REGEX))
    done = libc_driver("libc_regex", str(table))
    assert done.stderr == ""
    found = done.stdout.splitlines()
    assert [(*row[:3], answer) for row, answer in zip(REGEX, found, strict=True)] == REGEX

"""The system-call table: its rules, its generated texts, and the page that is kept in docs/."""

from __future__ import annotations

from pathlib import Path

import pytest

from exodist.build.syscalls import generate, parse
from exodist.errors import FormatError

ONE = """
schema = 1
[[call]]
number = 3
name = "gate_call"
args = ["gate", "m0"]
results = ["flags", "m0"]
carries = true
type = "gate"
rights = ["call"]
gas = 8
errors = ["DEAD"]
text = "Calls."
"""


def test_page_in_docs_is_the_generated_one(tree: Path) -> None:
    table = (tree / "kernel/abi/syscalls.toml").read_text()
    page = (tree / "docs/reference/system-calls.md").read_text()
    assert generate(table)["system-calls.md"] == page


def test_names_and_rights_reach_every_file() -> None:
    files = generate(ONE)
    assert "SYS_gate_call = 3," in files["exo/syscall.h"]
    assert "SYSCALL(3, gate_call, CAP_GATE, RIGHT_CALL, 8)" in files["syscall_table.inc"]
    assert 'CHECK(3, "gate_call", CAP_GATE, RIGHT_CALL)' in files["syscall_checks.inc"]
    assert "`gate_call(gate, m0) → flags, m0`" in files["system-calls.md"]
    assert '__asm__("r12") = carry_page' in files["exo/syscall.h"]


def test_generation_is_repeatable(tree: Path) -> None:
    table = (tree / "kernel/abi/syscalls.toml").read_text()
    assert generate(table) == generate(table)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("schema = 1", "schema = 2", "schema 1 expected"),
        ("number = 3", "number = 128", "`number` is 128"),
        ('type = "gate"', 'type = "door"', "type `door`"),
        ('["call"]', '["fly"]', "unknown right `fly`"),
        ("gas = 8", "gas = 8\ngass = 8", "unknown field `gass`"),
        ("gas = 8\n", "", "field `gas` is missing"),
        ('["gate", "m0"]', "[]", "argument 0"),
        ('["gate", "m0"]', '["a", "b", "c", "d", "e", "f", "g"]', "at most 6"),
        ('["gate", "m0"]', '"gate"', "not a list"),
        ("[[call]]", "[[call", "not TOML"),
    ],
)
def test_a_table_that_breaks_a_rule_is_refused(old: str, new: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        parse(ONE.replace(old, new))


def test_a_number_or_name_used_twice_is_refused() -> None:
    entry = ONE[ONE.index("[[call]]") :]
    with pytest.raises(FormatError, match="number 3 is used"):
        parse(ONE + entry.replace('"gate_call"', '"other"'))
    with pytest.raises(FormatError, match="name is used twice"):
        parse(ONE + entry.replace("number = 3", "number = 4"))

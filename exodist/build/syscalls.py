"""The system-call table becomes C and a reference page: one source, no second copy kept by hand.

`kernel/abi/syscalls.toml` names each call once. From it come, as text keyed by file name:

    exo/syscall.h          numbers and inline stubs for user space (x86_64)
    syscall_table.inc      SYSCALL(number, name, type, rights, gas) lines for the kernel's dispatch
    syscall_checks.inc     CHECK(number, name, type, rights) lines for the bad-capability test
    system-calls.md        docs/reference/system-calls.md

`generate` is pure: text in, texts out. A table that breaks one of its own rules (a number used
twice, an unknown right, more than six arguments) is a FormatError that names the call.
"""

from __future__ import annotations

import itertools
import textwrap
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exodist.errors import FormatError

SOURCE = "kernel/abi/syscalls.toml"
ARGUMENT_REGISTERS = ("rdi", "rsi", "rdx", "r10", "r8", "r9")
TYPES = ("any", "frames", "aspace", "env", "gate", "slice", "irq", "ports")
RIGHTS = (
    "read",
    "write",
    "execute",
    "donate",
    "derive",
    "map",
    "control",
    "notify",
    "call",
    "bind",
    "device",
)
FIELDS = frozenset(
    {"number", "name", "args", "results", "type", "rights", "gas", "errors", "text", "carries"}
)
NUMBER_LIMIT = 128  # the kernel's table has this many entries


@dataclass(frozen=True)
class Call:
    """One entry of the table."""

    number: int
    name: str
    args: tuple[str, ...]
    results: tuple[str, ...]
    type: str
    rights: tuple[str, ...]
    gas: int
    errors: tuple[str, ...]
    text: str
    carries: bool  # rbx and r12 hold a capability and a page that go along

    @property
    def type_constant(self) -> str:
        return "CAP_NONE" if self.type == "any" else f"CAP_{self.type.upper()}"

    @property
    def rights_constant(self) -> str:
        return " | ".join(f"RIGHT_{right.upper()}" for right in self.rights) or "0"


def parse(toml_text: str) -> tuple[Call, ...]:
    """The calls in the order of their numbers."""
    try:
        table = tomllib.loads(toml_text)
    except tomllib.TOMLDecodeError as error:
        raise FormatError(f"not TOML: {error}", where=SOURCE) from None
    if table.get("schema") != 1:
        raise FormatError(f"schema 1 expected, found `{table.get('schema')}`", where=SOURCE)
    calls = tuple(sorted((_call(entry) for entry in table["call"]), key=lambda call: call.number))
    for before, after in itertools.pairwise(calls):
        if before.number == after.number:
            raise FormatError(
                f"number {after.number} is used by `{before.name}` too", where=_where(after.name)
            )
    names = [call.name for call in calls]
    for name in names:
        if names.count(name) > 1:
            raise FormatError("name is used twice", where=_where(name))
    return calls


def generate(toml_text: str) -> dict[str, str]:
    """Every generated file, keyed by its name below the generated folder."""
    calls = parse(toml_text)
    return {
        "exo/syscall.h": _header(calls),
        "syscall_table.inc": _table(calls),
        "syscall_checks.inc": _checks(calls),
        "system-calls.md": _page(calls),
    }


def _where(name: str) -> str:
    return f"{SOURCE} call `{name}`"


def _call(entry: Mapping[str, object]) -> Call:
    name = str(entry.get("name", "?"))
    unknown = sorted(set(entry) - FIELDS)
    if unknown:
        raise FormatError(f"unknown field `{unknown[0]}`", where=_where(name))
    missing = sorted({"number", "name", "args", "type", "rights", "gas", "text"} - set(entry))
    if missing:
        raise FormatError(f"field `{missing[0]}` is missing", where=_where(name))
    call = Call(
        number=_integer(entry, "number", NUMBER_LIMIT, name),
        name=name,
        args=_words(entry, "args", name),
        results=_words(entry, "results", name),
        type=str(entry["type"]),
        rights=_words(entry, "rights", name),
        gas=_integer(entry, "gas", 1 << 31, name),
        errors=_words(entry, "errors", name),
        text=str(entry["text"]),
        carries=bool(entry.get("carries", False)),
    )
    if call.type not in TYPES:
        raise FormatError(f"type `{call.type}` is none of {', '.join(TYPES)}", where=_where(name))
    for right in call.rights:
        if right not in RIGHTS:
            raise FormatError(f"unknown right `{right}`", where=_where(name))
    for words in (call.args, call.results):
        if len(words) > len(ARGUMENT_REGISTERS):
            raise FormatError(f"{len(words)} values, at most 6 fit", where=_where(name))
    if not call.args:
        raise FormatError("argument 0, the slot, is missing", where=_where(name))
    return call


def _integer(entry: Mapping[str, object], field: str, limit: int, name: str) -> int:
    value = entry[field]
    if not isinstance(value, int) or not 0 <= value < limit:
        raise FormatError(f"`{field}` is {value}, expected 0 to {limit - 1}", where=_where(name))
    return value


def _words(entry: Mapping[str, object], field: str, name: str) -> tuple[str, ...]:
    value = entry.get(field, [])
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise FormatError(f"`{field}` is not a list of words", where=_where(name))
    return tuple(value)


def _head(what: str) -> str:
    return f"/* {what}; generated from {SOURCE} by exodist/build/syscalls.py. */\n"


def _header(calls: Sequence[Call]) -> str:
    numbers = "".join(f"    SYS_{call.name} = {call.number},\n" for call in calls)
    return (
        _head("System calls: numbers and user stubs for x86_64")
        + "#pragma once\n\n#include <exo/types.h>\n\n"
        + f"enum exo_syscall {{\n{numbers}}};\n\n"
        + f"#define SYS_LIMIT {NUMBER_LIMIT}\n"
        + "".join(_stub(call) for call in calls)
    )


def _stub(call: Call) -> str:
    """An inline function: status returned, one result through a pointer, more through a struct."""
    text = "\n"
    parameters = [f"uint64_t {arg}" for arg in call.args]
    if call.carries:
        parameters += ["uint64_t carry_cap", "uint64_t carry_page"]
    if len(call.results) > 1:
        fields = "".join(f"    uint64_t {result};\n" for result in call.results)
        text += f"struct exo_{call.name} {{\n{fields}}};\n\n"
        parameters.append(f"struct exo_{call.name} *out")
    elif call.results:
        parameters.append("uint64_t *out")
    text += f"static inline status_t exo_{call.name}({', '.join(parameters)})\n{{\n"
    width = max(len(call.args), len(call.results))
    for index, register in enumerate(ARGUMENT_REGISTERS[:width]):
        value = call.args[index] if index < len(call.args) else "0"
        text += f'    register uint64_t a{index} __asm__("{register}") = {value};\n'
    if call.carries:
        text += '    register uint64_t c0 __asm__("rbx") = carry_cap;\n'
        text += '    register uint64_t c1 __asm__("r12") = carry_page;\n'
    operands = [f'"+r"(a{i})' for i in range(len(call.results))]
    inputs = [f'"r"(a{i})' for i in range(len(call.results), width)]
    if call.carries:
        inputs += ['"r"(c0)', '"r"(c1)']
    text += f"    status_t status = SYS_{call.name};\n"
    outputs = ", ".join(['"+a"(status)', *operands])
    text += (
        f'    __asm__ volatile("syscall"\n                     : {outputs}\n'
        f"                     : {', '.join(inputs)}\n"
        '                     : "rcx", "r11", "memory");\n'
    )
    if len(call.results) > 1:
        text += "".join(f"    out->{name} = a{i};\n" for i, name in enumerate(call.results))
    elif call.results:
        text += "    *out = a0;\n"
    return text + "    return status;\n}\n"


def _table(calls: Sequence[Call]) -> str:
    lines = "".join(
        f"SYSCALL({call.number}, {call.name}, {call.type_constant}, {call.rights_constant}, "
        f"{call.gas})\n"
        for call in calls
    )
    return _head("SYSCALL(number, name, type, rights, gas)") + lines


def _checks(calls: Sequence[Call]) -> str:
    lines = "".join(
        f'CHECK({call.number}, "{call.name}", {call.type_constant}, {call.rights_constant})\n'
        for call in calls
    )
    return _head("CHECK(number, name, type, rights)") + lines


PAGE_HEAD = f"""\
# System calls

<!-- Generated from {SOURCE} by exodist/build/syscalls.py; do not edit. -->

Calls are made with `syscall`: `rax` holds the number and takes the status (0, or a negative code
of `enum exo_status` in `exo/types.h`); arguments, and results where a call has any, are in `rdi`,
`rsi`, `rdx`, `r10`, `r8`, `r9`, in this order. `rcx` and `r11` are lost, all other registers are
preserved. Argument 0 is always the slot of the capability that the call uses. The kernel never
reads or writes memory through an address of the caller's: everything is in registers.

Every call may fail with `BAD_SLOT`, `BAD_TYPE`, `BAD_RIGHTS`, `NO_GAS`, and with `DEAD` where the
object is being destroyed. Gas is debited before anything is changed.

| number | call | capability | rights | gas |
|---|---|---|---|---|
"""


def _page(calls: Sequence[Call]) -> str:
    rows = "".join(
        f"| {call.number} | [`{call.name}`](#{call.name}) | {call.type} "
        f"| {', '.join(call.rights) or '-'} | {call.gas} |\n"
        for call in calls
    )
    return PAGE_HEAD + rows + "".join(_section(call) for call in calls)


def _section(call: Call) -> str:
    results = f" → {', '.join(call.results)}" if call.results else ""
    text = "\n".join(textwrap.wrap(call.text, 98, break_long_words=False, break_on_hyphens=False))
    errors = (
        f"\n\nErrors: {', '.join(f'`{error}`' for error in call.errors)}." if call.errors else ""
    )
    return f"\n## {call.name}\n\n`{call.name}({', '.join(call.args)}){results}`\n\n{text}{errors}\n"

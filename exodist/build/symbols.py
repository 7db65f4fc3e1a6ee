"""Names for the kernel's epitaphs: the linked kernel's own symbol table, put into its image.

The kernel keeps a read-only array `kernel_symbols` for it (kernel/lib/symbols.c says the layout):
u32 count, u32 zero, then `count` entries of u32 offset from `kernel_start` and u32 offset of the
name within the array, sorted, then the names, each with a NUL. A plain link leaves it empty.
"""

from __future__ import annotations

import io
import struct
from typing import Any

from elftools.elf.elffile import ELFFile

from exodist.errors import FormatError

ARRAY = "kernel_symbols"
BASE = "kernel_start"
TEXT = ".text"


def embed_symbols(elf: bytes) -> bytes:
    """The same ELF file with the array filled, or as it is where the kernel has no such array;
    raises FormatError where the names do not fit.
    """
    file = ELFFile(io.BytesIO(elf))
    table = file.get_section_by_name(".symtab")
    array = _find(table, ARRAY)
    if array is None:
        return elf
    section = file.get_section(array["st_shndx"])
    at = section["sh_offset"] + array["st_value"] - section["sh_addr"]
    filled = _encode(_functions(file, table))
    if len(filled) > array["st_size"]:
        raise FormatError(
            f"{len(filled)} bytes of names, `{ARRAY}` has {array['st_size']}",
            where="kernel.elf",
            hint="enlarge SYMBOLS_SIZE in kernel/lib/symbols.c",
        )
    return elf[:at] + filled + elf[at + len(filled) :]


def _find(table: Any, name: str) -> Any:
    found = table.get_symbol_by_name(name) if table else None
    return found[0] if found else None


def _functions(file: ELFFile, table: Any) -> dict[int, str]:
    """Offsets of functions, and of the global labels of assembly, and what they are called."""
    base = _find(table, BASE)["st_value"]
    found: dict[int, str] = {}
    for symbol in table.iter_symbols():
        info, index = symbol["st_info"], symbol["st_shndx"]
        function = info["type"] == "STT_FUNC"
        label = info["type"] == "STT_NOTYPE" and info["bind"] == "STB_GLOBAL"
        if not isinstance(index, int) or file.get_section(index).name != TEXT:
            continue
        offset = symbol["st_value"] - base
        if function or (label and offset not in found):
            found[offset] = symbol.name
    return dict(sorted(found.items()))


def _encode(functions: dict[int, str]) -> bytes:
    names = b""
    entries = b""
    start = 8 + 8 * len(functions)
    for offset, name in functions.items():
        entries += struct.pack("<II", offset, start + len(names))
        names += name.encode() + b"\0"
    return struct.pack("<II", len(functions), 0) + entries + names

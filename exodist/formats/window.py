"""A bounded view of bytes that may be truncated or hostile.

Every parser of an image reads through a window, so that a field beyond the end is one
FormatError that names the image, the offset and the field, and never an IndexError.
The bytes may be a memory map: nothing is copied but what is read.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from typing import Any, NoReturn

from exodist.errors import FormatError

Buffer = bytes | bytearray | memoryview | mmap.mmap


@dataclass(frozen=True)
class Window:
    """`size` bytes of `data` from `start`, called `name` in errors."""

    data: Buffer
    name: str
    start: int
    size: int

    @classmethod
    def whole(cls, data: Buffer, name: str = "image") -> Window:
        """The window over all of `data`."""
        return cls(data, name, 0, len(data))

    def read(self, offset: int, size: int, field: str) -> bytes:
        """Exactly `size` bytes at `offset`."""
        if offset < 0 or size < 0 or offset + size > self.size:
            self.fail(
                offset,
                field,
                f"`{field}` lies outside: expected {size} bytes, "
                f"found {max(0, self.size - max(offset, 0))}",
                hint="the image is truncated or damaged",
            )
        at = self.start + offset
        return bytes(self.data[at : at + size])

    def unpack(self, layout: str, offset: int, field: str) -> tuple[Any, ...]:
        """`struct.unpack` of the fields at `offset`."""
        return struct.unpack(layout, self.read(offset, struct.calcsize(layout), field))

    def sub(self, offset: int, size: int, name: str) -> Window:
        """The window `name` inside this one."""
        if offset < 0 or size < 0 or offset + size > self.size:
            self.read(offset, size, name)
        return Window(self.data, f"{self.name}:{name}", self.start + offset, size)

    def fail(self, offset: int, field: str, message: str, hint: str | None = None) -> NoReturn:
        """Raise FormatError for the field at `offset`."""
        raise FormatError(message, where=f"{self.name} offset {offset:#x} field {field}", hint=hint)

"""The command channel: how the host runs commands in a booted guest.

The guest's second serial port is a stream of frames: type (1 byte), length (u32, little endian),
payload. Specification: docs/reference/agent.md. `FrameReader` and `encode` do no IO.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from exodist.errors import FormatError

_HEADER = struct.Struct("<BI")
VERSION = 1
PAYLOAD_LIMIT = 1 << 20


# Header of a HELLO frame with its one byte of version; no text holds such zeros.
_GREETING = _HEADER.pack(ord("H"), 1)


class Kind(IntEnum):
    """Frame types; the first four come from the guest."""

    HELLO = ord("H")  # version byte
    STDOUT = ord("O")
    STDERR = ord("E")
    EXIT = ord("X")  # i32: exit status, 128 + signal where it was killed
    COMMAND = ord("C")  # a string for `sh -c`
    PING = ord("P")  # answered by HELLO
    QUIT = ord("Q")  # u8: power off with this status


@dataclass(frozen=True)
class Frame:
    """One message."""

    kind: Kind
    payload: bytes = b""

    def encode(self) -> bytes:
        return _HEADER.pack(self.kind, len(self.payload)) + self.payload

    @property
    def status(self) -> int:
        """The exit status of an EXIT frame."""
        if self.kind is not Kind.EXIT or len(self.payload) != 4:
            raise FormatError(f"expected 4 bytes of exit status, found {len(self.payload)}")
        return int(struct.unpack("<i", self.payload)[0])


class FrameReader:
    """Bytes as they come -> frames as they are complete.

    Firmware takes the port for one more console and writes to it until the kernel has the machine,
    so everything in front of the first greeting is skipped.
    """

    def __init__(self) -> None:
        self._held = b""
        self._greeted = False

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The frames that `data` completes; raises `FormatError` for what no guest sends."""
        self._held += data
        if not self._greeted and not self._find_greeting():
            return
        while len(self._held) >= _HEADER.size:
            kind, length = _HEADER.unpack_from(self._held)
            if kind not in set(Kind) or length > PAYLOAD_LIMIT:
                raise FormatError(
                    f"the guest sent a frame of type 0x{kind:02x} and {length} bytes",
                    where="command channel",
                )
            end = _HEADER.size + length
            if len(self._held) < end:
                return
            payload, self._held = self._held[_HEADER.size : end], self._held[end:]
            yield Frame(Kind(kind), payload)

    def _find_greeting(self) -> bool:
        at = self._held.find(_GREETING)
        if at < 0:
            self._held = self._held[-len(_GREETING) + 1 :]
            return False
        self._held = self._held[at:]
        self._greeted = True
        return True

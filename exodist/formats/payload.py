"""A payload: bytes in memory, or a file read in chunks.

Images are larger than memory may be, so writers take payloads and never a whole file.
This is the one module of `formats` that opens files, and only to read them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from exodist.errors import FormatError

Payload = bytes | Path

CHUNK = 1 << 20


def size(payload: Payload) -> int:
    """Length of the payload in bytes."""
    if isinstance(payload, bytes):
        return len(payload)
    return payload.stat().st_size


def chunks(payload: Payload, chunk: int = CHUNK) -> Iterator[bytes]:
    """The payload in pieces of `chunk` bytes; only the last one may be shorter.

    Raises FormatError when a file's length changes while it is read: the layout of the image
    was made for the length that `size` gave.
    """
    if isinstance(payload, bytes):
        for start in range(0, len(payload), chunk):
            yield payload[start : start + chunk]
        return
    expected, seen = size(payload), 0
    with payload.open("rb") as stream:
        while piece := stream.read(chunk):
            seen += len(piece)
            yield piece
    if seen != expected:
        raise FormatError(
            f"file changed while it was read: expected {expected} bytes, found {seen}",
            where=str(payload),
        )

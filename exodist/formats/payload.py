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


def chunks(payload: Payload, expected: int, chunk: int = CHUNK) -> Iterator[bytes]:
    """The payload in pieces of `chunk` bytes; only the last one may be shorter.

    Raises FormatError when there are more or fewer than `expected` bytes: a layout was made for
    that size, and a file may change meanwhile.
    """
    seen = 0
    for piece in _pieces(payload, chunk):
        seen += len(piece)
        if seen > expected:
            break
        yield piece
    if seen != expected:
        where = str(payload) if isinstance(payload, Path) else "payload"
        raise FormatError(
            f"the file changed while it was read: it had {expected} bytes", where=where
        )


def _pieces(payload: Payload, chunk: int) -> Iterator[bytes]:
    if isinstance(payload, bytes):
        for start in range(0, len(payload), chunk):
            yield payload[start : start + chunk]
        return
    with payload.open("rb") as stream:
        while piece := stream.read(chunk):
            yield piece

"""Everything that other tools take from the clock or from chance.

Times are the manifest's epoch. Every UUID, serial and volume id derives from names alone, so that
a changed file changes nothing but itself and what must commit to it (RFC 9562, UUID version 5).
"""

from __future__ import annotations

from uuid import UUID, uuid5

NAMESPACE = UUID("6f6e6b1e-5f0e-5c0d-9e0d-6578d6f76365")


def identity(manifest: str, image: str, what: str) -> UUID:
    """The UUID of `what` (say `esp`, `disk`, `fs`) in one image of one manifest."""
    return uuid5(NAMESPACE, f"{manifest}/{image}/{what}")

"""Names in the kernel's image: what is left as it is (tests/boot/test_kernel.py has the rest)."""

from __future__ import annotations

import struct

from exodist.build.symbols import embed_symbols


def test_a_kernel_without_the_array_is_left_as_it_is() -> None:
    bare = b"\x7fELF\x02\x01\x01".ljust(16, b"\0") + struct.pack(
        "<HHIQQQIHHHHHH", 2, 62, 1, 0, 0, 0, 0, 64, 56, 0, 64, 0, 0
    )
    assert embed_symbols(bare) == bare

"""The unified kernel image: sections in place, same bytes each time, wrong stubs refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exodist.errors import FormatError
from exodist.formats import pe, uki
from exodist.images.uki import build_uki
from tests.formats.pe_samples import small_image

PARTS = {
    "osrel": b"ID=exov6\n",
    "uname": b"0.1.0",
    "cmdline": b"console=ttyS0",
    "sbat": b"sbat,1,x\n",
    "linux": b"\x7fELF" + bytes(5000),
    "initrd": b"EXOBARC1" + bytes(4088),
}


def stub() -> bytes:
    image = small_image()
    return pe.PeImage(**{**image.__dict__, "sections": image.sections[:1]}).encode()


def test_parts_come_back() -> None:
    image = build_uki(stub(), arch="x86_64", **PARTS)
    assert image == build_uki(stub(), arch="x86_64", **PARTS)
    found = uki.components(pe.check_canonical(image))
    assert {name.value[1:]: data for name, data in found.items()} == PARTS
    signed = build_uki(stub(), arch="x86_64", **PARTS, pcrpkey=b"key", pcrsig=b"{}")
    assert uki.components(pe.parse(signed))[uki.UkiSection.PCRSIG] == b"{}"


@given(st.fixed_dictionaries({name: st.binary(min_size=1, max_size=2000) for name in PARTS}))
def test_round_trip(parts: dict[str, bytes]) -> None:
    found = uki.components(pe.check_canonical(build_uki(stub(), arch="x86_64", **parts)))
    assert {name.value[1:]: data for name, data in found.items()} == parts


WHOLE = build_uki(stub(), arch="x86_64", **PARTS)


@given(st.integers(0, len(WHOLE) - 1))
def test_truncation_is_refused(size: int) -> None:
    with pytest.raises(FormatError):
        uki.components(pe.check_canonical(WHOLE[:size]))


@given(st.integers(0, 8 * len(WHOLE) - 1))
def test_a_flipped_bit_is_seen_or_is_data(bit: int) -> None:
    damaged = bytearray(WHOLE)
    damaged[bit // 8] ^= 1 << bit % 8
    try:
        image = pe.check_canonical(bytes(damaged))
        uki.components(image)
    except FormatError as error:
        assert "\n" not in str(error)
    else:
        assert image.authenticode_digest() != pe.parse(WHOLE).authenticode_digest()


def test_refusals() -> None:
    with pytest.raises(FormatError, match="machine `AMD64`"):
        build_uki(stub(), arch="aarch64", **PARTS)
    with pytest.raises(FormatError, match=r"`\.cmdline` would be empty"):
        build_uki(stub(), arch="x86_64", **{**PARTS, "cmdline": b""})
    with pytest.raises(FormatError, match=r"section `\.osrel` is missing"):
        uki.components(pe.parse(stub()))

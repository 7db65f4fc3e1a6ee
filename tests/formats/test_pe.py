"""PE images: round trip, what parse refuses, the checksum against pefile."""

from __future__ import annotations

import struct
from dataclasses import replace

import pefile
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exodist.errors import FormatError
from exodist.formats import pe
from tests.formats.pe_samples import small_image

NAMES = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=8)


@given(
    st.dictionaries(NAMES, st.binary(min_size=1, max_size=1500), max_size=6),
    st.binary(max_size=40),
)
def test_round_trip(sections: dict[str, bytes], certificate: bytes) -> None:
    image = small_image()
    for name, content in sections.items():
        if name not in (".text", ".sbat"):
            image = image.with_section(name, content)
    image = image.with_certificate(certificate)
    data = image.encode()
    assert pe.check_canonical(data) == image
    assert pe.parse(data).encode() == data
    for name, content in sections.items():
        if name not in (".text", ".sbat"):
            assert image.section(name).content == content


def test_pefile_agrees() -> None:
    data = small_image().with_section(".cmdline", b"console=ttyS0").encode()
    other = pefile.PE(data=data)
    assert other.verify_checksum()
    assert [section.Name.rstrip(b"\0") for section in other.sections] == [
        b".text",
        b".sbat",
        b".cmdline",
    ]
    assert other.sections[2].get_data()[:13] == b"console=ttyS0"
    assert other.OPTIONAL_HEADER.SizeOfImage == 4 * 4096


@given(st.integers(min_value=0, max_value=4000))
def test_truncated(length: int) -> None:
    data = small_image().with_certificate(b"123").encode()
    with pytest.raises(FormatError):
        pe.check_canonical(data[: min(length, len(data) - 1)])


def test_appended_bytes() -> None:
    for extra in (b"\0", b"\0" * 8, b"x" * 512):
        with pytest.raises(FormatError, match="behind the last section"):
            pe.parse(small_image().encode() + extra)
        with pytest.raises(FormatError, match="certificate table"):
            pe.parse(small_image().with_certificate(b"12345678").encode() + extra)


def test_two_certificates() -> None:
    data = bytearray(small_image().with_certificate(b"12345678").encode())
    directory = small_image()._security_at()
    offset, size = struct.unpack_from("<II", data, directory)
    data += data[offset:]
    struct.pack_into("<II", data, directory, offset, 2 * size)
    with pytest.raises(FormatError, match="dwLength"):
        pe.parse(bytes(data))


def test_payload_in_the_padding() -> None:
    data = bytearray(small_image().with_certificate(b"123").encode())
    data[-1] = 1
    with pytest.raises(FormatError, match="padding"):
        pe.parse(bytes(data))


def test_checksum_is_demanded() -> None:
    data = bytearray(small_image().encode())
    data[64 + 24 + 64] ^= 1
    assert pe.parse(bytes(data)) == small_image()
    with pytest.raises(FormatError, match="expected checksum"):
        pe.check_canonical(bytes(data))


@pytest.mark.parametrize(
    ("offset", "layout", "value", "message"),
    [
        (0, "<H", 0x1234, "magic"),
        (0x3C, "<I", 0xFFFFFFF8, "e_lfanew"),
        (64, "<I", 0, "signature"),
        (68, "<H", 0x14C, "Machine"),
        (68 + 16, "<H", 224, "SizeOfOptionalHeader"),
        (88, "<H", 0x10B, "Magic"),
        (88 + 32, "<I", 512, "SectionAlignment"),
        (88 + 36, "<I", 4096, "FileAlignment"),
        (88 + 68, "<H", 3, "Subsystem"),
        (88 + 108, "<I", 15, "NumberOfRvaAndSizes"),
        (88 + 56, "<I", 0x9000, "SizeOfImage"),
        (88 + 60, "<I", 0x800, "SizeOfHeaders|PointerToRawData"),
        (88 + 16, "<I", 0x8000, "AddressOfEntryPoint"),
        (88 + 240 + 12, "<I", 0x5000, "VirtualAddress"),
        (88 + 240 + 16, "<I", 100, "SizeOfRawData"),
        (88 + 240 + 20, "<I", 0x800, "PointerToRawData"),
        (88 + 240 + 8, "<I", 0, "VirtualSize"),
        (88 + 240, "<Q", 0, "section name"),
    ],
)
def test_wrong_fields(offset: int, layout: str, value: int, message: str) -> None:
    data = bytearray(small_image().encode())
    struct.pack_into(layout, data, offset, value)
    with pytest.raises(FormatError, match=message):
        pe.parse(bytes(data))


def test_section_names() -> None:
    image = small_image()
    with pytest.raises(FormatError, match="already has"):
        image.with_section(".sbat", b"x")
    for name in ("", "ninechars", "\u00e4"):
        with pytest.raises(FormatError, match="section name"):
            image.with_section(name, b"x")
    with pytest.raises(FormatError, match="no section"):
        image.section(".none")
    doubled = replace(image, sections=(*image.sections[:1], image.sections[1]))
    assert doubled == image

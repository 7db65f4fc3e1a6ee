"""PE32+ images for UEFI: bytes <-> `PeImage`, and the one form of them that we accept.

Specification: Microsoft PE Format (sections "MS-DOS Stub", "COFF File Header", "Optional Header",
"Section Table", "The Attribute Certificate Table"); UEFI 2.10 section 2.1.1 for the subsystem.

`encode` writes the canonical form: headers, padded to the file alignment; each section's data
right behind the one before it; the attribute certificate table as the last bytes of the file; the
checksum right. `parse` takes whatever has that shape, with any checksum, and refuses gaps,
overlaps, bytes that no header names and fields that UEFI images do not have. `check_canonical` is
the strict question: are these the very bytes that `encode` would write?
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass, replace
from enum import IntEnum, IntFlag
from typing import NamedTuple, TypeVar

from exodist.errors import FormatError

FILE_ALIGNMENT = 512
SECTION_ALIGNMENT = 4096

_DOS_MAGIC = b"MZ"
_DOS_SIZE = 64
_LFANEW = 0x3C
_PE_MAGIC = b"PE\0\0"
_COFF = struct.Struct("<HHIIIHH")
_OPTIONAL = struct.Struct("<HBBIIIIIQIIHHHHHHIIIIHHQQQQII")
_DIRECTORY = struct.Struct("<II")
_SECTION = struct.Struct("<8sIIIIIIHHI")
_CERTIFICATE = struct.Struct("<IHH")
_PE32_PLUS = 0x20B
_DIRECTORIES = 16
_CHECKSUM_AT = 64  # in the optional header
_WIN_CERT_REVISION_2 = 0x0200
_WIN_CERT_TYPE_PKCS_SIGNED_DATA = 0x0002
_SIZE_LIMIT = 2**31

E = TypeVar("E", bound=IntEnum)


class _Optional(NamedTuple):
    """The optional header's fields, in the order of the file."""

    magic: int
    linker_major: int
    linker_minor: int
    size_of_code: int
    size_of_initialized_data: int
    size_of_uninitialized_data: int
    entry_point: int
    base_of_code: int
    image_base: int
    section_alignment: int
    file_alignment: int
    os_major: int
    os_minor: int
    image_major: int
    image_minor: int
    subsystem_major: int
    subsystem_minor: int
    win32_version: int
    size_of_image: int
    size_of_headers: int
    checksum: int
    subsystem: int
    dll_characteristics: int
    stack_reserve: int
    stack_commit: int
    heap_reserve: int
    heap_commit: int
    loader_flags: int
    directories: int


class Machine(IntEnum):
    AMD64 = 0x8664
    ARM64 = 0xAA64


class Subsystem(IntEnum):
    EFI_APPLICATION = 10


class Directory(IntEnum):
    """Indexes into the data directories, of those that have a meaning here."""

    SECURITY = 4


class Flags(IntFlag):
    """Section characteristics."""

    CODE = 0x00000020
    INITIALIZED_DATA = 0x00000040
    UNINITIALIZED_DATA = 0x00000080
    EXECUTE = 0x20000000
    READ = 0x40000000
    WRITE = 0x80000000


@dataclass(frozen=True)
class Section:
    """One section. `data` is what the file holds: whole units of the file alignment, or nothing."""

    name: str
    virtual_size: int
    virtual_address: int
    data: bytes
    characteristics: int

    @property
    def content(self) -> bytes:
        """The bytes that the section means, without the file's padding."""
        return self.data[: self.virtual_size]


@dataclass(frozen=True)
class PeImage:
    """A PE32+ image. What follows from the sections (sizes, offsets, checksum) is not kept."""

    dos: bytes  # everything before the PE signature, e_lfanew included
    machine: Machine
    timestamp: int
    characteristics: int
    linker_version: tuple[int, int]
    size_of_code: int
    size_of_uninitialized_data: int
    entry_point: int
    base_of_code: int
    image_base: int
    versions: tuple[int, int, int, int, int, int]  # OS, image and subsystem: major, minor
    subsystem: Subsystem
    dll_characteristics: int
    stack_heap: tuple[int, int, int, int]  # reserve and commit of each
    directories: tuple[tuple[int, int], ...]  # 16; the security entry is (0, 0) here
    sections: tuple[Section, ...]
    certificate: bytes = b""  # the PKCS #7 SignedData of the one WIN_CERTIFICATE, or nothing

    def section(self, name: str) -> Section:
        """The section of that name; raises `FormatError` where there is none."""
        for section in self.sections:
            if section.name == name:
                return section
        raise FormatError(f"the image has no section `{name}`", where="section table")

    def with_section(self, name: str, content: bytes) -> PeImage:
        """A copy with one more section of read-only data, behind the last one."""
        if any(section.name == name for section in self.sections):
            raise FormatError(f"the image already has a section `{name}`", where="section table")
        _encode_name(name)
        section = Section(
            name=name,
            virtual_size=len(content),
            virtual_address=self.size_of_image,
            data=_pad(content, FILE_ALIGNMENT),
            characteristics=Flags.INITIALIZED_DATA | Flags.READ,
        )
        return replace(self, sections=(*self.sections, section), certificate=b"")

    def with_certificate(self, pkcs7: bytes) -> PeImage:
        """A copy that carries this PKCS #7 SignedData."""
        return replace(self, certificate=pkcs7)

    @property
    def size_of_image(self) -> int:
        """Where the next section would be loaded."""
        last = self.sections[-1] if self.sections else None
        if last is None:
            return _up(self.size_of_headers, SECTION_ALIGNMENT)
        span = max(last.virtual_size, len(last.data), 1)
        return _up(last.virtual_address + span, SECTION_ALIGNMENT)

    @property
    def size_of_headers(self) -> int:
        table = _SECTION.size * len(self.sections)
        return _up(_optional_end(len(self.dos)) + table, FILE_ALIGNMENT)

    def encode(self) -> bytes:
        """The file, in canonical form."""
        body = bytearray(self._unsigned())
        if self.certificate:
            table = _encode_certificate(self.certificate)
            _DIRECTORY.pack_into(body, self._security_at(), len(body), len(table))
            body += table
        at = len(self.dos) + len(_PE_MAGIC) + _COFF.size + _CHECKSUM_AT
        struct.pack_into("<I", body, at, checksum(body, at))
        return bytes(body)

    def authenticode_digest(self) -> bytes:
        """SHA-256 of the image as Authenticode sees it.

        Everything but the checksum, the security directory entry and the certificate table
        (Windows Authenticode Portable Executable Signature Format, "Calculating the PE Image
        Hash"); in canonical form sections fill the rest of the file in order.
        """
        body = memoryview(self._unsigned())
        checksum_at = len(self.dos) + len(_PE_MAGIC) + _COFF.size + _CHECKSUM_AT
        security_at = self._security_at()
        digest = hashlib.sha256(body[:checksum_at])
        digest.update(body[checksum_at + 4 : security_at])
        digest.update(body[security_at + _DIRECTORY.size :])
        return digest.digest()

    def _security_at(self) -> int:
        directories = _optional_end(len(self.dos)) - _DIRECTORIES * _DIRECTORY.size
        return directories + Directory.SECURITY * _DIRECTORY.size

    def _unsigned(self) -> bytes:
        """Headers and sections, checksum and security entry zero."""
        headers = bytearray(self._headers())
        offset = self.size_of_headers
        for section in self.sections:
            headers += _SECTION.pack(
                _encode_name(section.name),
                section.virtual_size,
                section.virtual_address,
                len(section.data),
                offset if section.data else 0,
                0,
                0,
                0,
                0,
                section.characteristics,
            )
            offset += len(section.data)
        parts = [_pad(bytes(headers), FILE_ALIGNMENT), *(s.data for s in self.sections)]
        return b"".join(parts)

    def _headers(self) -> bytes:
        initialized = sum(
            len(section.data)
            for section in self.sections
            if section.characteristics & Flags.INITIALIZED_DATA
        )
        optional_size = _OPTIONAL.size + _DIRECTORIES * _DIRECTORY.size
        coff = _COFF.pack(
            self.machine,
            len(self.sections),
            self.timestamp,
            0,
            0,
            optional_size,
            self.characteristics,
        )
        optional = _OPTIONAL.pack(
            _PE32_PLUS,
            *self.linker_version,
            self.size_of_code,
            initialized,
            self.size_of_uninitialized_data,
            self.entry_point,
            self.base_of_code,
            self.image_base,
            SECTION_ALIGNMENT,
            FILE_ALIGNMENT,
            *self.versions,
            0,
            self.size_of_image,
            self.size_of_headers,
            0,
            self.subsystem,
            self.dll_characteristics,
            *self.stack_heap,
            0,
            _DIRECTORIES,
        )
        directories = b"".join(_DIRECTORY.pack(*entry) for entry in self.directories)
        return self.dos + _PE_MAGIC + coff + optional + directories


def parse(data: bytes) -> PeImage:
    """The image in `data`; raises `FormatError` with the field that is wrong."""
    reader = _Reader(data)
    dos = _parse_dos(reader)
    coff_at = len(dos) + len(_PE_MAGIC)
    machine, count, timestamp, symbols, symbol_count, optional_size, flags = reader.unpack(
        _COFF, coff_at, "COFF header"
    )
    _demand(symbols == 0 and symbol_count == 0, coff_at + 8, "symbol table", "none", symbols)
    expected = _OPTIONAL.size + _DIRECTORIES * _DIRECTORY.size
    _demand(
        optional_size == expected, coff_at + 16, "SizeOfOptionalHeader", expected, optional_size
    )
    optional_at = coff_at + _COFF.size
    fields = _Optional(*reader.unpack(_OPTIONAL, optional_at, "optional header"))
    _check_optional(fields, optional_at)
    directories = _parse_directories(reader, optional_at + _OPTIONAL.size)
    sections, end = _parse_sections(reader, _optional_end(len(dos)), count, fields.size_of_headers)
    certificate = _parse_certificate(reader, directories[Directory.SECURITY], end)
    image = PeImage(
        dos=dos,
        machine=_enum(Machine, machine, coff_at, "Machine"),
        timestamp=timestamp,
        characteristics=flags,
        linker_version=(fields.linker_major, fields.linker_minor),
        size_of_code=fields.size_of_code,
        size_of_uninitialized_data=fields.size_of_uninitialized_data,
        entry_point=fields.entry_point,
        base_of_code=fields.base_of_code,
        image_base=fields.image_base,
        versions=fields[11:17],
        subsystem=_enum(Subsystem, fields.subsystem, optional_at + 68, "Subsystem"),
        dll_characteristics=fields.dll_characteristics,
        stack_heap=fields[23:27],
        directories=_without_security(directories),
        sections=sections,
        certificate=certificate,
    )
    _check_derived(image, fields, optional_at)
    return image


def check_canonical(data: bytes) -> PeImage:
    """Parse `data` and demand that it is byte for byte what `encode` writes."""
    image = parse(data)
    written = image.encode()
    if written != data:
        at = next(
            (i for i, (a, b) in enumerate(zip(written, data, strict=False)) if a != b),
            min(len(written), len(data)),
        )
        checksum_at = len(image.dos) + len(_PE_MAGIC) + _COFF.size + _CHECKSUM_AT
        what = "checksum" if checksum_at <= at < checksum_at + 4 else "byte"
        raise FormatError(
            f"the image is not in canonical form: expected {what} 0x{written[at : at + 4].hex()}, "
            f"found 0x{data[at : at + 4].hex()}",
            where=f"offset 0x{at:x}",
        )
    return image


def checksum(data: bytes | bytearray, at: int) -> int:
    """The PE checksum of a file whose checksum field is at offset `at` (ImageHlp's algorithm).

    16-bit words are added with end-around carry, the field itself as zero, then the file's size.
    Such a sum is the number that the words form modulo 0xFFFF, and 0xFFFF where that is 0. `at` is
    even, because e_lfanew is a multiple of 8.
    """
    view = memoryview(data)
    number = int.from_bytes(view[:at], "little") % 0xFFFF
    number += int.from_bytes(view[at + 4 :], "little") % 0xFFFF
    return (number % 0xFFFF or 0xFFFF) + len(data)


class _Reader:
    """Bounds-checked access: reading past the end is a `FormatError`, not an exception of ours."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def unpack(self, layout: struct.Struct, at: int, what: str) -> tuple[int, ...]:
        return layout.unpack(self.take(at, layout.size, what))

    def take(self, at: int, size: int, what: str) -> bytes:
        if at < 0 or at + size > len(self.data):
            raise FormatError(
                f"the file ends inside the {what}: expected {size} bytes, "
                f"found {max(0, len(self.data) - at)}",
                where=f"offset 0x{at:x}",
            )
        return self.data[at : at + size]


def _parse_dos(reader: _Reader) -> bytes:
    header = reader.take(0, _DOS_SIZE, "DOS header")
    _demand(header[:2] == _DOS_MAGIC, 0, "magic", "`MZ`", header[:2].hex())
    (lfanew,) = struct.unpack_from("<I", header, _LFANEW)
    _demand(
        _DOS_SIZE <= lfanew <= 1024 and lfanew % 8 == 0, _LFANEW, "e_lfanew", "64..1024", lfanew
    )
    magic = reader.take(lfanew, 4, "PE signature")
    _demand(magic == _PE_MAGIC, lfanew, "signature", "`PE\\0\\0`", magic.hex())
    return reader.take(0, lfanew, "DOS stub")


def _check_optional(fields: _Optional, at: int) -> None:
    _demand(fields.magic == _PE32_PLUS, at, "Magic", "0x20b (PE32+)", hex(fields.magic))
    for field, offset, expected, found in (
        ("SectionAlignment", 32, SECTION_ALIGNMENT, fields.section_alignment),
        ("FileAlignment", 36, FILE_ALIGNMENT, fields.file_alignment),
        ("Win32VersionValue", 52, 0, fields.win32_version),
        ("LoaderFlags", 104, 0, fields.loader_flags),
        ("NumberOfRvaAndSizes", 108, _DIRECTORIES, fields.directories),
    ):
        _demand(found == expected, at + offset, field, expected, found)


def _parse_directories(reader: _Reader, at: int) -> tuple[tuple[int, int], ...]:
    entries = []
    for index in range(_DIRECTORIES):
        rva, size = reader.unpack(_DIRECTORY, at + index * _DIRECTORY.size, "data directories")
        entries.append((rva, size))
    return tuple(entries)


def _without_security(entries: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    index = Directory.SECURITY
    return (*entries[:index], (0, 0), *entries[index + 1 :])


def _parse_sections(
    reader: _Reader, at: int, count: int, offset: int
) -> tuple[tuple[Section, ...], int]:
    """The sections, and the offset where the last one's data ends."""
    sections: list[Section] = []
    address = SECTION_ALIGNMENT
    for index in range(count):
        here = at + index * _SECTION.size
        raw = reader.take(here, _SECTION.size, "section table")
        name, vsize, rva, size, pointer, relocs, lines, nreloc, nline, flags = _SECTION.unpack(raw)
        _demand(not (relocs or lines or nreloc or nline), here + 24, "relocations", 0, relocs)
        _demand(rva == address, here + 12, "VirtualAddress", hex(address), hex(rva))
        _demand(size % FILE_ALIGNMENT == 0, here + 16, "SizeOfRawData", "multiple of 512", size)
        expected = offset if size else 0
        _demand(pointer == expected, here + 20, "PointerToRawData", hex(expected), hex(pointer))
        _demand(0 < vsize < _SIZE_LIMIT, here + 8, "VirtualSize", "a size", vsize)
        data = reader.take(pointer, size, f"section {index}") if size else b""
        sections.append(Section(_decode_name(name, here), vsize, rva, data, flags))
        address = _up(rva + max(vsize, size), SECTION_ALIGNMENT)
        offset += size
    names = [section.name for section in sections]
    _demand(len(set(names)) == count, at, "section names", "no name twice", ", ".join(names))
    _demand(count > 0, at, "section table", "at least one section", 0)
    return tuple(sections), offset


def _parse_certificate(reader: _Reader, entry: tuple[int, int], end: int) -> bytes:
    """The PKCS #7 blob of the certificate table, which must be all that follows the sections."""
    offset, size = entry
    rest = len(reader.data) - end
    if offset == 0 and size == 0:
        _demand(rest == 0, end, "end of file", "nothing behind the last section", f"{rest} bytes")
        return b""
    _demand(offset == end, end, "certificate table", hex(end), hex(offset))
    _demand(size == rest, end, "certificate table", f"{rest} bytes to the end of file", size)
    length, revision, kind = reader.unpack(_CERTIFICATE, offset, "certificate table")
    _demand(revision == _WIN_CERT_REVISION_2, offset + 4, "wRevision", "0x200", hex(revision))
    _demand(kind == _WIN_CERT_TYPE_PKCS_SIGNED_DATA, offset + 6, "wCertificateType", 2, kind)
    _demand(
        _CERTIFICATE.size < length <= size and _up(length, 8) == size,
        offset,
        "dwLength",
        f"{size} less at most 7 bytes of padding",
        length,
    )
    table = reader.take(offset, size, "certificate table")
    _demand(not any(table[length:]), offset + length, "padding", "zeros", table[length:].hex())
    return table[_CERTIFICATE.size : length]


def _encode_certificate(pkcs7: bytes) -> bytes:
    length = _CERTIFICATE.size + len(pkcs7)
    header = _CERTIFICATE.pack(length, _WIN_CERT_REVISION_2, _WIN_CERT_TYPE_PKCS_SIGNED_DATA)
    return _pad(header + pkcs7, 8)


def _check_derived(image: PeImage, fields: _Optional, at: int) -> None:
    """The fields that follow from the rest must say what follows from the rest."""
    headers, size, entry = image.size_of_headers, image.size_of_image, image.entry_point
    # Linkers leave room for more section headers; `encode` takes it away.
    roomy = headers <= fields.size_of_headers <= SECTION_ALIGNMENT
    _demand(roomy, at + 60, "SizeOfHeaders", f"{headers}..4096", fields.size_of_headers)
    _demand(fields.size_of_image == size, at + 56, "SizeOfImage", size, fields[18])
    inside = any(0 <= entry - s.virtual_address < s.virtual_size for s in image.sections)
    _demand(inside, at + 16, "AddressOfEntryPoint", "inside a section", hex(entry))


def _optional_end(lfanew: int) -> int:
    fixed = len(_PE_MAGIC) + _COFF.size + _OPTIONAL.size
    return lfanew + fixed + _DIRECTORIES * _DIRECTORY.size


def _encode_name(name: str) -> bytes:
    encoded = name.encode("ascii", "replace")
    if not 0 < len(encoded) <= 8 or not name.isprintable() or not name.isascii():
        raise FormatError(f"`{name}` cannot be a section name: expected 1 to 8 ASCII characters")
    return encoded.ljust(8, b"\0")


def _decode_name(raw: bytes, at: int) -> str:
    name = raw.rstrip(b"\0")
    good = len(name) > 0 and all(0x21 <= byte < 0x7F for byte in name)
    _demand(good, at, "section name", "printable ASCII, padded with NUL", raw.hex())
    return name.decode("ascii")


def _enum(kind: type[E], value: int, at: int, field: str) -> E:
    known = ", ".join(f"{member.name} ({member.value:#x})" for member in kind)
    _demand(any(value == member for member in kind), at, field, known, hex(value))
    return kind(value)


def _demand(holds: bool, at: int, field: str, expected: object, found: object) -> None:
    if not holds:
        raise FormatError(
            f"wrong {field}: expected {expected}, found {found}", where=f"offset 0x{at:x}"
        )


def _up(value: int, alignment: int) -> int:
    return (value + alignment - 1) // alignment * alignment


def _pad(data: bytes, alignment: int) -> bytes:
    return data.ljust(_up(len(data), alignment), b"\0")

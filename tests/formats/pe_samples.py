"""A small EFI application, for the tests of everything that handles PE images."""

from __future__ import annotations

from exodist.formats import pe

# `mov eax, 0; ret`: returns EFI_SUCCESS.
_CODE = bytes.fromhex("b800000000c3")


def small_image() -> pe.PeImage:
    """One code section and one of read-only data, unsigned."""
    dos = b"MZ".ljust(0x3C, b"\0") + (64).to_bytes(4, "little")
    text = pe.Section(
        ".text",
        len(_CODE),
        4096,
        _CODE.ljust(512, b"\xcc"),
        pe.Flags.CODE | pe.Flags.EXECUTE | pe.Flags.READ,
    )
    image = pe.PeImage(
        dos=dos,
        machine=pe.Machine.AMD64,
        timestamp=0,
        characteristics=0x22,
        linker_version=(14, 0),
        size_of_code=512,
        size_of_uninitialized_data=0,
        entry_point=4096,
        base_of_code=4096,
        image_base=0x140000000,
        versions=(6, 0, 0, 0, 6, 0),
        subsystem=pe.Subsystem.EFI_APPLICATION,
        dll_characteristics=0x160,
        stack_heap=(0x100000, 0x1000, 0x100000, 0x1000),
        directories=((0, 0),) * 16,
        sections=(text,),
    )
    return image.with_section(".sbat", b"sbat,1,SBAT Version,sbat,1\n")

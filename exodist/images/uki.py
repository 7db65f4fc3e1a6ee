"""The unified kernel image: exoboot's PE with everything that it boots appended as sections."""

from __future__ import annotations

from exodist.errors import FormatError
from exodist.formats import pe
from exodist.formats.uki import UkiSection

_MACHINES = {"x86_64": pe.Machine.AMD64, "aarch64": pe.Machine.ARM64}


def build_uki(
    stub: bytes,
    *,
    arch: str,
    osrel: bytes,
    uname: bytes,
    cmdline: bytes,
    sbat: bytes,
    linux: bytes,
    initrd: bytes,
    pcrpkey: bytes | None = None,
    pcrsig: bytes | None = None,
) -> bytes:
    """The unsigned UKI, in canonical form; the same arguments give the same bytes.

    The small sections come first, so that a reader finds them in the first pages of the file.
    """
    image = pe.parse(stub)
    if image.machine != _MACHINES.get(arch):
        raise FormatError(
            f"the stub is for machine `{image.machine.name}`, the image for `{arch}`",
            where="offset of Machine",
        )
    sections = {
        UkiSection.OSREL: osrel,
        UkiSection.UNAME: uname,
        UkiSection.CMDLINE: cmdline,
        UkiSection.SBAT: sbat,
        UkiSection.PCRPKEY: pcrpkey,
        UkiSection.PCRSIG: pcrsig,
        UkiSection.LINUX: linux,
        UkiSection.INITRD: initrd,
    }
    for name, content in sections.items():
        if content is None:
            continue
        if not content:
            raise FormatError(f"section `{name}` would be empty", where="unified kernel image")
        image = image.with_section(name, content)
    return image.encode()

"""Unified kernel images: which PE section means what, and in which order they are measured.

Specification: UAPI Group, UKI specification 1.0 ("UKI Components", "UKI TPM PCR Measurements").
A UKI is a PE image whose sections carry the parts that the stub boots. Ours holds an ELF in
`.linux` and a boot archive in `.initrd`, so only exoboot can boot it.
"""

from __future__ import annotations

from enum import StrEnum

from exodist.errors import FormatError
from exodist.formats import pe


class UkiSection(StrEnum):
    """The sections, in the order in which the specification measures them."""

    LINUX = ".linux"
    OSREL = ".osrel"
    CMDLINE = ".cmdline"
    INITRD = ".initrd"
    UNAME = ".uname"
    SBAT = ".sbat"
    PCRSIG = ".pcrsig"
    PCRPKEY = ".pcrpkey"


REQUIRED = (
    UkiSection.OSREL,
    UkiSection.CMDLINE,
    UkiSection.UNAME,
    UkiSection.SBAT,
    UkiSection.LINUX,
    UkiSection.INITRD,
)


def components(image: pe.PeImage) -> dict[UkiSection, bytes]:
    """The UKI's parts; raises `FormatError` where one that must be there is not."""
    found = {section.name: section.content for section in image.sections}
    for name in REQUIRED:
        if name not in found:
            raise FormatError(
                f"not a unified kernel image: section `{name}` is missing", where="section table"
            )
    return {name: found[name] for name in UkiSection if name in found}

"""Authenticode signatures: the PKCS #7 SignedData in a PE's certificate table.

Specification: Microsoft, "Windows Authenticode Portable Executable Signature Format" (2008);
RFC 2315 (PKCS #7 1.5); ITU-T X.690 (DER); UEFI 2.10 section 32.2.4.

One form only: version 1, SHA-256 throughout, one signer, one certificate (the signer's own),
signed attributes contentType, signingTime and messageDigest, no unsigned attributes. The signing
time is the beginning of the certificate's validity: osslsigncode 2.5 wants one, and the clock must
not reach an output. So every byte follows from the image's digest, the certificate and the
signature: `encode` writes them out by hand, and `parse` reads leniently (asn1crypto), encodes
again and demands the same bytes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from asn1crypto import cms, core, x509

from exodist.errors import FormatError

# DER identifier octets.
_INTEGER, _BIT_STRING, _OCTETS, _NULL, _SEQUENCE, _SET = 0x02, 0x03, 0x04, 0x05, 0x30, 0x31
_TAG_0, _TAG_0_CONSTRUCTED, _TAG_2_CONSTRUCTED = 0x80, 0xA0, 0xA2


def _der(tag: int, *parts: bytes) -> bytes:
    """One DER value (X.690, section 8.1)."""
    body = b"".join(parts)
    if len(body) < 0x80:
        return bytes((tag, len(body))) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body


def _oid(dotted: str) -> bytes:
    return bytes(core.ObjectIdentifier(dotted).dump())


_SIGNED_DATA = _oid("1.2.840.113549.1.7.2")
_CONTENT_TYPE = _oid("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST = _oid("1.2.840.113549.1.9.4")
_SIGNING_TIME = _oid("1.2.840.113549.1.9.5")
_SPC_INDIRECT_DATA = _oid("1.3.6.1.4.1.311.2.1.4")
_SPC_PE_IMAGE_DATA = _oid("1.3.6.1.4.1.311.2.1.15")
_SHA256 = _der(_SEQUENCE, _oid("2.16.840.1.101.3.4.2.1"), _der(_NULL))
_RSA = _der(_SEQUENCE, _oid("1.2.840.113549.1.1.1"), _der(_NULL))
_VERSION_1 = _der(_INTEGER, b"\1")

# SpcPeImageData: no flags; `file` is an SpcLink to a file of this name, a relic of the format.
_OBSOLETE = "<<<Obsolete>>>".encode("utf-16-be")
_PE_IMAGE_DATA = _der(
    _SEQUENCE,
    _der(_BIT_STRING, b"\0"),
    _der(_TAG_0_CONSTRUCTED, _der(_TAG_2_CONSTRUCTED, _der(_TAG_0, _OBSOLETE))),
)


@dataclass(frozen=True)
class Authenticode:
    """What a signature says: `certificate`'s key signed an image of this SHA-256 digest."""

    digest: bytes
    certificate: bytes  # DER
    signature: bytes  # RSA PKCS #1 v1.5, SHA-256, over `signed_message`

    def encode(self) -> bytes:
        """The DER of the PKCS #7 ContentInfo (RFC 2315, sections 7 and 9)."""
        signer = x509.Certificate.load(self.certificate)
        issuer = signer["tbs_certificate"]["issuer"].dump()
        serial = signer["tbs_certificate"]["serial_number"].dump()
        signer_info = _der(
            _SEQUENCE,
            _VERSION_1,
            _der(_SEQUENCE, issuer, serial),
            _SHA256,
            _der(_TAG_0_CONSTRUCTED, _signed_attributes(self.digest, signer)),
            _RSA,
            _der(_OCTETS, self.signature),
        )
        content = _der(_SEQUENCE, _indirect_data(self.digest))
        signed_data = _der(
            _SEQUENCE,
            _VERSION_1,
            _der(_SET, _SHA256),
            _der(_SEQUENCE, _SPC_INDIRECT_DATA, _der(_TAG_0_CONSTRUCTED, content)),
            _der(_TAG_0_CONSTRUCTED, self.certificate),
            _der(_SET, signer_info),
        )
        return _der(_SEQUENCE, _SIGNED_DATA, _der(_TAG_0_CONSTRUCTED, signed_data))


def signed_message(digest: bytes, certificate: bytes) -> bytes:
    """The bytes that are signed for an image of this digest: the attributes, as a SET OF."""
    return _der(_SET, _signed_attributes(digest, x509.Certificate.load(certificate)))


def parse(data: bytes) -> Authenticode:
    """The signature in `data`; raises `FormatError` for any other form than ours."""
    try:
        signed = cms.ContentInfo.load(data, strict=True)["content"]
        (signer,) = signed["signer_infos"]
        (certificate,) = signed["certificates"]
        # The image's digest is the last value of SpcIndirectDataContent.
        indirect = signed["encap_content_info"].dump()
        found = Authenticode(
            digest=indirect[-hashlib.sha256().digest_size :],
            certificate=certificate.chosen.dump(),
            signature=signer["signature"].native,
        )
        written = found.encode()
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise FormatError(
            f"not an Authenticode signature: {reason}", where="certificate table"
        ) from error
    if written != data:
        raise FormatError(
            "the Authenticode signature is not in canonical form: expected one signer, its "
            "certificate, SHA-256, signed when the certificate begins",
            where="certificate table",
        )
    return found


def _indirect_data(digest: bytes) -> bytes:
    """SpcIndirectDataContent without its own identifier and length."""
    return _der(_SEQUENCE, _SPC_PE_IMAGE_DATA, _PE_IMAGE_DATA) + _der(
        _SEQUENCE, _SHA256, _der(_OCTETS, digest)
    )


def _signed_attributes(digest: bytes, signer: x509.Certificate) -> bytes:
    """The attributes in the order that DER wants (shorter first), without the set around."""
    # PKCS #7 digests the content without its own identifier and length (RFC 2315, section 9.3).
    content = hashlib.sha256(_indirect_data(digest)).digest()
    # Both are the same CHOICE of UTCTime and GeneralizedTime (RFC 2985, section 5.3.3).
    signed_at = signer["tbs_certificate"]["validity"]["not_before"].dump()
    return (
        _der(_SEQUENCE, _CONTENT_TYPE, _der(_SET, _SPC_INDIRECT_DATA))
        + _der(_SEQUENCE, _SIGNING_TIME, _der(_SET, signed_at))
        + _der(_SEQUENCE, _MESSAGE_DIGEST, _der(_SET, _der(_OCTETS, content)))
    )

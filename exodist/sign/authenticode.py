"""Signing and verifying PE images for UEFI Secure Boot.

Only the canonical form is signed and accepted: sbverify and osslsigncode each let bytes through
that no signature covers (data in or behind the certificate table, a grown directory).
"""

from __future__ import annotations

from collections.abc import Iterable

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from exodist.errors import SignatureError
from exodist.formats import authenticode, pe
from exodist.sign.signer import Signer


def check_canonical(image: bytes) -> pe.PeImage:
    """The image, if it is in the one form that we accept; raises `FormatError` otherwise."""
    return pe.check_canonical(image)


def sign_pe(image: bytes, signer: Signer) -> bytes:
    """`image` with one signature of `signer`; the same image and key give the same bytes."""
    unsigned = pe.parse(image)
    if unsigned.certificate:
        raise SignatureError("the image is signed already", hint="sign the unsigned image")
    digest = unsigned.authenticode_digest()
    signature = signer.sign(authenticode.signed_message(digest, signer.certificate))
    signed = authenticode.Authenticode(digest, signer.certificate, signature)
    return unsigned.with_certificate(signed.encode()).encode()


def verify_pe(image: bytes, certificates: Iterable[bytes]) -> authenticode.Authenticode:
    """The signature of `image`, made by one of `certificates` (DER, bytes compared).

    Raises `FormatError` where the image or the signature is not in canonical form,
    `SignatureError` where it is unsigned, by a stranger, or does not hold.
    """
    parsed = check_canonical(image)
    if not parsed.certificate:
        raise SignatureError("the image is not signed")
    signature = authenticode.parse(parsed.certificate)
    if signature.certificate not in set(certificates):
        subject = x509.load_der_x509_certificate(signature.certificate).subject
        raise SignatureError(f"the image is signed by a stranger: `{subject.rfc4514_string()}`")
    found = parsed.authenticode_digest()
    if signature.digest != found:
        raise SignatureError(
            f"the image is not the one that was signed: expected SHA-256 "
            f"{signature.digest.hex()}, found {found.hex()}"
        )
    _verify_signature(signature)
    return signature


def _verify_signature(signature: authenticode.Authenticode) -> None:
    certificate = x509.load_der_x509_certificate(signature.certificate)
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise SignatureError("the certificate holds no RSA key")
    message = authenticode.signed_message(signature.digest, signature.certificate)
    try:
        key.verify(signature.signature, message, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature as error:
        raise SignatureError(
            f"the signature does not hold for the key of certificate "
            f"{certificate.fingerprint(hashes.SHA256()).hex()}"
        ) from error

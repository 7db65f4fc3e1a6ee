"""Signers behind one interface, opened by URI.

    file:PATH?certificate=PATH    a PKCS #8 key in PEM or DER; the certificate is by default the
                                  file beside it that ends in `.pem`. An encrypted key's pass
                                  phrase comes from the environment: EXODIST_KEY_PASSPHRASE.

A signer never gives its key away: callers hand it the message and get the signature.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from exodist.errors import SignatureError

PASSPHRASE = "EXODIST_KEY_PASSPHRASE"


class Signer(Protocol):
    """Who signs, and how: RSA PKCS #1 v1.5 with SHA-256."""

    @property
    def certificate(self) -> bytes:
        """The X.509 certificate of the key, DER."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The signature over `message`."""
        ...


class FileSigner:
    """A private key in a file."""

    def __init__(self, key: Path, certificate: Path) -> None:
        self._certificate = load_certificate(certificate)
        self._key = _load_key(key)
        if self._key.public_key() != self._certificate.public_key():
            raise SignatureError(
                f"the key does not belong to the certificate `{certificate}`", where=str(key)
            )

    @property
    def certificate(self) -> bytes:
        return self._certificate.public_bytes(serialization.Encoding.DER)

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def open_signer(uri: str) -> Signer:
    """The signer that `uri` names; raises `SignatureError` where it cannot be had."""
    parts = urlsplit(uri)
    if parts.scheme != "file" or parts.netloc:
        raise SignatureError(
            f"no signer for `{uri}`", hint="expected file:PATH, with ?certificate=PATH if need be"
        )
    key = Path(unquote(parts.path))
    query = parse_qs(parts.query, keep_blank_values=True)
    if unknown := sorted(query.keys() - {"certificate"}):
        raise SignatureError(f"unknown parameter `{unknown[0]}`", where=uri)
    named = query.get("certificate", [""])[-1]
    return FileSigner(key, Path(named) if named else key.with_suffix(".pem"))


def load_certificate(path: Path) -> x509.Certificate:
    """The X.509 certificate in a PEM or DER file."""
    data = _read(path, "certificate")
    try:
        pem = data.lstrip().startswith(b"-----BEGIN")
        return x509.load_pem_x509_certificate(data) if pem else x509.load_der_x509_certificate(data)
    except ValueError as error:
        raise SignatureError("not an X.509 certificate", where=str(path)) from error


def _load_key(path: Path) -> rsa.RSAPrivateKey:
    data = _read(path, "private key")
    phrase = os.environ.get(PASSPHRASE)
    password = phrase.encode() if phrase and b"ENCRYPTED" in data else None
    try:
        pem = data.lstrip().startswith(b"-----BEGIN")
        load = serialization.load_pem_private_key if pem else serialization.load_der_private_key
        key = load(data, password)
    except TypeError as error:
        raise SignatureError(
            "the key is encrypted", where=str(path), hint=f"put its pass phrase into {PASSPHRASE}"
        ) from error
    except ValueError as error:
        raise SignatureError(
            "not a PKCS #8 private key, or the pass phrase is wrong", where=str(path)
        ) from error
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < 2048:
        raise SignatureError("expected an RSA key of 2048 bits or more", where=str(path))
    return key


def _read(path: Path, what: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SignatureError(
            f"cannot read the {what}: {error.strerror}", where=str(path)
        ) from error

"""Key sets: the UEFI Secure Boot keys of one owner, in a folder with a `keyset.toml`.

schema = 1
name = "development"
development = true           # everybody has the private halves; images say so
owner = "UUID"               # SignatureOwner of all entries (UEFI 2.10, section 32.4.1)
pk = "PK.pem"                # certificates, relative to the folder
kek = ["KEK.pem"]
db = ["db.pem"]
signer = "file:db.key"       # URI of who signs images; a relative path counts from the folder
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from uuid import UUID, uuid4

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pydantic import BaseModel, ConfigDict, ValidationError

from exodist.errors import ManifestError, SignatureError
from exodist.sign.signer import Signer, load_certificate, open_signer

FILE = "keyset.toml"
_ROLES = ("PK", "KEK", "db")
# Certificates of firmware keys have no meaningful life: firmware has no clock that it trusts.
_NOT_BEFORE = datetime(2020, 1, 1, tzinfo=UTC)
_NOT_AFTER = datetime(2049, 12, 31, tzinfo=UTC)


class _File(BaseModel):
    """`keyset.toml` as it is written."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)

    schema_version: Literal[1]
    name: str
    development: bool = False
    owner: UUID
    pk: str
    kek: list[str]
    db: list[str]
    signer: str


class KeySet:
    """A loaded key set. The private half is opened only when `signer` is called."""

    def __init__(self, folder: Path, file: _File) -> None:
        self.folder = folder
        self.name = file.name
        self.development = file.development
        self.owner = file.owner
        self.pk = load_certificate(folder / file.pk)
        self.kek = tuple(load_certificate(folder / name) for name in file.kek)
        self.db = tuple(load_certificate(folder / name) for name in file.db)
        self._signer = file.signer

    def signer(self) -> Signer:
        """Whoever signs images for this set."""
        scheme, _, path = self._signer.partition(":")
        if scheme == "file" and not Path(path).is_absolute():
            return open_signer(f"file:{self.folder.absolute() / path}")
        return open_signer(self._signer)

    def trusted(self) -> tuple[bytes, ...]:
        """The certificates that may sign images, DER."""
        return tuple(entry.public_bytes(serialization.Encoding.DER) for entry in self.db)

    def certificates(self) -> Iterator[tuple[str, x509.Certificate]]:
        """Role and certificate, PK first."""
        yield "PK", self.pk
        for entry in self.kek:
            yield "KEK", entry
        for entry in self.db:
            yield "db", entry


def load_keyset(folder: Path) -> KeySet:
    """The key set in `folder`; `ManifestError` names what its file gets wrong."""
    path = folder / FILE
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ManifestError(f"no key set here: {error.strerror}", where=str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ManifestError(f"not TOML: {error}", where=str(path)) from error
    if "schema" in raw:
        raw["schema_version"] = raw.pop("schema")
    try:
        return KeySet(folder, _File.model_validate(raw))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ManifestError(f"field `{field}`: {first['msg']}", where=str(path)) from error


def create_keyset(folder: Path, name: str, *, development: bool = False) -> KeySet:
    """A new key set in `folder`, which must not exist: RSA-2048 keys, self-signed certificates."""
    try:
        folder.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise SignatureError(f"cannot create it: {error.strerror}", where=str(folder)) from error
    for role in _ROLES:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        certificate = _certificate(key, f"ExoV6 {name} {role}")
        (folder / f"{role}.key").write_bytes(private)
        (folder / f"{role}.key").chmod(0o600)
        (folder / f"{role}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / FILE).write_text(
        f'schema = 1\nname = "{name}"\ndevelopment = {str(development).lower()}\n'
        f'owner = "{uuid4()}"\npk = "PK.pem"\nkek = ["KEK.pem"]\ndb = ["db.pem"]\n'
        'signer = "file:db.key"\n',
        encoding="utf-8",
    )
    return load_keyset(folder)


def _certificate(key: rsa.RSAPrivateKey, name: str) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_NOT_BEFORE)
        .not_valid_after(_NOT_AFTER)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=False)
        .sign(key, hashes.SHA256())
    )

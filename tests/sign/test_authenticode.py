"""Signing PE images: two foreign verifiers, determinism, and every byte counts."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from hypothesis import given
from hypothesis import strategies as st

from exodist.errors import ExodistError, FormatError, SignatureError
from exodist.formats import authenticode, pe
from exodist.sign.authenticode import sign_pe, verify_pe
from exodist.sign.keyset import KeySet, create_keyset, load_keyset
from exodist.sign.signer import PASSPHRASE, open_signer
from tests.formats.pe_samples import small_image

DEV = Path(__file__).resolve().parents[2] / "keys/dev"
KEYS = load_keyset(DEV)
SIGNED = sign_pe(small_image().encode(), KEYS.signer())


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> KeySet:
    return create_keyset(tmp_path_factory.mktemp("keys") / "stranger", "stranger")


def judge(tool: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    if shutil.which(tool) is None:
        pytest.fail(f"the judge `{tool}` is missing: see `./exo doctor`")
    return subprocess.run([tool, *arguments], capture_output=True, text=True, check=False)


def test_verifies_and_is_deterministic() -> None:
    signature = verify_pe(SIGNED, KEYS.trusted())
    assert signature.digest == small_image().authenticode_digest()
    assert sign_pe(small_image().encode(), KEYS.signer()) == SIGNED


def test_sbverify_accepts(tmp_path: Path, stranger: KeySet) -> None:
    (tmp_path / "a.efi").write_bytes(SIGNED)
    done = judge("sbverify", "--cert", DEV / "db.pem", tmp_path / "a.efi")
    assert done.returncode == 0, done.stderr
    done = judge("sbverify", "--cert", stranger.folder / "db.pem", tmp_path / "a.efi")
    assert done.returncode != 0


def test_osslsigncode_accepts(tmp_path: Path) -> None:
    (tmp_path / "a.efi").write_bytes(SIGNED)
    done = judge("osslsigncode", "verify", "-CAfile", DEV / "db.pem", "-in", tmp_path / "a.efi")
    digest = small_image().authenticode_digest().hex().upper()
    assert done.returncode == 0, done.stdout
    assert digest in done.stdout
    assert "Number of verified signatures: 1" in done.stdout


def test_every_flipped_byte_is_refused() -> None:
    trusted = KEYS.trusted()
    for at in range(len(SIGNED)):
        changed = bytearray(SIGNED)
        changed[at] ^= 0x10
        with pytest.raises(ExodistError):
            verify_pe(bytes(changed), trusted)


@given(st.integers(min_value=0, max_value=8 * len(SIGNED) - 1))
def test_flipped_bits_are_refused(bit: int) -> None:
    changed = bytearray(SIGNED)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ExodistError):
        verify_pe(bytes(changed), KEYS.trusted())


@given(st.integers(min_value=0, max_value=len(SIGNED) - 1))
def test_truncations_are_refused(length: int) -> None:
    with pytest.raises(FormatError):
        verify_pe(SIGNED[:length], KEYS.trusted())


@given(st.integers(min_value=0, max_value=len(SIGNED) - 1))
def test_truncated_signatures_are_refused(length: int) -> None:
    pkcs7 = pe.parse(SIGNED).certificate
    with pytest.raises(FormatError):
        authenticode.parse(pkcs7[: length % len(pkcs7)])


def test_round_trip_of_the_signature() -> None:
    pkcs7 = pe.parse(SIGNED).certificate
    assert authenticode.parse(pkcs7).encode() == pkcs7
    with pytest.raises(FormatError):
        authenticode.parse(pkcs7 + b"\0")


def test_unsigned_and_stranger(stranger: KeySet) -> None:
    with pytest.raises(SignatureError, match="not signed"):
        verify_pe(small_image().encode(), KEYS.trusted())
    foreign = sign_pe(small_image().encode(), stranger.signer())
    verify_pe(foreign, stranger.trusted())
    with pytest.raises(SignatureError, match="by a stranger: `CN=ExoV6 stranger db`"):
        verify_pe(foreign, KEYS.trusted())
    with pytest.raises(SignatureError, match="signed already"):
        sign_pe(SIGNED, KEYS.signer())


def test_signature_of_another_image() -> None:
    other = small_image().with_section(".x", b"x").with_certificate(pe.parse(SIGNED).certificate)
    with pytest.raises(SignatureError, match="not the one that was signed"):
        verify_pe(other.encode(), KEYS.trusted())


def test_key_and_certificate_of_different_people(stranger: KeySet) -> None:
    signature = authenticode.parse(pe.parse(SIGNED).certificate)
    message = authenticode.signed_message(signature.digest, signature.certificate)
    forged = stranger.signer().sign(message)
    pkcs7 = replace(signature, signature=forged).encode()
    with pytest.raises(SignatureError, match="does not hold"):
        verify_pe(small_image().with_certificate(pkcs7).encode(), KEYS.trusted())
    with pytest.raises(SignatureError, match="does not belong"):
        open_signer(f"file:{stranger.folder}/db.key?certificate={DEV}/db.pem")


def test_encrypted_key(tmp_path: Path, stranger: KeySet, monkeypatch: pytest.MonkeyPatch) -> None:
    key = serialization.load_pem_private_key((stranger.folder / "db.key").read_bytes(), None)
    path = tmp_path / "locked.key"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"sesame"),
        )
    )
    uri = f"file:{path}?certificate={stranger.folder}/db.pem"
    monkeypatch.delenv(PASSPHRASE, raising=False)
    with pytest.raises(SignatureError, match="encrypted"):
        open_signer(uri)
    monkeypatch.setenv(PASSPHRASE, "wrong")
    with pytest.raises(SignatureError, match="pass phrase is wrong"):
        open_signer(uri)
    monkeypatch.setenv(PASSPHRASE, "sesame")
    signature = open_signer(uri).sign(b"message")
    public = stranger.db[0].public_key()
    public.verify(signature, b"message", padding.PKCS1v15(), hashes.SHA256())  # type: ignore[union-attr,call-arg,arg-type]


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("pkcs11:token=x", "no signer"),
        ("file://host/x", "no signer"),
        ("file:/nowhere/x.key", "cannot read the certificate"),
        ("file:/nowhere/x.key?pin=1", "unknown parameter `pin`"),
    ],
)
def test_uris_that_are_refused(uri: str, message: str) -> None:
    with pytest.raises(SignatureError, match=message):
        open_signer(uri)

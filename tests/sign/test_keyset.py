"""Key sets: the development set is whole and long-lived, wrong files are named."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from exodist.errors import ManifestError, SignatureError
from exodist.sign.keyset import create_keyset, load_keyset


def test_development_set(tree: Path) -> None:
    keyset = load_keyset(tree / "keys/dev")
    assert keyset.development
    assert [role for role, _ in keyset.certificates()] == ["PK", "KEK", "db"]
    for _, certificate in keyset.certificates():
        assert certificate.not_valid_after_utc > datetime(2045, 1, 1, tzinfo=UTC)
    assert keyset.signer().certificate in keyset.trusted()


def test_new_sets_differ_and_are_private(tmp_path: Path) -> None:
    first, second = (create_keyset(tmp_path / name, name) for name in ("one", "two"))
    assert not first.development
    assert first.trusted() != second.trusted() and first.owner != second.owner
    assert (tmp_path / "one/db.key").stat().st_mode & 0o077 == 0
    with pytest.raises(SignatureError, match="cannot create"):
        create_keyset(tmp_path / "one", "one")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("schema = ", "not TOML"),
        ("schema = 2", "schema"),
        ('schema = 1\nname = "x"\ncolour = "red"', "colour|owner"),
    ],
)
def test_wrong_files(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "keyset.toml").write_text(text)
    with pytest.raises(ManifestError, match=message):
        load_keyset(tmp_path)


def test_missing_certificate(tmp_path: Path) -> None:
    keyset = create_keyset(tmp_path / "set", "set")
    (keyset.folder / "KEK.pem").write_bytes(b"not a certificate")
    with pytest.raises(SignatureError, match=r"not an X\.509 certificate"):
        load_keyset(keyset.folder)
    with pytest.raises(ManifestError, match="no key set here"):
        load_keyset(tmp_path)

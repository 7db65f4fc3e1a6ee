"""The built UKI, judged by our own strict check and by two verifiers that we did not write."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from exodist.formats import pe, uki
from exodist.sign.authenticode import verify_pe
from exodist.sign.keyset import load_keyset
from tests.boot.system import System

pytestmark = pytest.mark.whole


def test_the_canonical_form_and_its_parts(system: System, tree: Path) -> None:
    image = system.uki.read_bytes()
    verify_pe(image, load_keyset(tree / "keys/dev").trusted())
    parts = uki.components(pe.parse(image))
    assert parts[uki.UkiSection.LINUX] == system.kernel.read_bytes()
    assert parts[uki.UkiSection.CMDLINE].decode() == system.command_line
    unsigned = pe.check_canonical(system.unsigned.read_bytes())
    assert unsigned.authenticode_digest() == pe.parse(image).authenticode_digest()


def test_two_judges(system: System, tree: Path, judge: Callable[..., str]) -> None:
    certificate = tree / "keys/dev/db.pem"
    assert "Signature verification OK" in judge("sbverify", "--cert", certificate, system.uki)
    said = judge("osslsigncode", "verify", "-CAfile", certificate, "-in", system.uki)
    digest = pe.parse(system.uki.read_bytes()).authenticode_digest()
    assert digest.hex().upper() in said and "Signature verification: ok" in said
    assert len(digest) == hashlib.sha256().digest_size

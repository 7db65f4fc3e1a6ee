"""The built system, firmware with our keys enrolled, and one guest for many tests."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from exodist.chain.build import make
from exodist.commands.options import default_manifest
from exodist.emulate.firmware import Firmware, enrolled_store, find_firmware
from exodist.emulate.qemu import DirectBoot, Medium, UefiBoot
from exodist.sign.keyset import load_keyset
from tests.boot.system import Guest, System


@pytest.fixture(scope="session")
def system() -> System:
    """The default manifest, built."""
    found = {artifact.kind: artifact.path for artifact in make(default_manifest()).artifacts}
    return System(
        iso=found["iso"],
        uki=found["uki"],
        unsigned=found["uki-unsigned"],
        fs=found["fs"],
        kernel=found["kernel"],
        module=found["direct"],
        command_line=found["cmdline"].read_text(encoding="ascii").strip(),
    )


@pytest.fixture(scope="session")
def firmware() -> Firmware:
    return find_firmware(secure=True)


@pytest.fixture
def new_store(firmware: Firmware, tree: Path, tmp_path: Path) -> Callable[[], Path]:
    """Makes a variable store that has seen no machine yet."""
    enrolled = enrolled_store(firmware, load_keyset(tree / "keys/dev"), tmp_path / "stores")

    def make_one() -> Path:
        return Path(shutil.copyfile(enrolled, tmp_path / "vars.fd"))

    return make_one


@pytest.fixture(scope="session")
def direct(system: System, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guest]:
    """A guest that was booted without firmware."""
    boot = DirectBoot(system.kernel, system.module, system.command_line)
    with Guest(boot, tmp_path_factory.mktemp("direct") / "console.log") as guest:
        yield guest


@pytest.fixture(scope="session")
def secure(
    system: System, firmware: Firmware, tree: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Guest]:
    """A guest that was booted from the ISO as CD under Secure Boot."""
    folder = tmp_path_factory.mktemp("secure")
    enrolled = enrolled_store(firmware, load_keyset(tree / "keys/dev"), folder / "stores")
    store = Path(shutil.copyfile(enrolled, folder / "vars.fd"))
    boot = UefiBoot(Medium.CDROM, system.iso, firmware, store)
    with Guest(boot, folder / "console.log") as guest:
        yield guest

"""What must not boot does not: the firmware refuses the image, or exoboot its parts.

The firmware tries one disk after the other, so that one machine judges all variants: every one
must be refused, and the untouched image behind them must start.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from exodist.emulate.firmware import Firmware
from exodist.emulate.machine import Machine
from exodist.emulate.qemu import Settings
from exodist.formats import pe
from exodist.formats.uki import UkiSection
from exodist.images.uki import build_uki
from exodist.sign.authenticode import sign_pe
from exodist.sign.keyset import create_keyset, load_keyset
from tests.boot.system import FS, LOADER, Disks, System, esp_disk, run_until

pytestmark = pytest.mark.whole

NewStore = Callable[[], Path]
STARTED = b"exoboot: fs.img matches its root hash, starting the kernel"


def flipped(image: bytes, section: str) -> bytes:
    """`image` with the middle byte of that section's content changed."""
    offset = pe.parse(image).size_of_headers
    for part in pe.parse(image).sections:
        if part.name == section:
            changed = bytearray(image)
            changed[offset + min(part.virtual_size, len(part.data)) // 2] ^= 1
            return bytes(changed)
        offset += len(part.data)
    raise AssertionError(section)


def test_the_firmware_refuses_what_we_did_not_sign(
    system: System, firmware: Firmware, new_store: NewStore, tmp_path: Path
) -> None:
    signed, unsigned = system.uki.read_bytes(), system.unsigned.read_bytes()
    stranger = create_keyset(tmp_path / "stranger", "stranger").signer()
    names = [section.name for section in pe.parse(signed).sections]
    assert {".text", *(name.value for name in UkiSection if "pcr" not in name)} <= set(names)
    variants = {
        "unsigned": unsigned,
        "stranger": sign_pe(unsigned, stranger),
        "other signature": pe.parse(unsigned)
        .with_certificate(pe.parse(sign_pe(unsigned, stranger)).certificate)
        .with_section(".more", b"x")
        .encode(),
        **{name: flipped(signed, name) for name in names},
    }
    disks = [
        esp_disk(tmp_path / f"{index}.img", {LOADER: image})
        for index, image in enumerate(variants.values())
    ]
    disks.append(esp_disk(tmp_path / "good.img", {LOADER: signed, FS: system.fs}))
    boot = Disks(disks, firmware, new_store())
    with Machine(boot, Settings(), tmp_path / "console.log") as machine:
        said = run_until(machine, STARTED, 60)
    refused, _, rest = said.partition(b"exoboot:")
    assert refused.count(b"Access Denied") == len(variants), said.decode()
    assert b"Secure Boot on" in rest


def variant(system: System, **changes: bytes) -> bytes:
    """The built UKI with other parts, signed with the development keys."""
    image = pe.parse(system.unsigned.read_bytes())
    names = {"osrel", "uname", "cmdline", "sbat", "linux", "initrd"}
    parts = {name: image.section(f".{name}").content for name in names} | changes
    own = [s for s in image.sections if s.name.lstrip(".") not in names]
    stub = pe.PeImage(**{**image.__dict__, "sections": tuple(own)}).encode()
    built = build_uki(stub, arch="x86_64", **parts)
    return sign_pe(built, load_keyset(Path("keys/dev")).signer())


def without_section(system: System, name: str) -> bytes:
    """The built UKI with one section under another name."""
    image = pe.parse(system.unsigned.read_bytes())
    sections = tuple(
        pe.Section(**{**s.__dict__, "name": ".other"}) if s.name == name else s
        for s in image.sections
    )
    renamed = pe.PeImage(**{**image.__dict__, "sections": sections}).encode()
    return sign_pe(renamed, load_keyset(Path("keys/dev")).signer())


def test_exoboot_refuses_wrong_parts(
    system: System,
    firmware: Firmware,
    new_store: NewStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tree: Path,
) -> None:
    monkeypatch.chdir(tree)
    good, fs = system.uki.read_bytes(), system.fs.read_bytes()
    line = system.command_line.encode()
    altered = bytearray(fs)
    altered[len(fs) // 3] ^= 0x80
    kernel = system.kernel.read_bytes()
    cases: list[tuple[dict[str, bytes], bytes]] = [
        ({LOADER: good}, b"\\EXOV6\\FS.IMG on the boot volume: expected a file, found none"),
        ({LOADER: good, FS: bytes(altered)}, b"\\EXOV6\\FS.IMG: expected root hash "),
        ({LOADER: good, FS: fs[:8192]}, b"4096 bytes, found 8192 bytes"),
        (
            {LOADER: variant(system, cmdline=line.replace(b"roothash", b"rootcash")), FS: fs},
            b"command line: expected roothash=64 hexadecimal digits, found none",
        ),
        (
            {LOADER: variant(system, linux=b"MZ" + kernel[2:]), FS: fs},
            b"kernel: expected an ELF64, found magic",
        ),
        (
            {LOADER: variant(system, linux=kernel[:200]), FS: fs},
            b"kernel",
        ),
        (
            {LOADER: without_section(system, ".initrd"), FS: fs},
            b"section `.initrd` of the boot image: expected one, found none",
        ),
    ]
    disks = [esp_disk(tmp_path / f"{index}.img", files) for index, (files, _) in enumerate(cases)]
    disks.append(esp_disk(tmp_path / "good.img", {LOADER: good, FS: fs}))
    boot = Disks(disks, firmware, new_store())
    with Machine(boot, Settings(), tmp_path / "console.log") as machine:
        said = run_until(machine, STARTED, 120)
    lines = [part for part in said.splitlines() if b"exoboot: refused: " in part]
    assert len(lines) == len(cases), said.decode()
    for found, (_, expected) in zip(lines, cases, strict=True):
        assert expected in found


def test_exoboot_refuses_a_machine_without_memory(
    system: System, firmware: Firmware, new_store: NewStore, tmp_path: Path
) -> None:
    """fs.img that is larger than what memory is left: one line, no crash."""
    huge = tmp_path / "huge"
    with huge.open("wb") as out:
        out.truncate(200 << 20)
    disk = esp_disk(tmp_path / "disk.img", {LOADER: system.uki.read_bytes(), FS: huge})
    boot = Disks([disk], firmware, new_store())
    with Machine(boot, Settings(memory=160), tmp_path / "console.log") as machine:
        run_until(machine, b"exoboot: refused: memory for fs.img: expected 204800 KiB", 60)

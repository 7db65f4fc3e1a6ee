"""OVMF: where each system keeps it, and variable stores with a key set enrolled.

A variable store is made from the distribution's empty one by virt-firmware, is the same for the
same store and keys, and is kept by the digest of both. Each boot gets a copy: a store that has
seen another boot device puts the new one behind it.
"""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from exodist import tools
from exodist.errors import ToolError
from exodist.sign.keyset import KeySet


@dataclass(frozen=True)
class Firmware:
    """One build of OVMF: its code, its empty variable store, and what it can do."""

    code: Path
    variables: Path
    enforces: bool  # Secure Boot is compiled in
    smm: bool  # the code insists on system management mode


_BREW = ("/opt/homebrew/share/qemu", "/usr/local/share/qemu")

# Builds without SMM come first: they start a second sooner and enforce signatures too where
# Secure Boot is compiled in (Debian compiles it into the plain 4 MiB build).
KNOWN = (
    Firmware(
        Path("/usr/share/OVMF/OVMF_CODE_4M.fd"),
        Path("/usr/share/OVMF/OVMF_VARS_4M.fd"),
        enforces=True,
        smm=False,
    ),
    Firmware(
        Path("/usr/share/OVMF/OVMF_CODE_4M.secboot.fd"),
        Path("/usr/share/OVMF/OVMF_VARS_4M.fd"),
        enforces=True,
        smm=True,
    ),
    Firmware(
        Path("/usr/share/edk2/ovmf/OVMF_CODE.fd"),
        Path("/usr/share/edk2/ovmf/OVMF_VARS.fd"),
        enforces=False,
        smm=False,
    ),
    Firmware(
        Path("/usr/share/edk2/ovmf/OVMF_CODE.secboot.fd"),
        Path("/usr/share/edk2/ovmf/OVMF_VARS.fd"),
        enforces=True,
        smm=True,
    ),
    Firmware(
        Path("/usr/share/edk2/x64/OVMF_CODE.4m.fd"),
        Path("/usr/share/edk2/x64/OVMF_VARS.4m.fd"),
        enforces=False,
        smm=False,
    ),
    Firmware(
        Path("/usr/share/edk2/x64/OVMF_CODE.secboot.4m.fd"),
        Path("/usr/share/edk2/x64/OVMF_VARS.4m.fd"),
        enforces=True,
        smm=True,
    ),
    *(
        Firmware(
            Path(folder, f"edk2-x86_64-{kind}.fd"),
            Path(folder, "edk2-i386-vars.fd"),
            enforces=kind == "secure-code",
            smm=kind == "secure-code",
        )
        for folder in _BREW
        for kind in ("code", "secure-code")
    ),
)


def find_firmware(*, secure: bool, known: tuple[Firmware, ...] = KNOWN) -> Firmware:
    """The first OVMF of this host that can do it; raises `ToolError` with the install command."""
    for firmware in known:
        fits = firmware.enforces or not secure
        if fits and firmware.code.exists() and firmware.variables.exists():
            return firmware
    kind = "with Secure Boot " if secure else ""
    raise ToolError(f"no UEFI firmware {kind}(OVMF) found", hint=install_hint("UEFI firmware"))


def install_hint(tool: str) -> str:
    """The command that installs one of the tools in `exodist.tools`."""
    manager = tools.manager()
    wanted = [t for t in tools.TOOLS if t.name == tool]
    if manager is None or not wanted:
        return f"install {tool} with your package manager"
    commands = tools.install_commands(manager, tools.packages(wanted, manager))
    return " && ".join(" ".join(command) for command in commands)


def enrolled_store(firmware: Firmware, keys: KeySet, cache: Path) -> Path:
    """A variable store with PK, KEK and db of `keys` enrolled and Secure Boot on."""
    empty = firmware.variables.read_bytes()
    digest = hashlib.sha256(empty + str(keys.owner).encode())
    for role, certificate in keys.certificates():
        digest.update(role.encode() + certificate.public_bytes(Encoding.DER))
    path = cache / f"{digest.hexdigest()}.fd"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        _enroll(firmware.variables, keys, path)
    return path


def _enroll(empty: Path, keys: KeySet, path: Path) -> None:
    from virt.firmware.varstore.edk2 import Edk2VarStore

    if not Edk2VarStore.probe(str(empty)):
        raise ToolError("not a variable store that virt-firmware knows", where=str(empty))
    store = Edk2VarStore(str(empty))
    variables = store.get_varlist()
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        for index, (role, certificate) in enumerate(keys.certificates()):
            file = Path(folder, f"{index}.pem")
            file.write_bytes(certificate.public_bytes(Encoding.PEM))
            variables.add_cert(role, str(keys.owner), str(file), role == "PK")
        variables.enable_secureboot()
        made = Path(folder, "vars.fd")
        store.write_varstore(str(made), variables)
        made.replace(path)

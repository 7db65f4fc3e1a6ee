"""Programs and files of the host that commands use: what for, where to look, which package has it.

Standard library only: `./exo` reads this table before any Python package is there.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

# What `./exo COMMAND` needs beyond Python; each purpose includes the ones before it.
PURPOSES = ("setup", "build", "run", "test")
OF_COMMAND = {
    "build": "build",
    "run": "run",
    "bench": "test",
    "test": "test",
    "lint": "test",
}

_FIRMWARE = (
    "/usr/share/OVMF/OVMF_CODE_4M.fd",
    "/usr/share/edk2/ovmf/OVMF_CODE.fd",
    "/usr/share/edk2/x64/OVMF_CODE.4m.fd",
    "/opt/homebrew/share/qemu/edk2-x86_64-code.fd",
    "/usr/local/share/qemu/edk2-x86_64-code.fd",
)


@dataclass(frozen=True)
class Tool:
    """One thing of the host: found when any of its paths exists or its name is in PATH."""

    name: str
    purpose: str
    use: str
    # Package by package manager.
    packages: dict[str, str]
    paths: tuple[str, ...] = ()
    needed: bool = True

    def find(self) -> str | None:
        """Where it is, or None."""
        if self.name == "python venv":
            return _venv_module()
        if self.paths:
            return next((path for path in self.paths if Path(path).exists()), None)
        return shutil.which(self.name, path=_search_path())


def _search_path() -> str:
    """PATH, and the folders of administrators' programs, which Debian's users lack."""
    import os

    return os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])


def _venv_module() -> str | None:
    """The module that `python -m venv` installs pip from."""
    from importlib.util import find_spec

    spec = find_spec("ensurepip")
    return spec.origin if spec else None


def _same(name: str) -> dict[str, str]:
    return {manager: name for manager in ("apt", "dnf", "pacman", "brew")}


TOOLS = (
    Tool(
        "python venv",
        "setup",
        "a Python environment of its own, in .venv",
        {"apt": "python3-venv", "dnf": "python3", "pacman": "python", "brew": "python@3.12"},
    ),
    Tool(
        "bwrap",
        "build",
        "sandbox of build actions; without it they run in scratch folders",
        {"apt": "bubblewrap", "dnf": "bubblewrap", "pacman": "bubblewrap"},
        needed=sys.platform == "linux",
    ),
    Tool(
        "qemu-system-x86_64",
        "run",
        "boots the images",
        {
            "apt": "qemu-system-x86",
            "dnf": "qemu-system-x86-core",
            "pacman": "qemu-system-x86",
            "brew": "qemu",
        },
    ),
    Tool(
        "UEFI firmware",
        "run",
        "OVMF, the firmware of the machine in QEMU",
        {"apt": "ovmf", "dnf": "edk2-ovmf", "pacman": "edk2-ovmf", "brew": "qemu"},
        _FIRMWARE,
    ),
    Tool("xorriso", "test", "judges ISO images", _same("xorriso") | {"pacman": "libisoburn"}),
    Tool(
        "isoinfo",
        "test",
        "judges ISO images",
        {"apt": "genisoimage", "dnf": "genisoimage", "pacman": "cdrtools", "brew": "cdrtools"},
    ),
    Tool("sgdisk", "test", "judges partition tables", _same("gptfdisk") | {"apt": "gdisk"}),
    Tool("sfdisk", "test", "judges partition tables", _same("util-linux") | {"apt": "fdisk"}),
    Tool("fsck.fat", "test", "judges FAT file systems", _same("dosfstools")),
    Tool("mdir", "test", "judges FAT file systems", _same("mtools")),
    Tool("e2fsck", "test", "judges ext2 file systems", _same("e2fsprogs")),
    Tool("debugfs", "test", "reads ext2 file systems", _same("e2fsprogs")),
    Tool(
        "veritysetup",
        "test",
        "judges hash trees",
        _same("cryptsetup") | {"apt": "cryptsetup-bin", "dnf": "veritysetup"},
    ),
    Tool(
        "sbverify",
        "test",
        "judges signatures of UEFI programs",
        _same("sbsigntools") | {"apt": "sbsigntool"},
    ),
    Tool("osslsigncode", "test", "judges signatures of UEFI programs", _same("osslsigncode")),
    Tool(
        "ninja",
        "test",
        "the plain build that `bench` measures ours against",
        _same("ninja") | {"apt": "ninja-build", "dnf": "ninja-build"},
    ),
    Tool(
        "ps",
        "test",
        "a second ps and kill that our utilities' tests pass against",
        _same("procps-ng") | {"apt": "procps"},
        needed=sys.platform == "linux",
    ),
    Tool("dash", "test", "a second shell that our shell's tests pass against", _same("dash")),
    Tool(
        "C library headers",
        "test",
        "host build of libc and kernel/lib, with sanitizers",
        {"apt": "libc6-dev", "dnf": "glibc-devel", "pacman": "glibc", "brew": "gcc"},
        ("/usr/include/stdio.h", "/Library/Developer/CommandLineTools/SDKs"),
    ),
    Tool("mandoc", "test", "judges manual pages", _same("mandoc")),
    Tool("cc", "test", "host build of libc and kernel/lib, with sanitizers", _same("gcc")),
)


def included(purpose: str) -> tuple[str, ...]:
    return PURPOSES[: PURPOSES.index(purpose) + 1]


def missing(purpose: str) -> list[Tool]:
    """Needed tools of a purpose that are not here."""
    wanted = included(purpose)
    return [t for t in TOOLS if t.needed and t.purpose in wanted and t.find() is None]


def packages(tools: Iterable[Tool], manager: str) -> list[str]:
    """Packages that hold the tools, each once."""
    return list(dict.fromkeys(t.packages[manager] for t in tools if manager in t.packages))


def manager() -> str | None:
    """The package manager of this host."""
    programs = {"apt": "apt-get", "dnf": "dnf", "pacman": "pacman", "brew": "brew"}
    return next((name for name, program in programs.items() if shutil.which(program)), None)


def install_commands(name: str, wanted: Sequence[str]) -> list[list[str]]:
    """What a person with the rights to do it runs, in order."""
    return {
        "apt": [
            ["apt-get", "update"],
            ["apt-get", "install", "--yes", "--no-install-recommends", *wanted],
        ],
        "dnf": [["dnf", "install", "--assumeyes", *wanted]],
        "pacman": [["pacman", "-S", "--needed", "--noconfirm", *wanted]],
        "brew": [["brew", "install", *wanted]],
    }[name]

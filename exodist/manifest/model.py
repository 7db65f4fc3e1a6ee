"""The manifest, the board and the component file, as types. One field here is the only place where
a setting exists: its description becomes the JSON Schema and the reference page.
"""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from exodist.manifest.base import Arch, InnerPath, Name, Sha256, SourcePath, Strict, Version

SCHEMA = 1

ComponentKind = Literal["kernel", "efi", "library", "program", "domain"]
ImageKind = Literal["iso", "direct"]


class Archive(Strict):
    """Where the sources of a pinned version come from when the tree holds another one."""

    url: str = Field(description="http(s) URL, or a path relative to the manifest's folder")
    sha256: Sha256 = Field(description="digest of the archive; checked before it is opened")


class Image(Strict):
    """One image that a build makes."""

    name: Name = Field(description="file name of the image, without suffix")
    kind: ImageKind = Field(description="iso: CD, USB stick and disk in one; direct: QEMU -kernel")
    arch: Arch = Field(description="architecture of the machine that boots it")
    board: Name = Field(description="a file in boards/, without .toml")
    keys: Name = Field(default="dev", description="key set in keys/ that signs it")


class Manifest(Strict):
    """A whole system: versions, images, keys, and the only time that any output holds."""

    schema_: Literal[1] = Field(alias="schema", description="version of this file's layout")
    name: Name = Field(description="name of the system; part of every derived identifier")
    version: Version = Field(description="version of the system")
    epoch: int = Field(ge=315532800, le=4102444800, description="seconds since 1970-01-01 UTC")
    security_version: int = Field(ge=1, description="rollback counter; only ever grows")
    toolchain: Version = Field(description="version of the ziglang wheel that compiles everything")
    skeleton: InnerPath | None = Field(
        default=None, description="folder whose files are copied into fs.img"
    )
    pins: dict[Version, list[Name]] = Field(description="version = [components pinned to it]")
    archives: dict[Name, Archive] = Field(
        default_factory=dict, description="component = archive of its pinned version"
    )
    images: list[Image] = Field(min_length=1, description="what a build makes, one table each")

    @field_validator("pins")
    @classmethod
    def _pinned_once(cls, pins: dict[str, list[str]]) -> dict[str, list[str]]:
        counts = Counter(name for names in pins.values() for name in names)
        for name, count in counts.items():
            if count > 1:
                raise ValueError(f"component `{name}` is pinned {count} times")
        return pins

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        for name, count in Counter(image.name for image in self.images).items():
            if count > 1:
                raise ValueError(f"image `{name}` is defined {count} times")
        for name in self.archives:
            if name not in self.versions:
                raise ValueError(f"archive of `{name}`, which no pin names")
        return self

    @property
    def versions(self) -> dict[str, str]:
        """Pinned version of each component."""
        return {name: version for version, names in self.pins.items() for name in names}


class Qemu(Strict):
    """The QEMU machine that stands for a board."""

    machine: str = Field(description="QEMU -machine value")
    cpu: str = Field(description="QEMU -cpu value")
    memory: int = Field(ge=32, description="MiB of memory")


class Board(Strict):
    """A machine as data: what its images need to know about it."""

    schema_: Literal[1] = Field(alias="schema", description="version of this file's layout")
    name: Name = Field(description="the file's name without .toml")
    summary: str = Field(description="one line")
    arch: Arch = Field(description="architecture")
    firmware: Literal["uefi"] = Field(description="what starts the image")
    console: Literal["ttyS0"] = Field(description="console of the login shell, a Linux name")
    layout: Literal["gpt-esp"] = Field(description="partitions: one EFI system partition in a GPT")
    qemu: Qemu | None = Field(default=None, description="the QEMU machine, where there is one")


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


class ArchPart(Strict):
    """What a component adds on one architecture."""

    sources: list[SourcePath] = Field(default_factory=list, description="more sources")
    flags: list[str] = Field(default_factory=list, description="more compiler flags")
    linker_script: SourcePath | None = Field(default=None, description="linker script")


class Component(Strict):
    """One thing that is compiled: kernel, stub, library, program or domain."""

    schema_: Literal[1] = Field(alias="schema", description="version of this file's layout")
    name: Name = Field(description="unique in the tree")
    version: Version = Field(description="version of these sources")
    kind: ComponentKind = Field(description="domain: a program of the boot archive")
    summary: str = Field(description="one line")
    license: str = Field(description="SPDX expression")
    sources: list[SourcePath] = Field(description="globs, relative to this file")
    include: list[SourcePath] = Field(default_factory=list, description="private headers")
    public: list[SourcePath] = Field(default_factory=list, description="exported headers")
    flags: list[str] = Field(default_factory=list, description="extra compiler flags")
    needs: list[Name] = Field(default_factory=list, description="components used, in link order")
    linker_script: SourcePath | None = Field(default=None, description="linker script")
    install: Annotated[list[str], BeforeValidator(_as_list)] = Field(
        default_factory=list,
        description="program: absolute path in fs.img, or a list: further paths are hard links",
    )
    arch: dict[Arch, ArchPart] = Field(default_factory=dict, description="per architecture")

    @field_validator("install")
    @classmethod
    def _installs_inside(cls, install: list[str]) -> list[str]:
        for path in install:
            if not path.startswith("/") or ".." in path.split("/") or path.endswith("/"):
                raise ValueError(f"`{path}` is not an absolute path of a file")
        return install

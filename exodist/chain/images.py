"""Products of one architecture -> fs.img, boot archive, unified kernel image, ESP, ISO, module.

Each method is one artifact, made once and remembered by the assembler; writers are pure functions
of other packages, imported only when they have to work.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from exodist.build.assemble import Assembler, Made, Value
from exodist.build.epoch import identity
from exodist.build.execute import Tally
from exodist.build.plan import Plan, Product
from exodist.build.reapi import Digest
from exodist.build.resolve import Inputs
from exodist.errors import ManifestError
from exodist.manifest.load import load_board
from exodist.manifest.model import Image, Manifest

PE_NAMES = {"x86_64": "BOOTX64.EFI"}


@dataclass(frozen=True)
class Output:
    """A file that the build publishes: `file` is its path in the manifest's output folder."""

    name: str
    kind: str
    file: str
    digest: Digest


class ImageChain:
    """All artifacts of one architecture; `made` collects them in the order of the chain."""

    def __init__(
        self,
        tree: Path,
        manifest: Manifest,
        inputs: Inputs,
        plan: Plan,
        tally: Tally,
        arch: str,
        assembler: Assembler,
    ) -> None:
        self._tree = tree
        self._manifest = manifest
        self._inputs = inputs
        self._plan = plan
        self._tally = tally
        self._arch = arch
        self._assembler = assembler
        self.made: list[Output] = []

    def add_products(self) -> None:
        """Publish what the components became."""
        for name, product in self._plan.products.items():
            kind = product.component.component.kind
            if kind == "library":
                continue
            file = product.output.removeprefix("out/")
            install = product.component.component.install
            if kind == "program" and install:
                file = install[0].lstrip("/")
            digest = self._kernel.digest if kind == "kernel" else self._digest(product)
            self._add(name, kind, file, digest)

    def add_image(self, image: Image) -> None:
        self._add("fs", "fs", "fs.img", self._fs.digest)
        if image.kind == "iso":
            self._add_iso(image)
        else:
            self._add_direct(image)

    def _add(self, name: str, kind: str, file: str, digest: Digest) -> None:
        output = Output(name, kind, file, digest)
        if output not in self.made:
            self.made.append(output)

    def _digest(self, product: Product) -> Digest:
        return self._tally.results[product.step].outputs[product.output]

    def _file(self, product: Product) -> Path:
        return self._assembler.path(self._digest(product))

    def _of_kind(self, kind: str) -> dict[str, Product]:
        return {
            name: product
            for name, product in self._plan.products.items()
            if product.component.component.kind == kind
        }

    def _only(self, kind: str) -> Product:
        found = self._of_kind(kind)
        if len(found) != 1:
            raise ManifestError(
                f"an image needs exactly one component of kind `{kind}`, "
                f"found {', '.join(found) or 'none'}",
                where=f"{self._manifest.name}: pins",
            )
        return next(iter(found.values()))

    def _installed(self) -> dict[str, Product]:
        """Programs by their path in fs.img."""
        found: dict[str, Product] = {}
        for product in self._of_kind("program").values():
            for path in product.component.component.install:
                if found.setdefault(path, product) is not product:
                    raise ManifestError(
                        f"`{path}` is also installed by `{found[path].component.component.name}`",
                        where=product.component.where("install"),
                    )
        return found

    @cached_property
    def _kernel(self) -> Made:
        """The linked kernel with the names that its epitaphs print."""
        linked = self._only("kernel")

        def write(file: Path) -> Mapping[str, Value]:
            from exodist.build.symbols import embed_symbols

            file.write_bytes(embed_symbols(self._file(linked).read_bytes()))
            return {}

        return self._assembler.make("kernel", {}, {"linked": self._digest(linked)}, write)

    @cached_property
    def _fs(self) -> Made:
        """fs.img with its hash tree; facts: root_hash, salt, data_blocks."""
        programs = self._installed()
        pages = {
            f"{name}.1": product.component.root / page
            for name, product in self._plan.products.items()
            if (page := product.component.page())
        }
        skeleton = self._inputs.skeleton
        digest_of = self._assembler.file_digest
        inputs = {path: self._digest(product) for path, product in programs.items()}
        inputs |= {name: digest_of(page) for name, page in pages.items()}
        inputs |= {path: digest_of(file) for path, file in skeleton.items()}
        label = self._manifest.name[:16]
        uuid = identity(self._manifest.name, "fs", "fs")

        def write(file: Path) -> Mapping[str, Value]:
            from exodist.images.contents import fs_entries
            from exodist.images.fsimg import write_fs

            installed = {
                product.component.component.install[0]: self._file(product)
                for product in programs.values()
            }
            links = {
                path: product.component.component.install[0]
                for path, product in programs.items()
                if path not in installed
            }
            entries = fs_entries(installed, links, pages, skeleton)
            with file.open("w+b") as out:
                made = write_fs(
                    entries, out, epoch=self._manifest.epoch, identity=uuid, label=label
                )
            return {
                "root_hash": made.root_hash.hex(),
                "salt": made.salt.hex(),
                "data_blocks": made.data_blocks,
            }

        settings: dict[str, Value] = {
            "epoch": self._manifest.epoch,
            "identity": str(uuid),
            "label": label,
        }
        return self._assembler.make("fs.img", settings, inputs, write)

    @property
    def _domains(self) -> dict[str, Product]:
        """Programs of the boot archive; `root` is the first that the kernel starts."""
        domains = self._of_kind("domain")
        return {name: domains[name] for name in sorted(domains, key=lambda n: (n != "root", n))}

    @cached_property
    def _archive(self) -> Made:
        domains = self._domains

        def write(file: Path) -> Mapping[str, Value]:
            from exodist.formats.boot_archive import encode

            data = encode([(name, self._file(p).read_bytes()) for name, p in domains.items()])
            file.write_bytes(data)
            return {}

        inputs = {name: self._digest(product) for name, product in domains.items()}
        return self._assembler.make("boot archive", {}, inputs, write)

    def _command_line(self, image: Image) -> str:
        """What the stub and the kernel are told; signed on the way through the firmware."""
        board = load_board(self._tree, image.board, self._manifest.name)
        facts = self._fs.facts
        words = [
            f"roothash={facts['root_hash']}",
            f"fs_blocks={facts['data_blocks']}",
            f"salt={facts['salt'] or '-'}",
            f"console={board.console}",
        ]
        if self._development(image):
            words.append("keys=development")
        return " ".join(words)

    def _development(self, image: Image) -> bool:
        """True when the private halves of the image's keys are known to everybody."""
        # The key set's own loader brings the cryptography library, which a no-op build never needs.
        file = self._tree / "keys" / image.keys / "keyset.toml"
        try:
            return bool(tomllib.loads(file.read_text()).get("development"))
        except (OSError, tomllib.TOMLDecodeError) as error:
            raise ManifestError(
                f"key set `{image.keys}` is unreadable: {error}",
                where=f"{self._manifest.name}: images.{image.name}.keys",
            ) from None

    def _os_release(self) -> str:
        manifest = self._manifest
        return (
            f"ID={manifest.name}\nNAME={manifest.name}\nVERSION_ID={manifest.version}\n"
            f'PRETTY_NAME="{manifest.name} {manifest.version}"\n'
        )

    def _sbat(self) -> str:
        """SBAT: component, generation, vendor, package, version, where (shim, SBAT.md)."""
        manifest = self._manifest
        return (
            "sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md\n"
            f"{manifest.name},{manifest.security_version},ExoV6,{manifest.name},"
            f"{manifest.version},https://example.invalid/exov6\n"
        )

    def _uki(self, image: Image) -> Made:
        """The unified kernel image, not yet signed."""
        stub, kernel, archive = self._only("efi"), self._only("kernel"), self._archive
        sections = {
            "osrel": self._os_release(),
            "uname": kernel.component.component.version,
            "cmdline": self._command_line(image),
            "sbat": self._sbat(),
        }

        def write(file: Path) -> Mapping[str, Value]:
            from exodist.images.uki import build_uki

            data = build_uki(
                self._file(stub).read_bytes(),
                arch=self._arch,
                linux=self._assembler.path(self._kernel).read_bytes(),
                initrd=self._assembler.path(archive).read_bytes(),
                **{name: text.encode() for name, text in sections.items()},
            )
            file.write_bytes(data)
            return {}

        inputs = {
            "stub": self._digest(stub),
            "linux": self._kernel.digest,
            "initrd": archive.digest,
        }
        settings = {"arch": self._arch, **sections}
        return self._assembler.make("unified kernel image", settings, inputs, write, image.name)

    def _signed(self, image: Image, unsigned: Made) -> Made:
        folder = self._tree / "keys" / image.keys
        digest_of = self._assembler.file_digest
        keys = {file.name: digest_of(file) for file in sorted(folder.glob("*")) if file.is_file()}

        def write(file: Path) -> Mapping[str, Value]:
            from exodist.sign.authenticode import sign_pe
            from exodist.sign.keyset import load_keyset

            signer = load_keyset(folder).signer()
            file.write_bytes(sign_pe(self._assembler.path(unsigned).read_bytes(), signer))
            return {}

        inputs = {"pe": unsigned.digest, **{f"keys/{name}": d for name, d in keys.items()}}
        return self._assembler.make("signature", {}, inputs, write, image.name)

    def _add_iso(self, image: Image) -> None:
        unsigned = self._uki(image)
        signed = self._signed(image, unsigned)
        esp = self._esp(image, signed)
        self._add(image.name, "initrd", f"{image.name}.initrd", self._archive.digest)
        self._add(image.name, "uki-unsigned", f"{image.name}-unsigned.efi", unsigned.digest)
        self._add(image.name, "uki", f"{image.name}.efi", signed.digest)
        self._add(image.name, "esp", f"{image.name}.esp", esp.digest)
        self._add(image.name, "iso", f"{image.name}.iso", self._iso(image, esp).digest)

    def _esp(self, image: Image, uki: Made) -> Made:
        uuid = identity(self._manifest.name, image.name, "esp")
        label, epoch = self._manifest.name.upper()[:11], self._manifest.epoch

        def write(file: Path) -> Mapping[str, Value]:
            from exodist.images.esp import write_esp

            files = {
                f"EFI/BOOT/{PE_NAMES[self._arch]}": self._assembler.path(uki),
                "EXOV6/FS.IMG": self._assembler.path(self._fs),
            }
            with file.open("w+b") as out:
                write_esp(files, out, epoch=epoch, identity=uuid, label=label)
            return {}

        inputs = {"uki": uki.digest, "fs": self._fs.digest}
        settings: dict[str, Value] = {"epoch": epoch, "identity": str(uuid), "label": label}
        return self._assembler.make("EFI system partition", settings, inputs, write, image.name)

    def _iso(self, image: Image, esp: Made) -> Made:
        uuid = identity(self._manifest.name, image.name, "disk")
        label, epoch = self._manifest.name.upper()[:32], self._manifest.epoch

        def write(file: Path) -> Mapping[str, Value]:
            from exodist.images.iso import write_iso

            path = self._assembler.path(esp)
            write_iso(path, {}, file, epoch=epoch, identity=uuid, label=label)
            return {}

        settings: dict[str, Value] = {"epoch": epoch, "identity": str(uuid), "label": label}
        return self._assembler.make("ISO", settings, {"esp": esp.digest}, write, image.name)

    def _add_direct(self, image: Image) -> None:
        """The module and the command line for QEMU's -kernel."""
        domains, fs = self._domains, self._fs

        def write(file: Path) -> Mapping[str, Value]:
            from exodist.images.direct import write_direct

            programs = [(name, self._file(product)) for name, product in domains.items()]
            with file.open("wb") as out:
                write_direct(programs, self._assembler.path(fs), out)
            return {}

        def write_line(file: Path) -> Mapping[str, Value]:
            file.write_text(line)
            return {}

        inputs = {name: self._digest(product) for name, product in domains.items()}
        inputs["fs.img"] = fs.digest
        module = self._assembler.make("direct module", {}, inputs, write, image.name)
        line = self._command_line(image)
        text = self._assembler.make("command line", {"line": line}, {}, write_line, image.name)
        self._add(image.name, "direct", f"{image.name}.module", module.digest)
        self._add(image.name, "cmdline", f"{image.name}.cmdline", text.digest)

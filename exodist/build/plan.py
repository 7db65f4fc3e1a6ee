"""Component files -> steps: what to compile, archive and link, with every input named.

The same flags for everybody, the component's own behind them. Commands run in the input tree's root
with relative paths, so neither the host's folders nor the user's name can reach an output.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from exodist.build.files import FileDigests
from exodist.build.reapi import Digest, Node
from exodist.build.toolchain import HEADERS, PROGRAM
from exodist.errors import ManifestError
from exodist.manifest.catalog import Located, headers

WARNINGS = (
    "-Wall", "-Wextra", "-Werror", "-Wshadow", "-Wstrict-prototypes", "-Wmissing-prototypes",
    "-Wvla", "-Wwrite-strings", "-Wundef", "-Wpointer-arith", "-Wimplicit-fallthrough",
    "-Wcast-align",
)  # fmt: skip
COMMON = (
    "-std=c17", "-nostdlibinc", "-isystem", HEADERS, "-g0", "-Os", "-fno-common",
    "-ffunction-sections", "-fdata-sections", "-ffile-compilation-dir=.",
)  # fmt: skip
USERLAND = ("-fno-pic", "-fno-stack-protector")
ELF_TARGETS = {"x86_64": "x86_64-none-elf"}
PE_TARGETS = {"x86_64": "x86_64-unknown-windows"}
ELF_LINK = ("--gc-sections", "--fatal-warnings", "-z", "max-page-size=4096", "--build-id=none",
            "-static")  # fmt: skip
USER_LINK = ("-z", "separate-code", "-s")
USER_BASE = "--image-base=0x400000"
PE_LINK = ("-Brepro", "-WX", "-subsystem:efi_application", "-entry:efi_main", "-nodefaultlib",
           "-filealign:512")  # fmt: skip
# Without the checks that a system's own insides trip over: it is malloc, it compares ends, and it
# keeps pages at fixed addresses.
ANALYSER = (
    "--analyze", "-Xclang", "-analyzer-disable-checker",
    "-Xclang", "unix.Malloc,core.NullPointerArithm,core.FixedAddressDereference",
    "-Xclang", "-analyzer-config", "-Xclang", "mode=shallow",
)  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One command over declared inputs."""

    name: str
    arguments: tuple[str, ...]
    files: Mapping[str, Node]
    outputs: tuple[str, ...]
    # Inputs that other steps make: path in this step -> (step, its output).
    made: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    # Inputs that many steps have in common: one object for all of them.
    shared: Mapping[str, Node] = field(default_factory=dict)


@dataclass(frozen=True)
class Product:
    """What a component becomes, and the step that makes it."""

    component: Located
    step: str
    output: str


@dataclass(frozen=True)
class Plan:
    """All steps of one architecture, inputs before users; the products by component name."""

    steps: Mapping[str, Step]
    products: Mapping[str, Product]
    # Where the bytes of static inputs are.
    origins: Mapping[Digest, Path | bytes]


def make_plan(
    components: Mapping[str, Located],
    generated: Mapping[str, bytes],
    digests: FileDigests,
    arch: str,
) -> Plan:
    """The plan for all `components`; raises ManifestError where one needs what is not there."""
    planner = _Planner(components, generated, digests, arch)
    for name in components:
        planner.add(name)
    return Plan(planner.steps, planner.products, planner.origins)


def make_analysis(plan: Plan) -> Plan:
    """The same sources and flags under clang's static analyser instead of its code generator.

    A finding is a warning, and a step that prints is a step that fails.
    """
    steps = {}
    for step in plan.steps.values():
        if not step.arguments[-3].endswith(".c"):
            continue
        output = step.outputs[0].removesuffix(".o") + ".plist"
        kept = step.arguments[: step.arguments.index("-MD")]
        source = step.arguments[-3]
        command = (*kept, *ANALYSER, "-o", output, source)
        name = f"analyse {step.name}"
        steps[name] = Step(name, command, step.files, (output,), shared=step.shared)
    return Plan(steps, {}, plan.origins)


class _Planner:
    def __init__(
        self,
        components: Mapping[str, Located],
        generated: Mapping[str, bytes],
        digests: FileDigests,
        arch: str,
    ) -> None:
        self._components = components
        self._digests = digests
        self._arch = arch
        self.steps: dict[str, Step] = {}
        self.products: dict[str, Product] = {}
        self.origins: dict[Digest, Path | bytes] = {}
        self._shared: dict[tuple[tuple[str, Node], ...], dict[str, Node]] = {}
        self._generated = {
            f"generated/{name}": self._text(data) for name, data in generated.items()
        }

    def add(self, name: str) -> Product:
        """Plan one component, and the libraries it links, once."""
        if name in self.products:
            return self.products[name]
        located = self._components[name]
        objects = self._compile(located)
        if located.component.kind == "library":
            step = self._archive(located, objects)
        else:
            step = self._link(located, objects)
        self.steps[step.name] = step
        self.products[name] = Product(located, step.name, step.outputs[0])
        return self.products[name]

    def _compile(self, located: Located) -> list[tuple[str, str]]:
        """One step for each source; returns (step, output) of each object."""
        component, arch = located.component, self._arch
        efi = component.kind == "efi"
        target = (PE_TARGETS if efi else ELF_TARGETS)[arch]
        folders = [*located.include_folders(), "generated"]
        shared = self._nodes(located.root, headers(located.root, located.include_folders(), []))
        for other in self._needs(located):
            folders += [folder for folder in other.public() if folder not in folders]
            shared.update(self._nodes(other.root, headers(other.root, other.public(), [])))
        shared = self._intern({**shared, **self._generated})
        flags = [f"--target={target}", *COMMON, *WARNINGS]
        flags += [] if component.kind in ("kernel", "efi") else USERLAND
        flags += [f"-I{folder}" for folder in folders] + located.flags(arch)
        made = []
        for source in located.sources(arch):
            beside = headers(located.root, [], [source])
            files = self._nodes(located.root, [source, *beside])
            stem = source.replace("/", "_")
            outputs = (f"out/{stem}.o", f"out/{stem}.d")
            command = ("clang", *flags, "-MD", "-MF", outputs[1], "-c", source, "-o", outputs[0])
            name = f"{component.name}: {source}"
            step = Step(name, (PROGRAM, *command), files, outputs, shared=shared)
            self.steps[step.name] = step
            made.append((step.name, outputs[0]))
        return made

    def _intern(self, shared: dict[str, Node]) -> dict[str, Node]:
        """The one object for this set of headers."""
        return self._shared.setdefault(tuple(sorted(shared.items())), shared)

    def _archive(self, located: Located, objects: list[tuple[str, str]]) -> Step:
        name = located.component.name
        output = f"out/lib{name.removeprefix('lib')}.a"
        made = {f"objects/{posixpath.basename(path)}": (step, path) for step, path in objects}
        command = (PROGRAM, "ar", "rcsD", output, *made)
        return Step(f"{name}: archive", command, {}, (output,), made)

    def _link(self, located: Located, objects: list[tuple[str, str]]) -> Step:
        component = located.component
        made = {f"objects/{posixpath.basename(path)}": (step, path) for step, path in objects}
        files: dict[str, Node] = {}
        if component.kind == "efi":
            output = f"out/{component.name}.efi"
            command = ("lld-link", *PE_LINK, f"-out:{output}", *made)
            return Step(f"{component.name}: link", (PROGRAM, *command), files, (output,), made)
        kernel = component.kind == "kernel"
        output = "out/kernel.elf" if kernel else f"out/{component.name}"
        script = located.linker_script(self._arch)
        if script:
            files = self._nodes(located.root, [script])
        layout = ("-T", script) if script else (() if kernel else (USER_BASE,))
        libraries = self._libraries(located)
        command = (
            "ld.lld", *ELF_LINK, *(() if kernel else USER_LINK), *layout, "-o", output, *made,
            "--start-group", *libraries, "--end-group",
        )  # fmt: skip
        made |= libraries
        return Step(f"{component.name}: link", (PROGRAM, *command), files, (output,), made)

    def _libraries(self, located: Located) -> dict[str, tuple[str, str]]:
        found = {}
        for other in self._needs(located):
            if other.component.kind == "library":
                product = self.add(other.component.name)
                path = f"libraries/{posixpath.basename(product.output)}"
                found[path] = (product.step, product.output)
        return found

    def _needs(self, located: Located) -> Iterator[Located]:
        for name in located.component.needs:
            if name not in self._components:
                raise ManifestError(
                    f"needs component `{name}`, which the manifest does not pin",
                    where=located.where("needs"),
                )
            yield self._components[name]

    def _nodes(self, root: Path, paths: list[str]) -> dict[str, Node]:
        found = {}
        for path in paths:
            digest = self._digests.digest(f"{root}/{path}")
            self.origins[digest] = root / path
            found[path] = Node(digest)
        return found

    def _text(self, data: bytes) -> Node:
        digest = Digest.of(data)
        self.origins[digest] = data
        return Node(digest)

"""The stages of one build: load, resolve, check the lock, plan, execute, assemble, publish."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from exodist.build.assemble import Assembler
from exodist.build.execute import Action, Executor, Reporter, Tally
from exodist.build.explain import History
from exodist.build.files import FileDigests
from exodist.build.plan import Plan, make_analysis, make_plan
from exodist.build.publish import Publisher
from exodist.build.resolve import Inputs, resolve
from exodist.build.sandbox import Sandbox
from exodist.build.store import MissingBlobError, Store
from exodist.build.toolchain import find_toolchain
from exodist.chain.images import ImageChain
from exodist.chain.report import TREE, Artifact, Options, Report
from exodist.console import console
from exodist.errors import ManifestError
from exodist.manifest.load import load_board, load_manifest
from exodist.manifest.lock import check_lock, encode_lock, load_lock, lock_path
from exodist.manifest.model import Image, Manifest

Outcome = TypeVar("Outcome")

SYSCALLS = "kernel/abi/syscalls.toml"


def run_stages(path: Path, options: Options, tree: Path) -> tuple[Report, FileDigests]:
    """Build, whatever is known of the last time; the digests know which files were looked at."""
    started = time.monotonic()
    store = Store(options.cache / "store")
    with store.building():
        digests = FileDigests(options.cache / "files.json")
        build = _Build(path, options, tree, store, digests)
        try:
            try:
                artifacts = build.artifacts()
            except MissingBlobError:
                console.warning("the store is damaged; what is missing is made again")
                store.repair()
                artifacts = build.artifacts()
        finally:
            digests.save()
            console.close()
    seconds = round(time.monotonic() - started, 3)
    return Report(artifacts, build.run, build.cached, seconds), digests


def analyse(path: Path, options: Options, tree: Path = TREE) -> list[str]:
    """What clang's static analyser finds in the components of a manifest."""
    store = Store(options.cache / "store")
    with store.building():
        digests = FileDigests(options.cache / "files.json")
        build = _Build(path, replace(options, locked=False), tree, store, digests)
        return build.findings()


def write_lock(path: Path, tree: Path = TREE, cache: Path = TREE / ".exo") -> bool:
    """Write the lock of the manifest at `path`; returns True when that changed it."""
    return _write_lock(path, _resolve(path, load_manifest(path), tree, cache))


def check_manifest(path: Path, tree: Path = TREE, cache: Path = TREE / ".exo") -> dict[str, str]:
    """Versions of the components of a manifest that a build would accept."""
    manifest = load_manifest(path)
    inputs = _resolve(path, manifest, tree, cache)
    check_lock(load_lock(path), inputs.lock, lock_path(path))
    return manifest.versions


def _resolve(path: Path, manifest: Manifest, tree: Path, cache: Path) -> Inputs:
    """What a manifest takes in, its boards looked at too."""
    for image in manifest.images:
        load_board(tree, image.board, f"{path}: images.{image.name}.board")
    digests = FileDigests(cache / "files.json")
    inputs = resolve(tree, path, manifest, cache, digests, find_toolchain(digests))
    digests.save()
    return inputs


def plan_of(path: Path, digests: FileDigests, tree: Path = TREE) -> Plan:
    """The plan of the first architecture of the manifest at `path`, without running it."""
    manifest = load_manifest(path)
    inputs = resolve(tree, path, manifest, tree / ".exo", digests, find_toolchain(digests))
    return make_plan(inputs.components, _generated(inputs), digests, manifest.images[0].arch)


def _generated(inputs: Inputs) -> dict[str, bytes]:
    """Headers and stubs that come from the table of system calls."""
    kernel = inputs.components.get("kernel")
    if kernel is None:
        return {}
    from exodist.build.syscalls import generate

    table = (kernel.root / SYSCALLS).read_text()
    return {name: text.encode() for name, text in generate(table).items()}


def _write_lock(path: Path, inputs: Inputs) -> bool:
    target, text = lock_path(path), encode_lock(inputs.lock)
    if target.is_file() and target.read_text() == text:
        return False
    temporary = target.with_suffix(".lock.tmp")
    temporary.write_text(text)
    temporary.replace(target)
    return True


class _Build:
    """One build; each method is one stage."""

    def __init__(
        self, path: Path, options: Options, tree: Path, store: Store, digests: FileDigests
    ) -> None:
        self._options = options
        self._tree = tree
        self._store = store
        self._digests = digests
        for file in (path, *sorted((tree / "boards").glob("*.toml"))):
            digests.digest(str(file))
        self._manifest = load_manifest(path)
        self._images = self._chosen(path)
        self._toolchain = find_toolchain(digests)
        self._inputs = resolve(tree, path, self._manifest, options.cache, digests, self._toolchain)
        if options.update_lock:
            _write_lock(path, self._inputs)
        if options.locked:
            lock = load_lock(path)
            digests.digest(str(lock_path(path)))
            check_lock(lock, self._inputs.lock, lock_path(path))
        self._history = History(options.cache / f"last-{self._manifest.name}.json", store)
        self._assembler = Assembler(store, digests, self._history, self._say)
        self._publisher = Publisher(store, digests, options.out / self._manifest.name)
        self._steps_run = 0
        self._steps_cached = 0

    @property
    def run(self) -> int:
        return self._steps_run + self._assembler.run

    @property
    def cached(self) -> int:
        return self._steps_cached + self._assembler.cached

    def _chosen(self, path: Path) -> list[Image]:
        known = [image.name for image in self._manifest.images]
        for name in self._options.images:
            if name not in known:
                raise ManifestError(
                    f"no image `{name}`", where=str(path), hint=f"known: {', '.join(known)}"
                )
        wanted = self._options.images or known
        images = [image for image in self._manifest.images if image.name in wanted]
        for image in images:
            board = load_board(self._tree, image.board, f"{path}: images.{image.name}.board")
            if board.arch != image.arch:
                raise ManifestError(
                    f"board `{board.name}` is {board.arch}, image `{image.name}` {image.arch}",
                    where=str(path),
                )
        return images

    def _say(self, name: str, why: str, done: int = 0, total: int = 0) -> None:
        """One step runs, or ran."""
        console.progress(done, total, name)
        self._options.on_action(name)
        if self._options.explain:
            console.note(f"{name}: {why}")

    def artifacts(self) -> tuple[Artifact, ...]:
        arches = dict.fromkeys(image.arch for image in self._manifest.images)
        made = tuple(artifact for arch in arches for artifact in self._of_arch(arch))
        self._history.save()
        return made

    def findings(self) -> list[str]:
        said = []
        for arch in dict.fromkeys(image.arch for image in self._manifest.images):
            plan = make_analysis(self._plan(arch))
            said += self._run(functools.partial(Executor.findings, plan=plan), _silent)
        return said

    def _plan(self, arch: str) -> Plan:
        return make_plan(self._inputs.components, _generated(self._inputs), self._digests, arch)

    def _of_arch(self, arch: str) -> list[Artifact]:
        plan = self._plan(arch)
        tally = self._compile(plan)
        chain = ImageChain(
            self._tree, self._manifest, self._inputs, plan, tally, arch, self._assembler
        )
        chain.add_products()
        for image in self._images:
            if image.arch == arch:
                chain.add_image(image)
        return [
            Artifact(
                made.name,
                made.kind,
                arch,
                self._publisher.publish(made.file, made.digest),
                made.digest.hash,
                made.digest.size,
            )
            for made in chain.made
        ]

    def _run(self, work: Callable[[Executor], Outcome], report: Reporter) -> Outcome:
        """What `work` does with an executor, whose sandbox is made when the first action runs."""
        with ExitStack() as stack:

            @functools.cache
            def sandbox() -> Sandbox:
                # Probing the host costs time that a build with nothing to do should not pay.
                made = Sandbox(self._store, self._toolchain, isolate=self._options.isolate)
                stack.callback(made.close)
                return made

            jobs = self._options.jobs
            return work(Executor(self._store, sandbox, self._toolchain, jobs, report))

    def _compile(self, plan: Plan) -> Tally:
        started: list[str] = []
        history = self._history

        def report(name: str, done: int, total: int, action: Action) -> None:
            if not started:
                started.append(name)
                console.step(f"building {self._manifest.name}: {total} steps")
            why = history.explain(name, action.digest, action.hashes, action.command)
            self._say(name, why, done, total)

        tally = self._run(functools.partial(Executor.run, plan=plan), report)
        self._steps_run += tally.run
        self._steps_cached += tally.cached
        for name, digest in tally.actions.items():
            history.note(name, digest)
        return tally


def _silent(name: str, done: int, total: int, action: Action) -> None:
    """A run whose progress nobody watches."""

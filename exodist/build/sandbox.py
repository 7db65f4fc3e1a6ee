"""Runs one command on this machine, seeing only its declared inputs.

With bubblewrap: no network, no host files, inputs and compiler read-only, only `out/` writable.
Without it: a scratch tree of exactly the inputs, an empty environment, and the same check of the
compiler's dependency file that every compile gets: a header that was read and not declared fails.
"""

from __future__ import annotations

import functools
import os
import shlex
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from exodist.build.reapi import Digest, Node
from exodist.build.store import Store
from exodist.build.toolchain import HEADERS, PROGRAM, Toolchain
from exodist.errors import ToolError

# All that a command's environment holds. clang puts what it preprocesses of assembly into a
# temporary file, and `out/` is the only folder where it may write.
ENVIRONMENT = {"TMPDIR": "out"}


class Sandbox:
    """Runs commands over blobs of one store with one toolchain."""

    def __init__(self, store: Store, toolchain: Toolchain, *, isolate: bool = True) -> None:
        self._store = store
        self._toolchain = toolchain
        self._wrapper = bubblewrap() if isolate else None
        self._keeping = threading.Lock()
        # Scratch folders that nobody uses now, by the identity of the inputs that stand in them.
        self._free: dict[int, list[Path]] = {}

    @property
    def isolated(self) -> bool:
        return self._wrapper is not None

    def run(
        self,
        name: str,
        arguments: list[str],
        inputs: Mapping[str, Node],
        outputs: Iterable[str],
        shared: Mapping[str, Node] | None = None,
    ) -> tuple[dict[str, Digest], str]:
        """Output digests and what the command printed; raises ToolError when it fails.

        `shared` are those of the inputs that other commands have too, always the same object.
        """
        own = {path: node for path, node in inputs.items() if path not in (shared or {})}
        with self._tree(shared or {}) as folder:
            self._stage(folder, own)
            try:
                printed = self._call(name, arguments, folder)
            except ToolError as error:
                command = shlex.join(arguments)
                error.hint = f"repeat it: {self._keep_failed(folder)} && TMPDIR=out {command}"
                raise
            for path in outputs:
                if path.endswith(".d"):
                    check_dependencies(name, (folder / path).read_text(), inputs)
            made = {path: self._store.adopt(self._output(name, folder, path)) for path in outputs}
            for path in own:
                os.unlink(f"{folder}/{path}")  # noqa: PTH108  # strings are the hot path
            shutil.rmtree(folder / "out")
            return made, printed

    @contextmanager
    def _tree(self, shared: Mapping[str, Node]) -> Iterator[Path]:
        """A scratch folder that holds `shared`: one that an earlier command left, or a new one.

        Staging sixty headers costs as much as a tenth of a compile. A tree is used by one command
        at a time and used again only after a command that ended well; the store's next cleaning
        removes those that a killed build leaves.
        """
        free = self._free.setdefault(id(shared), [])
        try:
            folder = free.pop()
        except IndexError:
            folder = self._store.new_folder()
            self._stage(folder, shared)
        try:
            yield folder
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        free.append(folder)

    def close(self) -> None:
        """Remove the scratch folders."""
        for folders in self._free.values():
            for folder in folders:
                shutil.rmtree(folder, ignore_errors=True)
        self._free.clear()

    def _stage(self, folder: Path, inputs: Mapping[str, Node]) -> None:
        made: set[str] = set()
        for path, node in inputs.items():
            target = f"{folder}/{path}"
            parent = target.rpartition("/")[0]
            if parent not in made:
                os.makedirs(parent, exist_ok=True)  # noqa: PTH103  # strings are the hot path
                made.add(parent)
            _link(str(self._store.path(node.digest)), target)
        (folder / "out").mkdir(exist_ok=True)

    def _call(self, name: str, arguments: list[str], folder: Path) -> str:
        argv = (self._wrapped(folder) if self._wrapper else self._bare(folder)) + arguments
        done = subprocess.run(
            argv,
            cwd=folder,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        if done.returncode:
            status = done.returncode
            ended = f"status {status}" if status > 0 else signal.Signals(-status).name
            raise ToolError(f"`{name}` failed with {ended}", output=done.stdout)
        return done.stdout

    def _keep_failed(self, folder: Path) -> str:
        """Keep the scratch tree of a failed command, so that it can be repeated by hand."""
        kept = self._store.root.parent / "failed"
        with self._keeping:
            shutil.rmtree(kept, ignore_errors=True)
            shutil.copytree(folder, kept, ignore=shutil.ignore_patterns("toolchain"))
            (kept / "toolchain").symlink_to(self._toolchain.root)
        return f"cd {shlex.quote(str(kept))}"

    def _wrapped(self, folder: Path) -> list[str]:
        assert self._wrapper is not None
        (folder / HEADERS).mkdir(parents=True, exist_ok=True)
        (folder / PROGRAM).touch()
        root = self._toolchain.root
        return [
            self._wrapper, "--unshare-all", "--die-with-parent", "--new-session",
            "--ro-bind", str(folder), "/w",
            "--ro-bind", str(root / "zig"), f"/w/{PROGRAM}",
            "--ro-bind", str(root / "lib/include"), f"/w/{HEADERS}",
            "--bind", str(folder / "out"), "/w/out",
            "--chdir", "/w", "--",
        ]  # fmt: skip

    def _bare(self, folder: Path) -> list[str]:
        link = folder / "toolchain"
        if not link.is_symlink():
            link.symlink_to(self._toolchain.root)
        return []

    @staticmethod
    def _output(name: str, folder: Path, path: str) -> Path:
        found = folder / path
        if found.is_symlink() or not found.is_file():
            raise ToolError(f"`{name}` did not write `{path}`")
        return found


def _link(blob: str, target: str) -> None:
    try:
        os.link(blob, target)
    except OSError:
        shutil.copyfile(blob, target)


@functools.cache
def bubblewrap() -> str | None:
    """The path of a bubblewrap that works here (some hosts forbid user namespaces)."""
    program = shutil.which("bwrap")
    if program is None:
        return None
    probe = [program, "--unshare-all", "--ro-bind", "/", "/", "--", "/bin/true"]
    done = subprocess.run(probe, capture_output=True, check=False)
    return program if done.returncode == 0 else None


def dependencies(text: str) -> list[str]:
    """The prerequisites of a dependency file as clang writes it: one rule, `\\` before newlines."""
    rule = text.replace("\\\n", " ").partition(": ")[2]
    return [path.replace("\0", " ") for path in rule.replace("\\ ", "\0").split()]


def check_dependencies(name: str, text: str, inputs: Mapping[str, Node]) -> None:
    """Raise ToolError for a file that the compiler read and the action does not declare."""
    for path in dependencies(text):
        clean = os.path.normpath(path)
        if clean not in inputs and not clean.startswith("toolchain/lib/include/"):
            raise ToolError(
                f"`{name}` read `{clean}`, which is not among its declared inputs",
                hint="name its folder in `include` of the component file, or its owner in `needs`",
            )

"""Image assembly with a memory: a pure function over known inputs runs once.

The key covers the function's name, its settings, the digests of its inputs and of our own code, so
that a changed writer writes anew. What it wrote is a blob of the store; what it said about it (a
root hash, a size) is kept with the result.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from exodist.build.explain import History
from exodist.build.files import FileDigests
from exodist.build.reapi import Digest, Node, tree_digest
from exodist.build.store import Result, Store

Value = str | int | None
Write = Callable[[Path], Mapping[str, Value]]


@dataclass(frozen=True)
class Made:
    """A file that was assembled, and what its writer said about it."""

    digest: Digest
    facts: Mapping[str, Value]


class Assembler:
    """Assembles into one store, and counts."""

    def __init__(
        self,
        store: Store,
        digests: FileDigests,
        history: History,
        report: Callable[[str, str], None],
    ) -> None:
        self._store = store
        self._history = history
        self._report = report
        self._digests = digests
        package = Path(__file__).parent.parent
        self._code = tree_digest(
            {
                path.relative_to(package).as_posix(): Node(digests.digest(str(path)))
                for path in sorted(package.rglob("*.py"))
            }
        ).hash
        self.run = 0
        self.cached = 0

    def make(
        self,
        what: str,
        settings: Mapping[str, Value],
        inputs: Mapping[str, Digest],
        write: Write,
        image: str = "",
    ) -> Made:
        """The file that `write` makes of these settings and inputs, for one image or for all."""
        names = {path: digest.hash for path, digest in inputs.items()}
        command = json.dumps([what, dict(settings)], sort_keys=True)
        key = Digest.of(json.dumps([command, self._code, names], sort_keys=True).encode())
        step = f"{image}: {what}" if image else what
        self._history.note(step, key)
        known = self._store.load(key)
        if known is not None:
            self.cached += 1
            return Made(known.outputs["file"], json.loads(known.messages))
        self._report(step, self._history.explain(step, key, names, command))
        with self._store.temporary() as file:
            facts = dict(write(file))
            digest = self._store.adopt(file)
        self._store.save(key, Result({"file": digest}, json.dumps(facts), names, command))
        self.run += 1
        return Made(digest, facts)

    def file_digest(self, path: Path) -> Digest:
        return self._digests.digest(str(path))

    def path(self, made: Made | Digest) -> Path:
        return self._store.path(made.digest if isinstance(made, Made) else made)

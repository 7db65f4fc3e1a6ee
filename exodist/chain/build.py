"""Build a manifest: what `build`, `run` and the tests call.

A build with nothing to do must not cost half a second, so it is recognised before anything else is
imported: when every file that the last build looked at, every folder that it listed and every file
that it wrote have the stat that they had then, the last report still holds.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path

from exodist.build.files import FileDigests, settled, stamp_of
from exodist.chain.report import TREE, Artifact, Options, Report

# Folders of the tree whose listings decide what is built.
_LISTED = ("kernel", "userland", "boards", "keys", "exodist")


def make(path: Path, options: Options | None = None, tree: Path = TREE) -> Report:
    """Build the manifest at `path`; raises ExodistError with what went wrong."""
    options = options or Options()
    started = time.monotonic()
    memory = _memory(path, options)
    known = _remembered(memory)
    if known is not None and not options.update_lock:
        return replace(known, seconds=round(time.monotonic() - started, 3))
    memory.unlink(missing_ok=True)
    folders = {folder: _stamp(folder) for folder in _folders(tree)}

    from exodist.chain.stages import run_stages

    report, digests = run_stages(path, options, tree)
    _remember(memory, report, digests, folders)
    return report


def _memory(path: Path, options: Options) -> Path:
    """The file that remembers the last build of these images of this manifest."""
    key = [str(path.absolute()), *options.images, str(options.out.absolute())]
    return options.cache / "builds" / f"{sha256(repr(key).encode()).hexdigest()[:16]}.json"


def _folders(tree: Path) -> Iterator[str]:
    for top in _LISTED:
        for folder, below, _ in os.walk(tree / top):
            below[:] = [name for name in below if name != "__pycache__"]
            yield folder


def _stamp(path: str) -> list[int] | None:
    try:
        return stamp_of(os.stat(path))  # noqa: PTH116  # strings are the hot path
    except OSError:
        return None


def _remembered(memory: Path) -> Report | None:
    """The last report, if nothing that it depends on has changed."""
    try:
        last = json.loads(memory.read_bytes())
        if any(_stamp(path) != stamp for path, stamp in last["stamps"].items()):
            return None
        artifacts = [Artifact(**{**one, "path": Path(one["path"])}) for one in last["artifacts"]]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Report(tuple(artifacts), 0, last["actions"], 0.0)


def _remember(
    memory: Path,
    report: Report,
    digests: FileDigests,
    folders: dict[str, list[int] | None],
) -> None:
    """Write the memory; not while an input is so fresh that its stat may hide the next change."""
    written = {str(artifact.path) for artifact in report.artifacts}
    inputs = {path: stamp for path, stamp in digests.asked.items() if path not in written}
    if not all(settled(stamp) for stamp in inputs.values()):
        return
    last = {
        "stamps": {**inputs, **folders, **{path: _stamp(path) for path in written}},
        "artifacts": [{**asdict(one), "path": str(one.path)} for one in report.artifacts],
        "actions": report.run + report.cached,
    }
    memory.parent.mkdir(parents=True, exist_ok=True)
    temporary = memory.with_suffix(f".{os.getpid()}.tmp")
    temporary.write_text(json.dumps(last, separators=(",", ":")))
    temporary.replace(memory)

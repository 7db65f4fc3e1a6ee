"""What a build is asked for, and what it answers."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from exodist.errors import ManifestError

TREE = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Artifact:
    """One file that a build made."""

    name: str
    kind: str
    arch: str
    path: Path
    sha256: str
    size: int


@dataclass(frozen=True)
class Report:
    """What a build made and did."""

    artifacts: tuple[Artifact, ...]
    run: int
    cached: int
    seconds: float

    def find(self, kind: str) -> Artifact:
        """The first artifact of a kind; raises ManifestError when there is none."""
        for artifact in self.artifacts:
            if artifact.kind == kind:
                return artifact
        raise ManifestError(f"the manifest makes nothing of kind `{kind}`")


@dataclass(frozen=True)
class Options:
    """How to build; what is built stands in the manifest."""

    images: tuple[str, ...] = ()
    jobs: int = field(default_factory=lambda: os.cpu_count() or 1)
    explain: bool = False
    update_lock: bool = False
    # Linters judge sources that are being edited; whatever makes artifacts goes by the lock.
    locked: bool = True
    isolate: bool = True
    out: Path = TREE / "out"
    cache: Path = TREE / ".exo"
    on_action: Callable[[str], None] = lambda name: None

"""What several commands share."""

from __future__ import annotations

from pathlib import Path

TREE = Path(__file__).resolve().parent.parent.parent


def default_manifest() -> Path:
    """The manifest that is meant when none is named."""
    return TREE / "manifests" / "exov6.toml"

"""What all our data files share: frozen models, paths that stay inside, names that can be files.

A path in a data file is relative, with `/`, and never leaves its tree; that is decided by reading
it, before any file is touched.
"""

from __future__ import annotations

import posixpath
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


class Strict(BaseModel):
    """Frozen, complete at construction, and without unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def inside(path: str) -> str:
    """`path`, normalised, when it is relative and stays below where it starts."""
    clean = posixpath.normpath(path)
    if not path or clean.startswith(("/", "../")) or clean == ".." or "\\" in path or "\0" in path:
        raise ValueError(f"`{path}` leaves the tree")
    return clean


Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._+-]{0,63}$")]
Version = Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+){0,3}([.+~-][0-9A-Za-z.]+)?$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
InnerPath = Annotated[str, AfterValidator(inside)]
Arch = Literal["x86_64"]


def _relative(path: str) -> str:
    if not path or path.startswith("/") or "\\" in path or "\0" in path:
        raise ValueError(f"`{path}` is not a relative path")
    return path


# Relative to a component file; `../` is fine as long as `resolve_inside` finds it in the tree.
SourcePath = Annotated[str, AfterValidator(_relative)]


def resolve_inside(folder: str, path: str) -> str:
    """`path`, given in `folder`, as a path from the tree's root; raises ValueError outside it."""
    return inside(posixpath.join(folder, path))

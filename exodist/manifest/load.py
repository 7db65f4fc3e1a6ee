"""TOML text -> model, with errors that an author can act on: file, field, what was found, nearest
known name. Nothing here looks at sources.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from exodist.errors import ManifestError
from exodist.manifest.model import Board, Component, Manifest

Model = TypeVar("Model", bound=BaseModel)


def load_manifest(path: Path) -> Manifest:
    return load(path, Manifest)


def load_board(tree: Path, name: str, where: str) -> Board:
    """The board `name` of the tree; `where` is who asked, for the message."""
    folder = tree / "boards"
    known = sorted(path.stem for path in folder.glob("*.toml"))
    if name not in known:
        raise ManifestError(f"no board `{name}`", where=where, hint=_nearest(name, known))
    return load(folder / f"{name}.toml", Board)


def load_component(path: Path) -> Component:
    return load(path, Component)


def load(path: Path, model: type[Model]) -> Model:
    """The model in the file; raises ManifestError with file and field."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ManifestError("no such file", where=str(path)) from None
    except IsADirectoryError:
        raise ManifestError("is a folder, not a file", where=str(path)) from None
    return parse(data, model, str(path))


def parse(data: bytes, model: type[Model], where: str) -> Model:
    """The model in the bytes of one TOML file named `where`."""
    try:
        fields = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ManifestError(f"not TOML: {error}", where=where) from None
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise _explain(error, model, where) from None


def _explain(error: ValidationError, model: type[BaseModel], where: str) -> ManifestError:
    """One finding, as one line: a misspelt field before the field that is then missing."""
    findings = error.errors()
    first = next((one for one in findings if one["type"] == "extra_forbidden"), findings[0])
    loc = [str(part) for part in first["loc"]]
    field = ".".join(loc) or "file"
    if first["type"] == "extra_forbidden":
        known = _known_fields(model, loc[:-1])
        return ManifestError(
            f"unknown field `{loc[-1]}`", where=f"{where}: {field}", hint=_nearest(loc[-1], known)
        )
    message = str(first["msg"]).removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    if first["type"] not in ("missing", "value_error"):
        message = f"{message}, found `{first['input']}`"
    return ManifestError(message, where=f"{where}: {field}")


def _known_fields(model: type[BaseModel], loc: Sequence[str]) -> list[str]:
    """Field names of the model that stands at `loc` inside `model`."""
    for part in loc:
        inner = _field_model(model, part)
        if inner is not None:
            model = inner
    return [info.alias or name for name, info in model.model_fields.items()]


def _field_model(model: type[BaseModel], part: str) -> type[BaseModel] | None:
    info = model.model_fields.get(part)
    return _find_model(info.annotation) if info else None


def _find_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_find_model(argument) for argument in get_args(annotation))
    return next((model for model in found if model), None)


def _nearest(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, 1, 0.5)
    return f"did you mean `{near[0]}`?" if near else f"known: {', '.join(known)}"

"""What differs between two manifests, one line a field."""

from __future__ import annotations

from collections.abc import Iterator

from exodist.manifest.model import Manifest


def differences(old: Manifest, new: Manifest) -> list[str]:
    """Lines `field: old -> new`, sorted by field; versions by component."""
    before, after = dict(_flat("", _fields(old))), dict(_flat("", _fields(new)))
    return [
        f"{key}: {before.get(key, 'absent')} -> {after.get(key, 'absent')}"
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    ]


def _fields(manifest: Manifest) -> dict[str, object]:
    fields = manifest.model_dump(by_alias=True, exclude={"pins", "images"})
    fields["pins"] = manifest.versions
    fields["images"] = {image.name: image.model_dump() for image in manifest.images}
    return fields


def _flat(prefix: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{prefix}.{key}" if prefix else str(key), inner)
    else:
        yield prefix, str(value)

"""The lock: what is written is read, a short one is refused, differences are named."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exodist.errors import ExodistError, SourceError
from exodist.manifest.lock import (
    Lock,
    LockedComponent,
    LockedToolchain,
    check_lock,
    encode_lock,
    load_lock,
)

DIGESTS = st.integers(0, 2**32).map(lambda number: f"{number:064x}")
NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)
COMPONENTS = st.builds(
    LockedComponent, version=st.just("0.1.0"), tree=DIGESTS, archive=st.none() | DIGESTS
)
LOCKS = st.builds(
    Lock,
    schema=st.just(1),
    toolchain=st.builds(
        LockedToolchain,
        version=st.just("0.17.1"),
        wheels=st.dictionaries(NAMES, DIGESTS, max_size=2),
        trees=st.dictionaries(NAMES, DIGESTS, max_size=2),
    ),
    skeleton=st.none() | DIGESTS,
    components=st.dictionaries(NAMES, COMPONENTS, min_size=1, max_size=4),
)


def load(tmp_path: Path, text: str) -> Lock:
    (tmp_path / "m.lock").write_text(text)
    return load_lock(tmp_path / "m.toml")


@given(LOCKS)
def test_round_trip(tmp_path: Path, lock: Lock) -> None:
    text = encode_lock(lock)
    assert load(tmp_path, text) == lock
    assert encode_lock(load(tmp_path, text)) == text


@given(LOCKS, st.data())
def test_a_short_lock_is_refused(tmp_path: Path, lock: Lock, data: st.DataObject) -> None:
    text = encode_lock(lock)
    cut = data.draw(st.integers(0, len(text) - 2))  # without the last newline it is whole
    with pytest.raises(ExodistError) as caught:
        check_lock(load(tmp_path, text[:cut]), lock, tmp_path / "m.lock")
    assert "\n" not in str(caught.value)


ZERO, ONE = "0" * 64, "1" * 64


def _lock(**changes: object) -> Lock:
    cat = {"version": "0.1.0", "tree": ZERO, "archive": ZERO, **changes}
    return Lock(
        schema=1,
        toolchain=LockedToolchain(version="0.17.1", wheels={}, trees={"linux-x86_64": ZERO}),
        components={"cat": LockedComponent.model_validate(cat)},
    )


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [("tree", ONE, ZERO), ("archive", ONE, ZERO), ("version", "0.2.0", "0.1.0")],
)
def test_a_difference_names_component_expected_and_found(
    field: str, value: str, expected: str
) -> None:
    check_lock(_lock(), _lock(), Path("m.lock"))
    with pytest.raises(SourceError) as caught:
        check_lock(_lock(), _lock(**{field: value}), Path("m.lock"))
    said = f"component `cat`: {field} differs from the lock: expected {expected}, found {value}"
    assert str(caught.value) == f"m.lock: {said}"

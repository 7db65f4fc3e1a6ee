"""Components of a tree: what belongs to each, and trees that are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from exodist.errors import ManifestError
from exodist.manifest.catalog import find_components, need
from tests.small_tree import write_tree


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_tree(tmp_path)
    return tmp_path


def test_files_of_components(root: Path) -> None:
    found = find_components(root)
    assert found["cat"].files("x86_64") == [
        "userland/bin/cat.1",
        "userland/bin/cat.c",
        "userland/bin/cat.toml",
    ]
    assert found["lib"].files("x86_64") == [
        "userland/lib/add.c",
        "userland/lib/include/add.h",
        "userland/lib/lib.toml",
    ]


def test_our_own_tree(tree: Path) -> None:
    for located in find_components(tree).values():
        assert located.files("x86_64")


def test_parts_of_an_architecture(root: Path) -> None:
    file = root / "userland/bin/cat.toml"
    part = '[arch.x86_64]\nsources = ["../lib/*.c"]\nflags = ["-DX"]\nlinker_script = "x.ld"\n'
    file.write_text(file.read_text() + part)
    (root / "userland/bin/x.ld").write_text("")
    located = find_components(root)["cat"]
    assert located.sources("x86_64") == ["userland/bin/cat.c", "userland/lib/add.c"]
    assert located.flags("x86_64") == ["-DX"]
    assert located.linker_script("x86_64") == "userland/bin/x.ld"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('["cat.c"]', '["dog.c"]', "sources: no file matches `dog.c`"),
        ('["cat.c"]', '["*.dog"]', r"sources: no file matches `\*.dog`"),
        ('["cat.c"]', '["../../../etc/passwd"]', "leaves the tree"),
        (
            'name = "cat"',
            'name = "wc"',
            "component `wc` is also defined in `userland/bin/cat.toml`",
        ),
    ],
)
def test_bad_trees(root: Path, old: str, new: str, message: str) -> None:
    file = root / "userland/bin/cat.toml"
    file.write_text(file.read_text().replace(old, new))
    with pytest.raises(ManifestError, match=message):
        find_components(root)["cat"].files("x86_64")


def test_a_missing_component(root: Path) -> None:
    with pytest.raises(ManifestError, match="no component `cta`") as caught:
        need(find_components(root), "cta", "m.toml: pins")
    assert caught.value.hint == "did you mean `cat`?"

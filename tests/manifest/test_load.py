"""Manifests, boards and components: what is refused, and how well it is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from exodist.errors import ManifestError
from exodist.manifest.base import inside, resolve_inside
from exodist.manifest.compare import differences
from exodist.manifest.load import load_board, load_manifest, parse
from exodist.manifest.model import Component, Manifest

GOOD = """schema = 1
name = "good"
version = "1.0"
epoch = 1767225600
security_version = 1
toolchain = "0.17.1"
[pins]
"0.1.0" = ["libc", "cat"]
[[images]]
name = "good"
kind = "iso"
arch = "x86_64"
board = "generic-x86_64"
"""


def _error(text: str) -> ManifestError:
    with pytest.raises(ManifestError) as caught:
        parse(text.encode(), Manifest, "m.toml")
    return caught.value


def test_good() -> None:
    manifest = parse(GOOD.encode(), Manifest, "m.toml")
    assert manifest.versions == {"libc": "0.1.0", "cat": "0.1.0"}


@pytest.mark.parametrize(
    ("old", "new", "message", "hint"),
    [
        ("epoch", "epohc", "m.toml: epohc: unknown field `epohc`", "did you mean `epoch`?"),
        ("board =", "bord =", "m.toml: images.0.bord: unknown field `bord`", "`board`?"),
        ("epoch = 1767225600", 'epoch = "now"', "m.toml: epoch: input should be a valid", None),
        ("epoch = 1767225600", "epoch = 7", "m.toml: epoch: input should be greater", None),
        ('"libc", "cat"', '"cat", "cat"', "m.toml: pins: component `cat` is pinned 2 times", None),
        ('"iso"', '"floppy"', "m.toml: images.0.kind: input should be 'iso'", None),
        ('name = "good"', 'name = "../x"', "m.toml: name: string should match", None),
        ("[pins]", 'skeleton = "../x"\n[pins]', "m.toml: skeleton: `../x` leaves the tree", None),
        ("[pins]", 'skeleton = "/x"\n[pins]', "m.toml: skeleton: `/x` leaves the tree", None),
        ("schema = 1", "schema = 2", "m.toml: schema: input should be 1", None),
        ('version = "1.0"\n', "", "m.toml: version: field required", None),
        ("schema = 1", "schema = ", "m.toml: not TOML", None),
        ("x86_64", "m68k", "m.toml: images.0.arch: input should be 'x86_64', found `m68k`", None),
    ],
)
def test_bad(old: str, new: str, message: str, hint: str | None) -> None:
    error = _error(GOOD.replace(old, new, 1) if old != '"iso"' else GOOD.replace(old, new))
    assert str(error).startswith(message)
    assert "\n" not in str(error)
    assert error.exit_code == 2
    assert hint is None or (error.hint and hint in error.hint)


def test_two_images_of_one_name() -> None:
    image = GOOD[GOOD.index("[[images]]") :]
    assert "image `good` is defined 2 times" in str(_error(GOOD + image))


def test_an_archive_of_nothing() -> None:
    extra = f'[archives.dog]\nurl = "x"\nsha256 = "{"0" * 64}"\n'
    assert "archive of `dog`, which no pin names" in str(_error(GOOD + extra))


def test_not_utf8() -> None:
    with pytest.raises(ManifestError, match="not TOML"):
        parse(b"\xff", Manifest, "m.toml")


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="no such file"):
        load_manifest(tmp_path / "m.toml")
    with pytest.raises(ManifestError, match="is a folder"):
        load_manifest(tmp_path)


def test_boards(tree: Path) -> None:
    for path in (tree / "boards").glob("*.toml"):
        assert load_board(tree, path.stem, "test").name == path.stem
    with pytest.raises(ManifestError, match="no board `generic-x86`") as caught:
        load_board(tree, "generic-x86", "m.toml: images.0.board")
    assert caught.value.hint == "did you mean `generic-x86_64`?"


COMPONENT = """schema = 1
name = "cat"
version = "0.1.0"
kind = "program"
summary = "s"
license = "MIT"
sources = ["cat.c"]
"""


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ('install = "bin/cat"', "is not an absolute path"),
        ('install = ["/bin/cat", "x"]', "is not an absolute path"),
        ("install = 7", "install: input should be a valid list"),
        ('install = "/bin/../cat"', "is not an absolute path"),
        ('include = ["/usr/include"]', "is not a relative path"),
        ('kind2 = "x"', "unknown field `kind2`"),
        ('[arch.x86_64]\nflag = ["-g"]', "arch.x86_64.flag: unknown field `flag`"),
    ],
)
def test_bad_components(extra: str, message: str) -> None:
    with pytest.raises(ManifestError) as caught:
        parse((COMPONENT + extra).encode(), Component, "cat.toml")
    assert message in str(caught.value)


@pytest.mark.parametrize("path", ["", "/a", "..", "../a", "a/../../b", "a\\b", "a\0"])
def test_paths_that_leave(path: str) -> None:
    with pytest.raises(ValueError, match="leaves the tree"):
        inside(path)


def test_paths_that_stay() -> None:
    assert inside("a/./b/../c") == "a/c"
    assert resolve_inside("kernel/boot", "../lib/x.c") == "kernel/lib/x.c"


def test_differences() -> None:
    old = parse(GOOD.encode(), Manifest, "m")
    text = GOOD.replace('["libc", "cat"]', '["libc"]\n"0.2.0" = ["cat"]').replace('"1.0"', '"1.1"')
    assert differences(old, old) == []
    assert differences(old, parse(text.encode(), Manifest, "m")) == [
        "pins.cat: 0.1.0 -> 0.2.0",
        "version: 1.0 -> 1.1",
    ]

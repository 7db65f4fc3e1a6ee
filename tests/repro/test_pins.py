"""Pins are real: two manifests of the whole system pin two versions of cat, both build, and nothing
but /bin/cat differs inside fs.img.
"""

from __future__ import annotations

import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from exodist.build.archive import pack
from exodist.chain.build import make
from exodist.chain.report import Options
from exodist.chain.stages import write_lock

pytestmark = pytest.mark.whole

OLD = "0.0.9"


def _archive(tree: Path) -> bytes:
    """Another version of cat: the same, but it says another thing when it fails."""
    folder = tree / "userland/bin"
    toml = (folder / "cat.toml").read_text().replace('version = "0.1.0"', f'version = "{OLD}"')
    source = (folder / "cat.c").read_text()
    files = {
        "userland/bin/cat.toml": toml.encode(),
        "userland/bin/cat.c": f"{source}\nextern const char cat_age[];\n".encode()
        + b'const char cat_age[] __attribute__((used, retain)) = "the older cat";\n',
        "userland/bin/cat.1": (folder / "cat.1").read_bytes(),
    }
    return pack(files, f"cat-{OLD}", 0)


def _files(image: Path, folder: Path) -> dict[str, bytes]:
    """All files of a file system, as debugfs extracts them."""
    folder.mkdir()
    subprocess.run(["debugfs", "-R", f"rdump / {folder}", image], capture_output=True, check=True)
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_two_versions_of_cat_in_the_whole_system(tree: Path, tmp_path: Path) -> None:
    ours = tree / "manifests/exov6.toml"
    data = _archive(tree)
    (tmp_path / "cat.tar").write_bytes(data)
    text = (
        ours.read_text().replace(' "cat",', "").replace("[pins]\n", f'[pins]\n"{OLD}" = ["cat"]\n')
    )
    text += f'\n[archives.cat]\nurl = "cat.tar"\nsha256 = "{sha256(data).hexdigest()}"\n'
    manifest = tmp_path / "old.toml"
    manifest.write_text(text)
    write_lock(manifest)
    new = make(ours, Options(out=tmp_path / "new"))
    old = make(manifest, Options(out=tmp_path / "old"))
    one = _files(new.find("fs").path, tmp_path / "a")
    two = _files(old.find("fs").path, tmp_path / "b")
    assert one.keys() == two.keys()
    assert len(one) > 40
    assert [path for path in one if one[path] != two[path]] == ["bin/cat"]
    assert new.find("kernel").sha256 == old.find("kernel").sha256

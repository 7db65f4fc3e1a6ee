"""Source archives: what we pack we read; what could hurt is refused whole."""

from __future__ import annotations

import gzip
import io
import subprocess
import tarfile
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exodist.build.archive import pack, read, unpack
from exodist.errors import SourceError

PATHS = st.from_regex(r"[a-z]{1,4}(/[a-z]{1,4}){0,2}\.c", fullmatch=True)


@given(st.dictionaries(PATHS, st.binary(max_size=600), min_size=1))
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]) -> None:
    path = tmp_path_factory.mktemp("a") / "a.tar"
    path.write_bytes(pack(files, "cat-1", 0))
    assert read(path, "a.tar") == files


def test_gnu_tar_reads_ours(tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(pack({"x/y.c": b"text"}, "cat-1", 86400))
    listed = subprocess.run(["tar", "tf", tmp_path / "a.tar"], capture_output=True, check=True)
    assert listed.stdout == b"cat-1/x/y.c\n"


def _archive(tmp_path: Path, **fields: object) -> Path:
    """An archive of one good and one odd member."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        good = tarfile.TarInfo("top/good.c")
        good.size = 4
        tar.addfile(good, io.BytesIO(b"good"))
        odd = tarfile.TarInfo("top/odd")
        for name, value in fields.items():
            setattr(odd, name, value)
        tar.addfile(odd, io.BytesIO(bytes(odd.size)))
    path = tmp_path / "a.tar"
    path.write_bytes(out.getvalue())
    return path


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": "top/../../x"}, "leaves the archive"),
        ({"name": "../x"}, "leaves the archive"),
        ({"name": "/etc/x"}, "leaves the archive"),
        ({"name": "top\\x"}, "leaves the archive"),
        ({"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}, "is a link"),
        ({"type": tarfile.LNKTYPE, "linkname": "top/good.c"}, "is a link"),
        ({"type": tarfile.CHRTYPE}, "neither file nor folder"),
        ({"type": tarfile.BLKTYPE}, "neither file nor folder"),
        ({"type": tarfile.FIFOTYPE}, "neither file nor folder"),
        ({"name": "bare"}, "not below a top folder"),
        ({"name": "top/good.c"}, "twice"),
    ],
)
def test_odd_members_are_refused(tmp_path: Path, fields: dict[str, object], message: str) -> None:
    with pytest.raises(SourceError, match=message):
        unpack(_archive(tmp_path, **fields), tmp_path / "out", "a.tar")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tar"]


@pytest.mark.parametrize("cut", [0, 1, 100, 511, 512, 600, 1000])
def test_every_cut_is_seen(tmp_path: Path, cut: int) -> None:
    (tmp_path / "a.tar").write_bytes(pack({"a.c": b"x" * 700}, "top", 0)[:cut])
    with pytest.raises(SourceError):
        read(tmp_path / "a.tar", "a.tar")


def test_every_cut_of_a_compressed_archive_is_seen(tmp_path: Path) -> None:
    noise = b"".join(sha256(bytes([number])).digest() for number in range(20))
    data = gzip.compress(pack({"a.c": noise}, "top", 0))
    for cut in range(len(noise)):
        (tmp_path / "a.tar").write_bytes(data[:cut])
        with pytest.raises(SourceError):
            read(tmp_path / "a.tar", "a.tar")


def test_unpacking_twice_is_once(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(pack({"a.c": b"x"}, "top", 0))
    unpack(path, tmp_path / "s" / "out", "a.tar")
    path.write_bytes(b"")
    unpack(path, tmp_path / "s" / "out", "a.tar")
    assert (tmp_path / "s/out/a.c").read_bytes() == b"x"


def test_an_empty_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(pack({}, "top", 0))
    with pytest.raises(SourceError, match="no file"):
        read(path, "a.tar")

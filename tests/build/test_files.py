"""The memory of file digests: right after every change, quick where nothing changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from exodist.build import files
from exodist.build.files import FileDigests, hash_file


def _old(path: Path, seconds: int) -> None:
    os.utime(path, (seconds, seconds))


def test_a_settled_file_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"one")
    monkeypatch.setattr(files, "_SETTLED", -1)
    digests = FileDigests(tmp_path / "memory.json")
    digest = digests.digest(str(path))
    digests.save()
    monkeypatch.setattr(files, "hash_file", lambda path: pytest.fail("read again"))
    assert FileDigests(tmp_path / "memory.json").digest(str(path)) == digest


def test_a_fresh_file_is_not_trusted(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"one")
    digests = FileDigests(tmp_path / "memory.json")
    digests.digest(str(path))
    stamp = path.stat().st_mtime_ns
    path.write_bytes(b"two")
    os.utime(path, ns=(stamp, stamp))
    assert digests.digest(str(path)) == hash_file(path)


def test_same_size_and_time_but_another_inode(tmp_path: Path, monkeypatch: object) -> None:
    path, other = tmp_path / "a", tmp_path / "b"
    path.write_bytes(b"one")
    other.write_bytes(b"two")
    _old(path, 1000)
    _old(other, 1000)
    digests = FileDigests(tmp_path / "memory.json")
    digests.digest(str(path))
    other.replace(path)
    assert digests.digest(str(path)) == hash_file(path)


@pytest.mark.parametrize("text", ["", "[]", "{", "\x00"])
def test_a_damaged_memory_is_an_empty_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "memory.json").write_text(text)
    path = tmp_path / "a"
    path.write_bytes(b"one")
    assert FileDigests(tmp_path / "memory.json").digest(str(path)) == hash_file(path)

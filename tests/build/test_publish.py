"""Published files: whole ones only, and nothing of builds that were killed or ran out of space."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from exodist.build.files import FileDigests
from exodist.build.publish import Publisher
from exodist.build.reapi import Digest
from exodist.build.store import Store


@pytest.fixture
def digest(tmp_path: Path) -> Digest:
    with (store := Store(tmp_path / "store")).building():
        return store.put_bytes(b"image")


def publish(tmp_path: Path, digest: Digest) -> Path:
    digests = FileDigests(tmp_path / "files.json")
    return Publisher(Store(tmp_path / "store"), digests, tmp_path / "out").publish("a.iso", digest)


def test_leftovers_of_killed_builds_go(tmp_path: Path, digest: Digest) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    out = tmp_path / "out"
    out.mkdir()
    running = f".a.iso.{os.getppid()}.tmp"
    for name in (f".a.iso.{ended.pid}.tmp", running, ".a.iso.x.tmp", "a.iso.notes"):
        (out / name).write_bytes(b"ima")
    assert publish(tmp_path, digest).read_bytes() == b"image"
    assert {path.name for path in out.iterdir()} == {
        "a.iso",
        running,
        ".a.iso.x.tmp",
        "a.iso.notes",
    }


def test_a_full_disk_leaves_the_old_file(
    tmp_path: Path, digest: Digest, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/a.iso").write_bytes(b"older image")

    def half(source: Path, target: Path) -> None:
        target.write_bytes(source.read_bytes()[:2])
        raise OSError(28, "No space left on device", str(target))

    monkeypatch.setattr(shutil, "copyfile", half)
    with pytest.raises(OSError, match="No space left"):
        publish(tmp_path, digest)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.iso"]
    assert (tmp_path / "out/a.iso").read_bytes() == b"older image"

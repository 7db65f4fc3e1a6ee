"""The store: whole or not at all, verified on use, safe for many at once and after sudden death."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from multiprocessing import get_context
from pathlib import Path

import pytest

from exodist.build.reapi import Digest
from exodist.build.store import Result, Store, collect
from exodist.errors import SourceError


def test_put_and_read(tmp_path: Path) -> None:
    store = Store(tmp_path)
    digest = store.put_bytes(b"data")
    assert store.path(digest).read_bytes() == b"data"
    assert Store(tmp_path).has(digest)


def test_a_damaged_blob_is_dropped(tmp_path: Path) -> None:
    digest = Store(tmp_path).put_bytes(b"data")
    path = Store(tmp_path).blob_path(digest)
    path.chmod(0o644)
    path.write_bytes(b"dat4")
    fresh = Store(tmp_path)
    with pytest.raises(SourceError, match="missing from the store"):
        fresh.path(digest)
    assert not path.exists()


def test_a_file_that_changed_since_it_was_hashed_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.c"
    file.write_bytes(b"new")
    store = Store(tmp_path / "store")
    with pytest.raises(SourceError, match="changed while the build ran"):
        store.put_file(file, Digest.of(b"old"))
    assert list((tmp_path / "store/tmp").iterdir()) == []


def test_results(tmp_path: Path) -> None:
    store = Store(tmp_path)
    action = Digest.of(b"action")
    assert store.load(action) is None
    result = Result({"out/a": store.put_bytes(b"a")}, "said", {"in": "00"}, "cc")
    store.save(action, result)
    assert store.load(action) == result
    store.blob_path(result.outputs["out/a"]).unlink()
    assert Store(tmp_path).load(action) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"outputs":{"a":["x"]}}'])
def test_a_damaged_result_is_no_result(tmp_path: Path, text: str) -> None:
    store = Store(tmp_path)
    action = Digest.of(b"action")
    store.save(action, Result({}))
    next((tmp_path / "actions").glob("??/*")).write_text(text)
    assert store.load(action) is None


def _write_many(root: str, seed: int) -> None:
    store = Store(Path(root))
    with store.building():
        for number in range(200):
            store.put_bytes(b"%d" % (number % 50) * 1000)


def test_two_writers_of_the_same_blobs(tmp_path: Path) -> None:
    workers = [
        get_context("spawn").Process(target=_write_many, args=(str(tmp_path), seed))
        for seed in range(2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0]
    store = Store(tmp_path)
    assert all(store.has(Digest.of(b"%d" % number * 1000)) for number in range(50))
    assert list((tmp_path / "tmp").iterdir()) == []


_ENDLESS = """
import sys
from pathlib import Path
from exodist.build.store import Store
store = Store(Path(sys.argv[1]))
with store.building():
    print("started", flush=True)
    number = 0
    while True:
        number += 1
        store.put_bytes(b"%d" % number * 100000)
"""


def test_sudden_death(tmp_path: Path, tree: Path) -> None:
    for _ in range(3):
        worker = subprocess.Popen(
            [sys.executable, "-c", _ENDLESS, str(tmp_path)], cwd=tree, stdout=subprocess.PIPE
        )
        assert worker.stdout is not None
        worker.stdout.readline()
        time.sleep(0.05)
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
    store = Store(tmp_path)
    with store.building():
        assert list((tmp_path / "tmp").iterdir()) == []
    for path in (tmp_path / "blobs").glob("??/*"):
        assert store.has(Digest(path.name, path.stat().st_size))


def test_cleaning_waits_for_other_builds(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.building():
        (tmp_path / "tmp" / "other").write_bytes(b"")
        with Store(tmp_path).building():
            assert (tmp_path / "tmp" / "other").exists()


def test_collect_keeps_the_newest(tmp_path: Path) -> None:
    for number in range(4):
        path = tmp_path / "ab" / str(number)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(bytes(100))
        os.utime(path, (number, number))
    collect(tmp_path, 200)
    assert sorted(path.name for path in (tmp_path / "ab").iterdir()) == ["2", "3"]
    collect(tmp_path, 0)
    assert len(list((tmp_path / "ab").iterdir())) == 2, "scanned again too soon"

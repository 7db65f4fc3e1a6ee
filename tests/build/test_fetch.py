"""Fetching: verified, resumed, and nothing left that is not what was promised."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from exodist.build.fetch import fetch
from exodist.errors import SourceError

DATA = bytes(range(256)) * 4000
DIGEST = sha256(DATA).hexdigest()


class _Handler(BaseHTTPRequestHandler):
    """Serves DATA; the path says how it misbehaves."""

    asked: list[str | None]

    def do_GET(self) -> None:  # the name that http.server calls
        self.asked.append(self.headers["Range"])
        start = 0
        if self.headers["Range"] and self.path != "/whole":
            start = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        if self.path == "/missing" or start >= len(DATA):
            self.send_error(404 if self.path == "/missing" else 416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(DATA) - start))
        self.end_headers()
        cut = self.path == "/cut" and not start
        self.wfile.write(DATA[start : 300_000 if cut else None])

    def log_message(self, format: str, *arguments: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[tuple[str, list[str | None]]]:
    handler = type("Handler", (_Handler,), {"asked": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}", handler.asked  # type: ignore[attr-defined]
        http.shutdown()


def test_download(tmp_path: Path, server: tuple[str, list[str | None]]) -> None:
    seen: list[int] = []
    got = fetch(f"{server[0]}/ok", DIGEST, tmp_path, tmp_path, lambda have, _: seen.append(have))
    assert got.read_bytes() == DATA
    assert seen[-1] == len(DATA)
    assert fetch(f"{server[0]}/missing", DIGEST, tmp_path, tmp_path) == got, "asked again"


def test_a_cut_download_is_resumed(tmp_path: Path, server: tuple[str, list[str | None]]) -> None:
    with pytest.raises(SourceError, match="download failed") as caught:
        fetch(f"{server[0]}/cut", DIGEST, tmp_path, tmp_path)
    assert caught.value.hint == "start again: it resumes"
    assert fetch(f"{server[0]}/cut", DIGEST, tmp_path, tmp_path).read_bytes() == DATA
    assert server[1][-1] is not None
    assert [path.name for path in tmp_path.iterdir()] == [DIGEST]


def test_a_server_that_cannot_resume(tmp_path: Path, server: tuple[str, list[str | None]]) -> None:
    (tmp_path / f"{DIGEST}.partial").write_bytes(DATA[:1000])
    assert fetch(f"{server[0]}/whole", DIGEST, tmp_path, tmp_path).read_bytes() == DATA


def test_a_whole_partial_file(tmp_path: Path, server: tuple[str, list[str | None]]) -> None:
    (tmp_path / f"{DIGEST}.partial").write_bytes(DATA)
    assert fetch(f"{server[0]}/ok", DIGEST, tmp_path, tmp_path).read_bytes() == DATA


def test_wrong_digest(tmp_path: Path, server: tuple[str, list[str | None]]) -> None:
    with pytest.raises(SourceError, match=f"expected sha256 {'0' * 64}, found {DIGEST}"):
        fetch(f"{server[0]}/ok", "0" * 64, tmp_path, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_missing(tmp_path: Path, server: tuple[str, list[str | None]]) -> None:
    with pytest.raises(SourceError, match="404"):
        fetch(f"{server[0]}/missing", DIGEST, tmp_path, tmp_path)


def test_nobody_listens(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="download failed"):
        fetch("http://127.0.0.1:9/x", DIGEST, tmp_path, tmp_path)


def test_from_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(DATA)
    assert fetch("a.tar", DIGEST, tmp_path / "d", tmp_path).read_bytes() == DATA
    with pytest.raises(SourceError, match="No such file"):
        fetch("b.tar", "0" * 64, tmp_path / "d", tmp_path)
    assert [path.name for path in (tmp_path / "d").iterdir()] == [DIGEST]

"""Sources from a URL or a folder, into one file that holds exactly what its digest promises.

A download goes to a partial file beside its place; the next attempt asks the server for the rest.
Nothing is opened before its SHA-256 is the expected one, and what is not is deleted.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from exodist.build.files import hash_file
from exodist.errors import SourceError

_CHUNK = 1 << 18
_TIMEOUT = 30

Progress = Callable[[int, int], None]


def fetch(
    url: str, sha256: str, folder: Path, base: Path, progress: Progress | None = None
) -> Path:
    """The verified file of `sha256` in `folder`; `url` may be a path, relative to `base`."""
    target = folder / sha256
    if target.is_file() and hash_file(target).hash == sha256:
        return target
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"{sha256}.partial"
    if url.startswith(("http://", "https://")):
        _download(url, partial, progress)
    else:
        _copy(base / url.removeprefix("file://"), partial)
    found = hash_file(partial)
    if found.hash != sha256:
        partial.unlink()
        raise SourceError(
            f"expected sha256 {sha256}, found {found.hash} ({found.size} bytes)",
            where=url,
            hint="the file was altered or cut short; what was fetched is deleted",
        )
    os.replace(partial, target)  # noqa: PTH105  # same folder, atomic
    return target


def _copy(source: Path, partial: Path) -> None:
    try:
        shutil.copyfile(source, partial)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise SourceError(f"cannot read: {error.strerror}", where=str(source)) from None


def _download(url: str, partial: Path, progress: Progress | None) -> None:
    """Append what `partial` lacks; start anew when the server cannot resume."""
    import requests

    have = partial.stat().st_size if partial.exists() else 0
    headers = {"Range": f"bytes={have}-", "Accept-Encoding": "identity"} if have else {}
    try:
        with requests.get(url, headers=headers, stream=True, timeout=_TIMEOUT) as reply:
            if reply.status_code == 416:
                return  # nothing is left to send; the digest decides
            reply.raise_for_status()
            resumed = reply.status_code == 206
            total = int(reply.headers.get("Content-Length", 0)) + (have if resumed else 0)
            with partial.open("ab" if resumed else "wb") as file:
                for chunk in reply.iter_content(_CHUNK):
                    file.write(chunk)
                    if progress:
                        progress(file.tell(), total)
    except requests.RequestException as error:
        reason = str(error).splitlines()[0]
        raise SourceError(
            f"download failed: {reason}", where=url, hint="start again: it resumes"
        ) from None

"""Source archives: a tar of regular files and folders below one top folder, laid out like our tree.

Specification: POSIX.1-2024 pax interchange format (ustar headers), gzip or xz outside. An archive
is refused whole, before anything is written, when it holds an absolute path, `..`, a link, a
device, a name twice, or ends early. Owners, times and modes of members are not used.
"""

from __future__ import annotations

import io
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from exodist.errors import SourceError

MAX_SIZE = 1 << 30
_DAMAGE = (tarfile.TarError, EOFError, OSError, zlib.error)


def unpack(archive: Path, folder: Path, where: str) -> None:
    """Unpack into the new `folder`, without the top folder; raises SourceError, writing nothing."""
    if folder.is_dir():
        return
    files = read(archive, where)
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        for path, data in files.items():
            (fresh / path).parent.mkdir(parents=True, exist_ok=True)
            (fresh / path).write_bytes(data)
        fresh.chmod(0o755)
        fresh.replace(folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def read(archive: Path, where: str) -> dict[str, bytes]:
    """Files of an archive by path below its top folder."""
    files: dict[str, bytes] = {}
    size = 0
    try:
        with tarfile.open(archive) as tar:
            for member in tar:
                path = _check(member, where)
                if not member.isfile():
                    continue
                size += member.size
                if size > MAX_SIZE:
                    raise SourceError(f"unpacks to more than {MAX_SIZE} bytes", where=where)
                if path in files:
                    raise SourceError(f"holds `{path}` twice", where=where)
                files[path] = _data(tar, member)
    except _DAMAGE as error:
        raise SourceError(f"not a whole tar archive: {error}", where=where) from None
    if not files:
        raise SourceError("holds no file", where=where)
    return files


def _data(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member)
    assert file is not None
    data = file.read()
    if len(data) != member.size:
        raise tarfile.ReadError(f"`{member.name}` has {len(data)} of {member.size} bytes")
    return data


def _check(member: tarfile.TarInfo, where: str) -> str:
    """The member's path below the top folder; raises SourceError for anything unexpected."""
    name = member.name
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name:
        raise SourceError(f"member `{name}` leaves the archive", where=where)
    if member.issym() or member.islnk():
        raise SourceError(f"member `{name}` is a link to `{member.linkname}`", where=where)
    if not member.isfile() and not member.isdir():
        raise SourceError(f"member `{name}` is neither file nor folder", where=where)
    if member.isfile() and len(path.parts) < 2:
        raise SourceError(f"member `{name}` is not below a top folder", where=where)
    return "/".join(path.parts[1:])


def pack(files: Mapping[str, bytes], top: str, epoch: int) -> bytes:
    """A reproducible uncompressed archive of `files` below the folder `top`."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path, data in sorted(files.items()):
            member = tarfile.TarInfo(f"{top}/{path}")
            member.size, member.mtime, member.mode = len(data), epoch, 0o644
            tar.addfile(member, io.BytesIO(data))
    return out.getvalue()

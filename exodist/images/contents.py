"""What stands in fs.img: installed programs, man pages, the skeleton, and the empty folders.

All of it belongs to root. Nothing here depends on the manifest's name or version, so two manifests
that differ in one program differ in that file only.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from exodist.errors import ManifestError
from exodist.images.fsimg import FileEntry

MAN_FOLDER = "/usr/share/man/man1"
FOLDERS = {
    "/": 0o755,
    "/bin": 0o755,
    "/dev": 0o755,
    "/etc": 0o755,
    "/proc": 0o555,
    "/root": 0o700,
    "/sbin": 0o755,
    "/tmp": 0o1777,
    "/usr": 0o755,
    "/usr/share": 0o755,
    "/usr/share/man": 0o755,
    MAN_FOLDER: 0o755,
}


def fs_entries(
    programs: Mapping[str, Path],
    links: Mapping[str, str],
    pages: Mapping[str, Path],
    skeleton: Mapping[str, Path],
) -> list[FileEntry]:
    """Entries sorted by path: `programs` and `skeleton` by absolute path, `pages` by file name;
    `links` are further names of programs.
    """
    files = [(path, 0o755, file) for path, file in programs.items()]
    files += [(f"{MAN_FOLDER}/{name}", 0o644, file) for name, file in pages.items()]
    files += [(path, 0o644, file) for path, file in skeleton.items()]
    entries = {
        path: FileEntry(path=path, kind="directory", mode=mode) for path, mode in FOLDERS.items()
    }
    for path, target in links.items():
        entries[path] = FileEntry(path=path, kind="hardlink", mode=0o755, target=target)
    for path, mode, file in files:
        if path in entries:
            raise ManifestError(f"two files of fs.img are called `{path}`")
        entries[path] = FileEntry(path=path, kind="file", mode=mode, content=file)
    return [entries[path] for path in sorted(entries)]

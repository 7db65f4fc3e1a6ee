"""fs.img, step 1: entries -> inodes with numbers, names and link counts.

The root is inode 2, /lost+found the first that is not reserved, the others follow in the order of
their paths. Directories that nobody listed are made; contradictions are refused here.
"""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, NoReturn

from exodist.errors import FormatError
from exodist.formats import ext2
from exodist.formats.payload import Payload

Kind = Literal["file", "directory", "symlink", "hardlink", "device"]

_LINKS_MAX = 32000  # EXT2_LINK_MAX of Linux

MODES = {
    "file": stat.S_IFREG,
    "directory": stat.S_IFDIR,
    "symlink": stat.S_IFLNK,
    "device": stat.S_IFCHR,
}
_TYPES = {
    "file": ext2.FileType.REGULAR,
    "directory": ext2.FileType.DIRECTORY,
    "symlink": ext2.FileType.SYMLINK,
    "device": ext2.FileType.CHARACTER,
}


@dataclass(frozen=True)
class FileEntry:
    """One name in the file system. `path` is absolute and normal: `/bin/cat`, `/`.

    `content` belongs to files, `target` to symbolic links and to hard links (there it is the path
    of another entry), `device` (major, minor) to character devices.
    """

    path: str
    kind: Kind
    mode: int = 0o644
    uid: int = 0
    gid: int = 0
    content: Payload | None = None
    target: str | None = None
    device: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        parts = self.path.split("/")[1:]
        normal = self.path == "/" or (
            self.path.startswith("/") and not {"", ".", ".."} & set(parts) and "\0" not in self.path
        )
        if not normal:
            _fail(self.path, "expected an absolute path without `.`, `..` and empty parts")
        if max(len(part.encode()) for part in parts) > ext2.NAME_MAX:
            _fail(self.path, f"a name is longer than {ext2.NAME_MAX} bytes")
        if not 0 <= self.mode <= 0o7777 or not (0 <= self.uid < 1 << 32 > self.gid >= 0):
            _fail(self.path, f"bad mode {self.mode:o} or owner {self.uid}:{self.gid}")
        if (self.kind == "file") != (self.content is not None):
            _fail(self.path, "content is for files, and each file needs it")
        if (self.kind in ("symlink", "hardlink")) != bool(self.target):
            _fail(self.path, "a target is for links, and each link needs it")
        if self.target is not None and len(self.target.encode()) >= ext2.BLOCK:
            _fail(self.path, f"the target is longer than {ext2.BLOCK - 1} bytes")


def _fail(path: str, message: str) -> NoReturn:
    raise FormatError(message, where=f"fs.img: {path}")


@dataclass
class Node:
    """An inode to be: its entry, number and links; of a directory, the names in it."""

    entry: FileEntry
    number: int = 0
    parent: int = ext2.ROOT_INODE
    links: int = 1
    names: list[tuple[bytes, Node]] = field(default_factory=list)


def nodes_of(entries: Iterable[FileEntry]) -> list[Node]:
    """All inodes, numbered in the order of their paths; the root comes first."""
    table = _complete(entries)
    nodes = {p: Node(e) for p, e in sorted(table.items(), key=_order) if e.kind != "hardlink"}
    for number, node in enumerate(_numbered(nodes), ext2.FIRST_INODE):
        node.number = number
    nodes["/"].number, nodes["/"].links = ext2.ROOT_INODE, 2  # its own `.` and `..`
    for path, entry in sorted(table.items(), key=_order):
        if path != "/":
            _enter(nodes, path, entry)
    for path, node in nodes.items():
        if node.links > _LINKS_MAX:
            _fail(path, f"expected at most {_LINKS_MAX} links, found {node.links}")
    return list(nodes.values())


def _order(item: tuple[str, FileEntry]) -> list[bytes]:
    return [part.encode() for part in item[0].split("/")] if item[0] != "/" else []


def _numbered(nodes: dict[str, Node]) -> Iterator[Node]:
    """lost+found must be the first inode that is not reserved: e2fsck and debugfs expect it."""
    yield nodes["/lost+found"]
    yield from (node for path, node in nodes.items() if path not in ("/", "/lost+found"))


def _complete(entries: Iterable[FileEntry]) -> dict[str, FileEntry]:
    """Entries by path, with the directories that nobody listed."""
    table: dict[str, FileEntry] = {}
    for entry in entries:
        if entry.path in table:
            _fail(entry.path, "the path is there twice")
        table[entry.path] = entry
    for path in [*table, "/lost+found"]:
        while path != "/":
            path = path.rpartition("/")[0] or "/"
            table.setdefault(path, FileEntry(path, "directory", 0o755))
            if table[path].kind != "directory":
                _fail(path, "is not a directory, but other entries lie in it")
    lost = table.setdefault("/lost+found", FileEntry("/lost+found", "directory", 0o700))
    if lost.kind != "directory" or table["/"].kind != "directory":
        _fail(lost.path, "`/` and `/lost+found` must be directories")
    return table


def _enter(nodes: dict[str, Node], path: str, entry: FileEntry) -> None:
    """Give the entry its name in its directory."""
    above, _, name = path.rpartition("/")
    directory = nodes[above or "/"]
    node = nodes.get(path)
    if node is None:
        node = nodes.get(entry.target or "")
        if node is None or node.entry.kind == "directory":
            _fail(path, f"hard link to `{entry.target}`, which is no file of this image")
        node.links += 1
    elif node.entry.kind == "directory":
        node.links += 1  # its own `.`
        node.parent = directory.number
        directory.links += 1  # the `..` in it
    directory.names.append((name.encode(), node))


def directory_entries(node: Node) -> list[ext2.DirectoryEntry]:
    """What a directory holds, in order."""
    kind = ext2.FileType.DIRECTORY
    entries = [
        ext2.DirectoryEntry(node.number, b".", kind),
        ext2.DirectoryEntry(node.parent, b"..", kind),
    ]
    for name, child in node.names:
        entries.append(ext2.DirectoryEntry(child.number, name, _TYPES[child.entry.kind]))
    return entries

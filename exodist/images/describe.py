"""What an image is made of, as a tree: ISO, disk, FAT, fs.img, PE, boot archive, one in another.

The kind is found by looking, never by name. A part that cannot be read is a node of kind
`damaged` that says why; an image that as a whole cannot be read raises FormatError.
"""

from __future__ import annotations

import mmap
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from exodist.errors import FormatError
from exodist.formats import boot_archive, ext2, gpt, iso, mbr, pe, verity
from exodist.formats.window import Window
from exodist.images import cdrom, fatlist

_PE_MAX = 64 << 20  # PE files are parsed in memory


@dataclass(frozen=True)
class Node:
    """A part of an image. `offset` is where it begins in the file, where that makes sense."""

    name: str
    kind: str
    size: int
    offset: int | None = None
    details: dict[str, object] = field(default_factory=dict)
    children: tuple[Node, ...] = ()


def describe(path: Path) -> Node:
    """The tree of an image file; raises FormatError where it is none that we know."""
    with path.open("rb") as stream:
        if path.stat().st_size == 0:
            raise FormatError("the file is empty", where=str(path))
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            window = Window.whole(data, path.name)
            if _is_iso(window):
                return _iso(window, path)
            return _describe(window, path)


def _describe(window: Window, path: Path) -> Node:
    describer = _find(window)
    if describer is None:
        raise FormatError(
            "expected an ISO, GPT disk, FAT volume, fs.img, PE file or boot archive, found none",
            where=str(path),
        )
    return describer(window, path.name)


Describer = Callable[[Window, str], Node]


def _magic(window: Window, offset: int, size: int) -> bytes:
    return window.read(offset, size, "magic") if offset + size <= window.size else b""


def _is_iso(window: Window) -> bool:
    return _magic(window, iso.SYSTEM_AREA * iso.SECTOR + 1, 5) == b"CD001"


def _find(window: Window) -> Describer | None:
    """Who describes the window, by what it holds; an ISO is no part of another image."""
    if _magic(window, ext2.SUPERBLOCK_OFFSET + 56, 2) == ext2.MAGIC.to_bytes(2, "little"):
        return _ext2
    if _magic(window, 0, 8) == boot_archive.MAGIC:
        return _archive
    if _magic(window, 0, 4) == b"\x7fELF":
        return _elf
    if _magic(window, 0, 2) == b"MZ":
        return _pe
    if _magic(window, 512, 8) == gpt.SIGNATURE:
        return _disk
    if _magic(window, 510, 2) == b"\x55\xaa" and _magic(window, 0, 1) in (b"\xeb", b"\xe9"):
        return _fat
    return None


def _nested(window: Window | None, name: str, size: int) -> Node:
    """A part of an image by its content; plain data where that says nothing."""
    describer = _find(window) if window is not None and not _is_iso(window) else None
    offset = window.start if window is not None else None
    if describer is None or window is None:
        return Node(name, "file", size, offset)
    return _attempt(lambda: describer(window, name), name, size, offset)


def _attempt(describer: Callable[[], Node], name: str, size: int, offset: int | None) -> Node:
    try:
        return describer()
    except FormatError as error:
        return Node(name, "damaged", size, offset, {"error": str(error)})


def _iso(window: Window, path: Path) -> Node:
    primary = iso.parse(window)
    expected = primary.volume_space_size * primary.logical_block_size
    if expected > window.size:
        raise FormatError(
            f"the ISO is truncated: expected {expected} bytes, found {window.size}",
            where=f"{path.name} offset 0x8050 field volume_space_size",
        )
    children: list[Node] = []
    if _magic(window, 510, 2) == b"\x55\xaa":
        children += _tables(window)
    known = {child.offset for table in children for child in table.children}
    children += _eltorito(window, known)
    children.append(Node("/", "directory", 0, children=tuple(_iso_files(window, path))))
    details: dict[str, object] = {"volume": primary.volume_identifier}
    return Node(path.name, "iso", window.size, 0, details, tuple(children))


def _iso_files(window: Window, path: Path) -> Iterator[Node]:
    for member in sorted(cdrom.walk(path), key=lambda member: member.path):
        name, offset = member.path.lstrip("/"), member.sector * iso.SECTOR
        if member.directory:
            yield Node(name, "directory", 0, offset)
        elif offset + member.size > window.size:
            error = f"ends at byte {offset + member.size}, the file has {window.size}"
            yield Node(name, "damaged", member.size, offset, {"error": error})
        else:
            yield Node(name, "file", member.size, offset)


def _eltorito(window: Window, known: set[int | None]) -> Iterator[Node]:
    """The boot entries; images that are no partition (`known`) are looked into here."""
    catalog = iso.boot_catalog(window)
    if catalog is None:
        return
    try:
        entries = iso.boot_entries(window, catalog)
    except FormatError as error:
        yield Node("El Torito", "damaged", 0, catalog * iso.SECTOR, {"error": str(error)})
        return
    for entry in entries:
        offset, size = entry.load_rba * iso.SECTOR, entry.sector_count * gpt.SECTOR
        platform = {0: "BIOS", iso.PLATFORM_EFI: "UEFI"}.get(entry.platform_id, "other")
        details: dict[str, object] = {"platform": platform, "bootable": entry.bootable}
        content: tuple[Node, ...] = ()
        if entry.platform_id == iso.PLATFORM_EFI and offset not in known and offset < window.size:
            rest = window.sub(offset, window.size - offset, "boot image")  # sizes here often lie
            content = (_nested(rest, "content", size),)
        yield Node("El Torito", "boot entry", size, offset, details, content)


def _tables(window: Window) -> Iterator[Node]:
    """MBR and GPT with their partitions."""
    for number, part in enumerate(mbr.parse(window).partitions, 1):
        yield Node(
            f"MBR {number}", "partition record", part.size_in_lba * mbr.SECTOR,
            part.starting_lba * mbr.SECTOR, {"type": f"{part.os_type:#04x}"},
        )  # fmt: skip
    if _magic(window, gpt.SECTOR, 8) != gpt.SIGNATURE:
        return
    try:
        header = gpt.parse_header(window, 1)
        entries = gpt.parse_entries(window, header)
    except FormatError as error:
        yield Node("GPT", "damaged", 0, gpt.SECTOR, {"error": str(error)})
        return
    yield Node(
        "GPT", "partition table", 0, gpt.SECTOR, {"disk": str(header.disk_guid)},
        tuple(_partition(window, number, entry) for number, entry in enumerate(entries, 1)),
    )  # fmt: skip


def _partition(window: Window, number: int, entry: gpt.Entry) -> Node:
    offset = entry.starting_lba * gpt.SECTOR
    size = (entry.ending_lba + 1 - entry.starting_lba) * gpt.SECTOR
    name = entry.partition_name or f"partition {number}"
    details: dict[str, object] = {"guid": str(entry.unique_partition_guid)}
    if entry.partition_type_guid == gpt.EFI_SYSTEM:
        details["type"] = "EFI system"
    else:
        details["type"] = str(entry.partition_type_guid)
    if size < 0 or offset + size > window.size:
        details["error"] = "lies outside the image"
        return Node(name, "damaged", size, offset, details)
    content = _nested(window.sub(offset, size, name), "content", size)
    return Node(name, "partition", size, offset, details, (content,))


def _disk(window: Window, name: str) -> Node:
    gpt.parse_entries(window, gpt.parse_header(window, 1))  # a disk without them is no disk
    return Node(name, "disk", window.size, window.start, {}, tuple(_tables(window)))


def _fat(window: Window, name: str) -> Node:
    children = []
    for member in fatlist.walk(window):
        if member.directory:
            children.append(Node(member.path, "directory", 0))
        else:
            children.append(_nested(member.window, member.path, member.size))
    bytes_per_sector, small, large = window.unpack("<11xH6xH11xI", 0, "boot sector")
    size = (small or large) * bytes_per_sector
    label = window.read(0x47 if _magic(window, 0x16, 2) == b"\0\0" else 0x2B, 11, "label")
    details: dict[str, object] = {"label": label.decode("ascii", "replace").rstrip()}
    return Node(name, "fat", size, window.start, details, tuple(children))


_KINDS = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "directory",
    stat.S_IFLNK: "symlink",
    stat.S_IFCHR: "character device",
    stat.S_IFBLK: "block device",
    stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket",
}


def _ext2(window: Window, name: str) -> Node:
    reader = ext2.Reader(window)
    s = reader.superblock
    children = []
    for path, _, inode in reader.walk():
        details: dict[str, object] = {
            "mode": f"{stat.S_IMODE(inode.mode):04o}", "uid": inode.uid, "gid": inode.gid,
        }  # fmt: skip
        kind = _KINDS.get(stat.S_IFMT(inode.mode), "unknown")
        if kind == "symlink":
            details["target"] = reader.symlink(inode)
        children.append(Node(path, kind, inode.size, None, details))
    end = s.blocks_count * s.block_size
    if _magic(window, end, 8) == verity.SIGNATURE:
        tree = window.sub(end, window.size - end, "hash tree")
        children.append(_attempt(lambda: _verity(tree), "hash tree", tree.size, tree.start))
    facts: dict[str, object] = {
        "label": s.volume_name, "uuid": str(s.uuid), "blocks": s.blocks_count,
    }  # fmt: skip
    return Node(name, "ext2", window.size, window.start, facts, tuple(children))


def _verity(tree: Window) -> Node:
    superblock = verity.parse(tree)
    details: dict[str, object] = {
        "data_blocks": superblock.data_blocks, "salt": superblock.salt.hex(),
    }  # fmt: skip
    return Node("hash tree", "verity", tree.size, tree.start, details)


def _archive(window: Window, name: str) -> Node:
    children = [
        _nested(window.sub(entry.offset, entry.size, entry.name), entry.name, entry.size)
        for entry in boot_archive.parse_index(window).entries
    ]
    return Node(name, "boot archive", window.size, window.start, {}, tuple(children))


_MACHINES = {0x3E: "x86_64", 0xB7: "aarch64", 3: "i386", 0xF3: "riscv"}


def _elf(window: Window, name: str) -> Node:
    (machine,) = window.unpack("<18xH", 0, "ELF header")
    details: dict[str, object] = {"machine": _MACHINES.get(machine, f"{machine:#x}")}
    return Node(name, "elf", window.size, window.start, details)


def _pe(window: Window, name: str) -> Node:
    if window.size > _PE_MAX:
        raise FormatError(f"a PE file of {window.size} bytes is too large", where=window.name)
    try:
        image = pe.parse(window.read(0, window.size, "PE"))
    except FormatError as error:
        return _foreign_pe(window, name, str(error))
    children = []
    for section in image.sections:
        content = section.content
        child = _nested(Window.whole(content, section.name), section.name, len(content))
        text = _text(section.name, content)
        details = {**child.details, **({"text": text} if text else {})}
        kind = "section" if child.kind == "file" else child.kind
        children.append(Node(section.name, kind, len(content), None, details, child.children))
    facts: dict[str, object] = {
        "machine": _PE_MACHINES[image.machine],
        "signed": bool(image.certificate),
        "authenticode": image.authenticode_digest().hex(),
    }
    return Node(name, "pe", window.size, window.start, facts, tuple(children))


_PE_MACHINES = {0x8664: "x86_64", 0xAA64: "aarch64", 0x14C: "i386", 0x5064: "riscv64"}


def _foreign_pe(window: Window, name: str, reason: str) -> Node:
    """A PE file of another shape than ours: its machine and sections (PE format, section 3)."""
    (start,) = window.unpack("<I", 0x3C, "e_lfanew")
    magic, machine, count, optional = window.unpack("<4sHH12xH", start, "COFF header")
    if magic != b"PE\0\0":
        raise FormatError(reason, where=window.name)
    children = []
    for index in range(count):
        at = start + 24 + optional + 40 * index
        raw, size, offset = window.unpack("<8s8xII", at, "section header")
        window.sub(offset, size, "section")
        title = raw.rstrip(b"\0").decode("ascii", "replace")
        children.append(Node(title, "section", size, window.start + offset))
    facts: dict[str, object] = {
        "machine": _PE_MACHINES.get(machine, f"{machine:#x}"), "not_ours": reason,
    }  # fmt: skip
    return Node(name, "pe", window.size, window.start, facts, tuple(children))


_TEXTS = (".cmdline", ".uname", ".osrel", ".sbat")


def _text(name: str, content: bytes) -> str:
    """The text of a unified kernel image's text sections."""
    return content.decode("utf-8", "replace").strip("\0\n") if name in _TEXTS else ""

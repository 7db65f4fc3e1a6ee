"""The EFI system partition: a FAT volume written front to back from a list of files.

Rules: directories first, then files, both in the order of their paths; every chain contiguous;
all dates the epoch's; serial number from the identity; the volume is the smallest that holds the
content. The same input gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import BinaryIO
from uuid import UUID

from exodist.errors import FormatError
from exodist.formats import fat, payload
from exodist.formats.payload import Payload


@dataclass(frozen=True)
class EspImage:
    """The volume that was written. `offsets` are where each file's data begins, in bytes."""

    size: int
    bits: int
    offsets: Mapping[str, int]


@dataclass
class _Node:
    """A directory (content None) or file, before and after it has clusters."""

    path: str
    content: Payload | None = None
    children: dict[str, _Node] = field(default_factory=dict)
    first_cluster: int = 0
    clusters: int = 0
    size: int = 0

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @cached_property
    def names(self) -> list[tuple[bytes, _Node]]:
        """Children with their short names, in the order of their entries."""
        ordered = [self.children[key] for key in sorted(self.children)]
        shorts = fat.ShortNames(child.name for child in ordered if fat.is_short(child.name))
        return [(shorts.give(child.name), child) for child in ordered]

    @property
    def entry_bytes(self) -> int:
        """Size of a directory; the root holds the label where others hold `.` and `..`."""
        own = fat.ENTRY_SIZE * (2 if self.path else 1)
        longs = sum(len(fat.long_entries(child.name, short)) for short, child in self.names)
        return own + longs + fat.ENTRY_SIZE * len(self.children)


def write_esp(
    files: Mapping[str, Payload], out: BinaryIO, *, epoch: int, identity: UUID, label: str
) -> EspImage:
    """Write the volume to `out`. Paths are relative, with `/`: `EFI/BOOT/BOOTX64.EFI`.

    Raises FormatError for names that FAT cannot hold and for two names that differ in case only.
    """
    root = _tree(files)
    nodes = [root, *_below(root)]
    nodes.sort(key=lambda node: node.content is not None)  # stable: directories first
    needed = {size: _clusters(nodes, size) for size in fat.CLUSTER_SIZES}
    serial = int.from_bytes(identity.bytes[:4])
    entries = root.entry_bytes // fat.ENTRY_SIZE
    volume = fat.plan(needed, entries, serial, label)
    _allocate(nodes, volume)
    written = 0
    for chunk in _volume(nodes, volume, epoch):
        out.write(chunk)
        written += len(chunk)
    size = volume.tot_sec * fat.SECTOR
    _zeros(out, size - written)
    offsets = {n.path: _offset(n, volume) for n in nodes if n.content is not None and n.size}
    return EspImage(size, volume.bits, offsets)


def _zeros(out: BinaryIO, count: int) -> None:
    for start in range(0, count, payload.CHUNK):
        out.write(bytes(min(payload.CHUNK, count - start)))


def _tree(files: Mapping[str, Payload]) -> _Node:
    root = _Node("")
    for path in sorted(files):
        *above, name = path.split("/")
        node = root
        for part in above:
            node = _child(node, part)
            if node.content is not None:
                raise FormatError("is both a file and a directory", where=f"ESP: {node.path}")
        leaf = _child(node, name)
        if leaf.content is not None or leaf.children:
            raise FormatError("the path is there twice", where=f"ESP: {path}")
        leaf.content, leaf.size = files[path], payload.size(files[path])
        if leaf.size > fat.FILE_MAX:
            raise FormatError("a file on FAT is at most 4 GiB - 1", where=f"ESP: {path}")
    return root


def _child(node: _Node, name: str) -> _Node:
    """The child of that name, made where it is not there; names that differ in case are refused."""
    fat.check_name(name)
    path = f"{node.path}/{name}".lstrip("/")
    child = node.children.setdefault(name.upper(), _Node(path))
    if child.path != path:
        raise FormatError(f"differs from `{child.path}` in case only", where=f"ESP: {path}")
    return child


def _below(node: _Node) -> Iterator[_Node]:
    for _, child in node.names:
        yield child
        yield from _below(child)


def _node_clusters(node: _Node, sectors: int, *, fixed_root: bool) -> int:
    if node.content is not None:
        length = node.size
    elif fixed_root and not node.path:
        length = 0
    else:
        length = node.entry_bytes
    return -(-length // (sectors * fat.SECTOR))


def _clusters(nodes: list[_Node], sectors: int) -> int:
    return sum(_node_clusters(node, sectors, fixed_root=False) for node in nodes)


def _allocate(nodes: list[_Node], volume: fat.BootSector) -> None:
    following = 2
    for node in nodes:
        fixed = volume.bits == 16
        node.clusters = _node_clusters(node, volume.sec_per_clus, fixed_root=fixed)
        node.first_cluster = following if node.clusters else 0
        following += node.clusters


def _offset(node: _Node, volume: fat.BootSector) -> int:
    sector = volume.data_sector + (node.first_cluster - 2) * volume.sec_per_clus
    return sector * fat.SECTOR


def _volume(nodes: list[_Node], volume: fat.BootSector, epoch: int) -> Iterator[bytes]:
    """All bytes up to the end of the last file."""
    yield _reserved(nodes, volume)
    runs = [node.clusters for node in nodes if node.clusters]
    for _ in range(fat.TABLES):
        yield from fat.encode_table(volume.bits, runs, volume.fat_sz * fat.SECTOR)
    parents = {child.path: node for node in nodes for child in node.children.values()}
    for node in nodes:
        if node.content is None:
            raw = _directory(node, parents.get(node.path), volume, epoch)
            room = node.clusters * volume.sec_per_clus or volume.root_sectors
            yield raw.ljust(room * fat.SECTOR, b"\0")
            continue
        yield from payload.chunks(node.content, node.size)
        yield bytes(node.clusters * volume.sec_per_clus * fat.SECTOR - node.size)


def _reserved(nodes: list[_Node], volume: fat.BootSector) -> bytes:
    """Boot sector, FSInfo and their copies."""
    boot = volume.encode()
    if volume.bits == 16:
        return boot.ljust(volume.rsvd_sec_cnt * fat.SECTOR, b"\0")
    used = sum(node.clusters for node in nodes)
    free = volume.clusters - used
    pair = boot + fat.FsInfo(free, used + 2 if free else 0xFFFFFFFF).encode()
    copies = pair.ljust(fat.BACKUP_SECTOR * fat.SECTOR, b"\0") + pair
    return copies.ljust(volume.rsvd_sec_cnt * fat.SECTOR, b"\0")


def _directory(node: _Node, parent: _Node | None, volume: fat.BootSector, epoch: int) -> bytes:
    date, time = fat.fat_time(epoch)

    def entry(name: bytes, attr: int, cluster: int, size: int = 0) -> bytes:
        return fat.DirectoryEntry(name, attr, cluster, size, date, time).encode()

    if parent is None:
        raw = entry(fat.encode_label(volume.vol_lab), fat.ATTR_VOLUME_ID, 0)
    else:
        above = parent.first_cluster if parent.path else 0  # the root is 0, on FAT32 too
        raw = entry(b".".ljust(11), fat.ATTR_DIRECTORY, node.first_cluster)
        raw += entry(b"..".ljust(11), fat.ATTR_DIRECTORY, above)
    for short, child in node.names:
        attr = fat.ATTR_DIRECTORY if child.content is None else fat.ATTR_ARCHIVE
        raw += fat.long_entries(child.name, short)
        raw += entry(short, attr, child.first_cluster, child.size)
    return raw

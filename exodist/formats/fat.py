"""FAT16 and FAT32: boot sector, FSInfo, directory entries, allocation table.

Specification: Microsoft, "FAT: General Overview of On-Disk Format", version 1.03 (fatgen103);
ECMA-107. Field names are the specification's without the prefix. Fixed here: sectors of 512 bytes,
two tables, 32 sectors a track and 64 heads (whole tracks, or mtools refuse the volume).

The structures encode and parse; `images.esp` decides where they go.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from exodist.errors import FormatError
from exodist.formats.window import Window

SECTOR = 512
TABLES = 2
TRACK = 32  # sectors; a volume is whole tracks
HEADS = 64
MEDIA = 0xF8  # fixed disk
ENTRY_SIZE = 32
FSINFO_SECTOR = 1
BACKUP_SECTOR = 6
FILE_MAX = 0xFFFFFFFF
FAT16_CLUSTERS = (4085, 65525)  # half-open; the count alone decides what a volume is
FAT32_CLUSTERS = (65525, 0x0FFFFFF5)
MARGIN = 16  # stay off the borders: some drivers are off by up to 16 (fatgen103, p. 15)

ATTR_VOLUME_ID = 0x08
ATTR_DIRECTORY = 0x10
ATTR_ARCHIVE = 0x20
ATTR_LONG_NAME = 0x0F

_COMMON = struct.Struct("<3s8sHBHBHHBHHHII")  # 36 bytes, both kinds
_EXTENDED32 = struct.Struct("<IHHIHH12s")  # FAT32 only
_TAIL = struct.Struct("<BBBI11s8s")
_FSINFO = struct.Struct("<I480xIII12xI")
_ENTRY = struct.Struct("<11sBBBHHHHHHHI")
_LONG = struct.Struct("<B10sBBB12sH4s")
_HALT = b"\xf4\xeb\xfd"  # hlt; jmp to it: nobody boots this sector
_SHORT_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'()-@^_`{}~")
_FORBIDDEN = frozenset('"*/:<>?\\|') | {chr(c) for c in range(32)} | {"\x7f"}


@dataclass(frozen=True)
class BootSector:
    """The BIOS parameter block: the shape of a volume."""

    bits: int  # 16 or 32
    sec_per_clus: int
    rsvd_sec_cnt: int
    root_ent_cnt: int  # 0 on FAT32
    fat_sz: int
    tot_sec: int
    vol_id: int
    vol_lab: str
    hidd_sec: int = 0

    @property
    def root_sectors(self) -> int:
        """Sectors of the fixed root directory."""
        return -(-self.root_ent_cnt * ENTRY_SIZE // SECTOR)

    @property
    def data_sector(self) -> int:
        """First sector of cluster 2."""
        return self.rsvd_sec_cnt + TABLES * self.fat_sz + self.root_sectors

    @property
    def clusters(self) -> int:
        """Number of data clusters."""
        return (self.tot_sec - self.data_sector) // self.sec_per_clus

    def encode(self) -> bytes:
        """The first sector."""
        small = self.bits == 16 and self.tot_sec < 0x10000
        jump = b"\xeb\x3c\x90" if self.bits == 16 else b"\xeb\x58\x90"
        raw = _COMMON.pack(
            jump, b"MSWIN4.1", SECTOR, self.sec_per_clus, self.rsvd_sec_cnt, TABLES,
            self.root_ent_cnt, self.tot_sec if small else 0, MEDIA,
            self.fat_sz if self.bits == 16 else 0, TRACK, HEADS, self.hidd_sec,
            0 if small else self.tot_sec,
        )  # fmt: skip
        if self.bits == 32:
            raw += _EXTENDED32.pack(self.fat_sz, 0, 0, 2, FSINFO_SECTOR, BACKUP_SECTOR, b"")
        kind = b"FAT16   " if self.bits == 16 else b"FAT32   "
        raw += _TAIL.pack(0x80, 0, 0x29, self.vol_id, encode_label(self.vol_lab), kind)
        return (raw + _HALT).ljust(SECTOR - 2, b"\0") + b"\x55\xaa"


def parse(window: Window) -> BootSector:
    """The boot sector of the volume that starts with the window; only what `encode` makes.

    Other people's volumes are valid in more ways: `images.foreign` reads those.
    """
    raw = window.read(0, SECTOR, "boot sector")
    common = _COMMON.unpack_from(raw)
    bits = 16 if common[9] else 32
    tail = _COMMON.size + (_EXTENDED32.size if bits == 32 else 0)
    _, _, _, vol_id, label, _ = _TAIL.unpack_from(raw, tail)
    if raw[SECTOR - 2 :] != b"\x55\xaa" or common[2] != SECTOR:
        window.fail(0, "boot sector", "no FAT volume with 512-byte sectors")
    sector = BootSector(
        bits=bits, sec_per_clus=common[3], rsvd_sec_cnt=common[4], root_ent_cnt=common[6],
        fat_sz=common[9] or _EXTENDED32.unpack_from(raw, _COMMON.size)[0],
        tot_sec=common[7] or common[13], vol_id=vol_id, hidd_sec=common[12],
        vol_lab=label.decode("ascii", "replace").rstrip(),
    )  # fmt: skip
    low, high = FAT16_CLUSTERS if bits == 16 else FAT32_CLUSTERS
    if not sector.sec_per_clus or not low <= sector.clusters < high:
        window.fail(13, "geometry", f"the cluster count is none of FAT{bits}")
    if sector.encode() != raw:
        window.fail(0, "boot sector", "not the canonical boot sector of this volume")
    if sector.tot_sec * SECTOR > window.size:
        window.fail(
            32,
            "tot_sec",
            f"expected {sector.tot_sec * SECTOR} bytes, found {window.size}",
            hint="the volume is truncated",
        )
    return sector


def plan(clusters: dict[int, int], root_entries: int, vol_id: int, label: str) -> BootSector:
    """The smallest volume for the content.

    `clusters` gives the clusters that the content needs for each cluster size in sectors. FAT16
    with one-sector clusters as long as it holds the content (32 MiB, so all that El Torito
    allows), then FAT32 with Microsoft's cluster sizes.
    """
    root = -(-max(root_entries, 512) // 16) * 16
    if clusters[1] < FAT16_CLUSTERS[1] - MARGIN and root_entries <= 0xFFF0:
        return _fit(16, 1, clusters[1], root, vol_id, label)
    for sectors, limit in ((1, 260 << 20), (8, 8 << 30), (16, 16 << 30), (32, 32 << 30)):
        if clusters[sectors] * sectors * SECTOR < limit:
            return _fit(32, sectors, clusters[sectors], 0, vol_id, label)
    return _fit(32, 64, clusters[64], 0, vol_id, label)


CLUSTER_SIZES = (1, 8, 16, 32, 64)  # in sectors: those that `plan` chooses from


def _fit(bits: int, per: int, needed: int, root: int, vol_id: int, label: str) -> BootSector:
    low, high = FAT16_CLUSTERS if bits == 16 else FAT32_CLUSTERS
    clusters = max(needed, low + MARGIN)
    reserved = 1 if bits == 16 else 32
    while True:
        table = -(-(clusters + 2) * bits // 8 // SECTOR)
        data = reserved + TABLES * table + root * ENTRY_SIZE // SECTOR
        total = -(-(data + clusters * per) // TRACK) * TRACK
        volume = BootSector(bits, per, reserved, root, table, total, vol_id, label)
        if (volume.clusters + 2) * bits // 8 <= table * SECTOR:
            break
        clusters = volume.clusters  # rounding up to a track gained clusters: the table must grow
    if volume.clusters >= high or total > 0xFFFFFFFF:
        raise FormatError(f"{needed} clusters are too many for FAT{bits}", where="ESP")
    return volume


@dataclass(frozen=True)
class FsInfo:
    """FAT32's hint sector."""

    free_count: int
    nxt_free: int

    def encode(self) -> bytes:
        """One sector."""
        return _FSINFO.pack(0x41615252, 0x61417272, self.free_count, self.nxt_free, 0xAA550000)


def parse_fsinfo(window: Window) -> FsInfo:
    """The FSInfo sector at the window's start."""
    lead, struc, free, following, trail = window.unpack(_FSINFO.format, 0, "FSInfo")
    if (lead, struc, trail) != (0x41615252, 0x61417272, 0xAA550000):
        window.fail(0, "FSInfo", "signatures of FSInfo are wrong")
    return FsInfo(free, following)


def encode_table(bits: int, runs: Iterable[int], size: int) -> Iterator[bytes]:
    """One allocation table of `size` bytes in pieces.

    `runs` are the lengths, in clusters, of contiguous chains that follow each other from cluster 2.
    """
    end = 0xFFFF if bits == 16 else 0x0FFFFFFF
    code = "H" if bits == 16 else "I"
    yield _little(array(code, [end & ~0xFF | MEDIA, end]))
    written, cluster, step = 2 * bits // 8, 2, 1 << 16
    for count in runs:
        last = cluster + count - 1
        for first in range(cluster, last, step):
            yield _little(array(code, range(first + 1, min(first + step, last) + 1)))
        yield _little(array(code, [end]))
        cluster = last + 1
        written += count * bits // 8
    yield bytes(size - written)


def _little(values: array[int]) -> bytes:
    return struct.pack(f"<{len(values)}{values.typecode}", *values)


# ---- directories ------------------------------------------------------------------------------


def encode_label(label: str) -> bytes:
    """A volume label: 11 bytes, upper case."""
    upper = label.upper()
    if len(upper) > 11 or not set(upper) <= _SHORT_CHARACTERS | {" "}:
        raise FormatError(f"label `{label}`: expected at most 11 of A-Z 0-9 _ -", where="ESP")
    return upper.encode().ljust(11)


def fat_time(epoch: int) -> tuple[int, int]:
    """(date, time) of seconds since 1970, UTC; FAT's years are 1980 to 2107."""
    moment = datetime.fromtimestamp(max(epoch, 315532800), UTC)
    if moment.year > 2107:
        raise FormatError(f"epoch {epoch} is after the year 2107", where="ESP")
    date = (moment.year - 1980) << 9 | moment.month << 5 | moment.day
    return date, moment.hour << 11 | moment.minute << 5 | moment.second // 2


@dataclass(frozen=True)
class DirectoryEntry:
    """A short entry: name of 11 bytes, padded with spaces."""

    name: bytes
    attr: int
    first_cluster: int
    file_size: int
    date: int
    time: int

    def encode(self) -> bytes:
        """32 bytes."""
        return _ENTRY.pack(
            self.name, self.attr, 0, 0, self.time, self.date, self.date,
            self.first_cluster >> 16, self.time, self.date,
            self.first_cluster & 0xFFFF, self.file_size,
        )  # fmt: skip


def parse_directory_entry(raw: bytes) -> DirectoryEntry:
    """The inverse of DirectoryEntry.encode."""
    name, attr, _, _, _, _, _, high, time, date, low, size = _ENTRY.unpack(raw)
    return DirectoryEntry(name, attr, high << 16 | low, size, date, time)


def check_name(name: str) -> None:
    """Raise FormatError for what no FAT name can be."""
    units = len(name.encode("utf-16-le", "surrogatepass")) // 2
    if not name or units > 255 or set(name) & _FORBIDDEN or name != name.rstrip(". ").lstrip(" "):
        raise FormatError(f"`{name}` is no valid FAT name", where="ESP")


def is_short(name: str) -> bool:
    """Whether the name needs no long entries: upper case, 8.3."""
    base, dot, extension = name.partition(".")
    return (
        1 <= len(base) <= 8
        and len(extension) <= 3
        and bool(extension) == bool(dot)
        and set(base + extension) <= _SHORT_CHARACTERS
    )


class ShortNames:
    """Gives out the 11-byte names of one directory (fatgen103, p. 30).

    `reserved` are the directory's names that are short ones themselves: no other may take them.
    """

    def __init__(self, reserved: Iterable[str] = ()) -> None:
        self._taken = {_split(name) for name in reserved}
        self._tails: dict[tuple[str, str], int] = {}

    def give(self, name: str) -> bytes:
        """The short name of `name`: itself, or the next free `NAME~1.EXT`."""
        if is_short(name):
            return _split(name)
        stem, _, extension = name.upper().lstrip(".").rpartition(".")
        if not stem:
            stem, extension = extension, ""
        basis, suffix = _short(stem), _short(extension)[:3]
        while True:
            number = self._tails.get((basis, suffix), 0) + 1
            self._tails[basis, suffix] = number
            tail = f"~{number}"
            result = (basis[: 8 - len(tail)] + tail).encode().ljust(8) + suffix.encode().ljust(3)
            if result not in self._taken:
                self._taken.add(result)
                return result


def _split(name: str) -> bytes:
    base, _, extension = name.partition(".")
    return base.encode().ljust(8) + extension.encode().ljust(3)


def _short(text: str) -> str:
    kept = (c for c in text if c not in " .")
    return "".join(c if c in _SHORT_CHARACTERS else "_" for c in kept)


def long_entries(name: str, short: bytes) -> bytes:
    """The long entries that precede the short one; none where the short name says it all."""
    if is_short(name):
        return b""
    checksum = 0
    for byte in short:
        checksum = ((checksum & 1) << 7 | checksum >> 1) + byte & 0xFF
    units = name.encode("utf-16-le", "surrogatepass")
    if len(units) % 26:
        units = (units + b"\0\0").ljust(-(-(len(units) + 2) // 26) * 26, b"\xff")
    parts = [units[i : i + 26] for i in range(0, len(units), 26)]
    result = b""
    for order, part in reversed(list(enumerate(parts, 1))):
        flag = 0x40 if order == len(parts) else 0
        result += _LONG.pack(
            order | flag, part[:10], ATTR_LONG_NAME, 0, checksum, part[10:22], 0, part[22:]
        )
    return result

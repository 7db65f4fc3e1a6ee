"""The lint of an ISO's layout: does it boot as CD, USB stick and disk by the letter?

Firmware is lenient in different ways, so an ISO that boots here may not boot there. Each rule has
a name; a finding says where, what was expected and what was found. Nothing here comes from the
writers: foreign ISOs are judged by the same rules. docs/reference/image-layouts.md lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from exodist.errors import FormatError
from exodist.formats import gpt, iso, mbr
from exodist.formats.window import Window

PER_SECTOR = iso.SECTOR // gpt.SECTOR
PAGE_SECTORS = 8  # 4 KiB: what every medium since has as its smallest unit


@dataclass(frozen=True)
class Finding:
    """One violated rule."""

    rule: str
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.where}: {self.message}"


def lint(window: Window) -> list[Finding]:
    """All findings, in the order of the file. Raises FormatError for what is no ISO at all."""
    primary = iso.parse(window)
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        lambda: _sizes(window, primary),
        lambda: _mbr(window),
        lambda: _gpt(window),
        lambda: _eltorito(window),
        lambda: _same_esp(window),
        lambda: _esp(window),
    )
    findings: list[Finding] = []
    for check in checks:
        findings += check()
    return findings


def _sizes(window: Window, primary: iso.Primary) -> Iterator[Finding]:
    if primary.logical_block_size != iso.SECTOR:
        found = f"expected {iso.SECTOR}, found {primary.logical_block_size}"
        yield Finding("block-size", "volume descriptor", found)
    if window.size % iso.SECTOR:
        yield Finding("whole-sectors", "file size", f"{window.size} is no multiple of {iso.SECTOR}")
    claimed = primary.volume_space_size * primary.logical_block_size
    if claimed > window.size:
        message = f"the volume is {claimed} bytes, the file {window.size}: truncated"
        yield Finding("truncated", "volume_space_size", message)


def _mbr(window: Window) -> Iterator[Finding]:
    try:
        record = mbr.parse(window)
    except FormatError:
        yield Finding("protective-mbr", "sector 0", "no master boot record: no USB stick or disk")
        return
    sectors = window.size // mbr.SECTOR
    expected = mbr.protective(sectors).partitions[0]
    if len(record.partitions) != 1 or record.partitions[0].os_type != mbr.PROTECTIVE:
        types = ", ".join(f"{part.os_type:#04x}" for part in record.partitions) or "nothing"
        message = f"expected one partition of type 0xee, found {types}"
        yield Finding("protective-mbr", "sector 0", message)
        return
    part = record.partitions[0]
    found = (part.starting_lba, part.size_in_lba, part.boot_indicator)
    if found not in ((1, expected.size_in_lba, 0), (1, 0xFFFFFFFF, 0)):
        message = f"expected start 1, size {expected.size_in_lba}, inactive, found {found}"
        yield Finding("protective-mbr", "sector 0", message)


def _header(window: Window, lba: int) -> tuple[gpt.Header, tuple[gpt.Entry, ...]]:
    header = gpt.parse_header(window, lba)
    return header, gpt.parse_entries(window, header)


def _gpt(window: Window) -> Iterator[Finding]:
    last = window.size // gpt.SECTOR - 1
    copies = []
    for rule, lba in (("gpt-primary", 1), ("gpt-backup", last)):
        try:
            copies.append(_header(window, lba))
        except FormatError as error:
            yield Finding(rule, f"sector {lba}", error.message)
    if len(copies) < 2:
        return
    (primary, entries), (backup, backup_entries) = copies
    yield from _copies_agree(primary, backup, last)
    if entries != backup_entries:
        message = "the backup's partitions are not the primary's"
        yield Finding("gpt-copies", f"sector {last}", message)
    yield from _ranges(primary, entries)


def _copies_agree(primary: gpt.Header, backup: gpt.Header, last: int) -> Iterator[Finding]:
    table = primary.number_of_partition_entries * gpt.ENTRY_SIZE // gpt.SECTOR
    if primary.alternate_lba != last or backup.alternate_lba != 1:
        message = f"expected the copies to name each other, found sector {primary.alternate_lba}"
        yield Finding("gpt-copies", "alternate_lba", message)
    same = (primary.disk_guid, primary.first_usable_lba, primary.last_usable_lba)
    if same != (backup.disk_guid, backup.first_usable_lba, backup.last_usable_lba):
        yield Finding("gpt-copies", f"sector {last}", "disk GUID or usable range differ")
    if primary.partition_entry_lba + table > iso.SYSTEM_AREA * PER_SECTOR:
        message = "the entries reach beyond the system area, into ISO 9660"
        yield Finding("system-area", f"sector {primary.partition_entry_lba}", message)
    if not primary.last_usable_lba < backup.partition_entry_lba <= last - table:
        message = f"backup entries at {backup.partition_entry_lba} lie among partitions or header"
        yield Finding("gpt-backup", "partition_entry_lba", message)


def _ranges(header: gpt.Header, entries: tuple[gpt.Entry, ...]) -> Iterator[Finding]:
    end = -1
    for entry in sorted(entries, key=lambda entry: entry.starting_lba):
        where = f"partition `{entry.partition_name}`"
        first, last = entry.starting_lba, entry.ending_lba
        if not header.first_usable_lba <= first <= last <= header.last_usable_lba:
            message = f"sectors {first} to {last} lie outside the usable range"
            yield Finding("partition-range", where, message)
        if first <= end:
            yield Finding("partition-overlap", where, f"begins at {first}, before {end + 1}")
        if first % PAGE_SECTORS:
            message = f"begins at sector {first}, no multiple of {PAGE_SECTORS}"
            yield Finding("alignment", where, message)
        end = max(end, last)


def _uefi_entries(window: Window) -> list[iso.BootEntry]:
    catalog = iso.boot_catalog(window)
    if catalog is None:
        raise FormatError("no El Torito boot record", where="boot record")
    entries = iso.boot_entries(window, catalog)
    return [entry for entry in entries if entry.platform_id == iso.PLATFORM_EFI]


def _eltorito(window: Window) -> Iterator[Finding]:
    try:
        entries = _uefi_entries(window)
    except FormatError as error:
        yield Finding("el-torito", "boot catalog", error.message)
        return
    if not entries:
        yield Finding("el-torito", "boot catalog", "no entry for UEFI: no CD that UEFI boots")
    for entry in entries:
        where = f"entry at sector {entry.load_rba}"
        if not entry.bootable or entry.media_type:
            yield Finding("el-torito", where, "expected bootable, without emulation")
        end = entry.load_rba * iso.SECTOR + entry.sector_count * gpt.SECTOR
        if entry.load_rba <= iso.SYSTEM_AREA or end > window.size:
            yield Finding("el-torito", where, f"the image ends at byte {end} of {window.size}")


def _esp_partition(window: Window) -> gpt.Entry | None:
    try:
        _, entries = _header(window, 1)
    except FormatError:
        return None  # said by _gpt
    found = [entry for entry in entries if entry.partition_type_guid == gpt.EFI_SYSTEM]
    return found[0] if len(found) == 1 else None


def _same_esp(window: Window) -> Iterator[Finding]:
    """As a CD and as a disk the firmware must see the same ESP, whole."""
    partition = _esp_partition(window)
    if partition is None:
        yield Finding("esp-partition", "GPT", "expected one EFI system partition")
        return
    try:
        entries = _uefi_entries(window)
    except FormatError:
        return  # said by _eltorito
    first, count = partition.starting_lba, partition.ending_lba + 1 - partition.starting_lba
    if count > iso.BOOT_IMAGE_MAX:
        message = f"expected at most {iso.BOOT_IMAGE_MAX} sectors, found {count}"
        yield Finding("esp-size", "EFI system partition", message)
    found = [(entry.load_rba * PER_SECTOR, entry.sector_count) for entry in entries]
    if found and (first, count) not in found:
        message = f"expected start {first} and {count} sectors, found {found[0][0]}, {found[0][1]}"
        yield Finding("same-esp", "El Torito entry", message)


def _esp(window: Window) -> Iterator[Finding]:
    partition = _esp_partition(window)
    if partition is None:
        return
    at = partition.starting_lba * gpt.SECTOR
    size = (partition.ending_lba + 1 - partition.starting_lba) * gpt.SECTOR
    try:
        sector = window.sub(at, size, "ESP")
        signature = sector.read(510, 2, "signature")
        bytes_per_sector, small, large = sector.unpack("<11xH6xH11xI", 0, "boot sector")
    except FormatError as error:
        yield Finding("esp", f"byte {at}", error.message)
        return
    if signature != b"\x55\xaa" or bytes_per_sector != gpt.SECTOR:
        yield Finding("esp", f"byte {at}", "no FAT volume with sectors of 512 bytes")
    elif (small or large) * gpt.SECTOR > size:
        message = f"the volume has {small or large} sectors, the partition {size // gpt.SECTOR}"
        yield Finding("esp", f"byte {at}", message)
    else:
        yield from _fat_copies(sector, at)


def _fat_copies(volume: Window, at: int) -> Iterator[Finding]:
    """Two readers that trust different copies of the table must not see different files."""
    reserved, copies, size16, size32 = volume.unpack("<14xHB5xH12xI", 0, "boot sector")
    size = (size16 or size32) * gpt.SECTOR
    first = reserved * gpt.SECTOR
    if not copies or first + copies * size > volume.size:
        yield Finding("esp", f"byte {at}", "the allocation tables lie outside the volume")
        return
    tables = {volume.read(first + n * size, size, "allocation table") for n in range(copies)}
    if len(tables) > 1:
        yield Finding("esp", f"byte {at + first}", "the copies of the allocation table differ")

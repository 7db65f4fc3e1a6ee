/*
 * The boot archive, see exo/boot_archive.h.
 */
#include "core/boot.h"
#include "core/panic.h"
#include "lib/string.h"

#define ALIGNMENT 4096u

static void check_entry(const struct boot_archive *archive, const struct boot_archive_entry *entry)
{
    if (entry->name[BOOT_ARCHIVE_NAME - 1] != '\0')
        panic("boot archive: an entry's name has no end");
    if (entry->offset % ALIGNMENT != 0 || entry->offset > archive->total ||
        entry->size > archive->total - entry->offset)
        panic("boot archive: entry `%s`: offset %lx size %lx outside %lx bytes", entry->name,
              entry->offset, entry->size, archive->total);
}

const struct boot_archive_entry *boot_archive_find(const struct boot_archive *archive,
                                                   uint64_t size, const char *name)
{
    const struct boot_archive_entry *entries = (const struct boot_archive_entry *)(archive + 1);

    if (size < sizeof(*archive) || memcmp(archive->magic, BOOT_ARCHIVE_MAGIC, 8) != 0)
        panic("boot archive: no magic in %lu bytes", size);
    if (archive->version != BOOT_ARCHIVE_VERSION)
        panic("boot archive: version %u expected, found %u", BOOT_ARCHIVE_VERSION,
              archive->version);
    if (archive->total > size ||
        archive->count > (archive->total - sizeof(*archive)) / sizeof(*entries))
        panic("boot archive: %u entries in %lu bytes, have %lu", archive->count, archive->total,
              size);
    for (uint32_t i = 0; i < archive->count; i++) {
        check_entry(archive, &entries[i]);
        if (str_equal(entries[i].name, name))
            return &entries[i];
    }
    return NULL;
}

/*
 * Boot archive: the programs that run before there is any file system, in one page-aligned blob.
 * All fields little endian. Entries are sorted as written; names match [a-z0-9._-]+ and are
 * unique; each entry's bytes begin at a multiple of 4096 and are followed by zeros up to the
 * next one. `total` is a multiple of 4096.
 */
#pragma once

#include <stdint.h>

#define BOOT_ARCHIVE_MAGIC "EXOBARC1"
#define BOOT_ARCHIVE_VERSION 1u
#define BOOT_ARCHIVE_NAME 40

struct boot_archive {
    char magic[8];
    uint32_t version;
    uint32_t count;
    uint64_t total;
    uint64_t zero;
};

struct boot_archive_entry {
    char name[BOOT_ARCHIVE_NAME]; /* NUL padded, at least one NUL */
    uint64_t offset;
    uint64_t size;
    uint32_t flags;
    uint32_t zero;
};

_Static_assert(sizeof(struct boot_archive) == 32, "on-disk layout");
_Static_assert(sizeof(struct boot_archive_entry) == 64, "on-disk layout");

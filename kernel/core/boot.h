/*
 * What the ways into the kernel share: the limits of boot_info, and the boot archive.
 */
#pragma once

#include <stdint.h>
#include <exo/boot_archive.h>
#include <exo/boot_info.h>

#define BOOT_MEMORY_MAX 256u

/* The entry of that name; null where it is missing. Panics where the archive is damaged. */
const struct boot_archive_entry *boot_archive_find(const struct boot_archive *archive,
                                                   uint64_t size, const char *name);

/* From every entry, with the physical address of struct boot_info. */
_Noreturn void kernel_main(uint64_t info);

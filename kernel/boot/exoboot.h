/*
 * exoboot's parts. main.c calls them in order; each that can fail prints one line that says what,
 * where, expected and found (`refuse`) and returns the status that goes to the firmware.
 */
#pragma once

#include <exo/boot_info.h>
#include "efi.h"

/* Memory types of ours, so that the firmware's own map says what is where. */
#define MEMORY_KERNEL (EFI_MEMORY_OS | BOOT_MEMORY_KERNEL)
#define MEMORY_MODULE (EFI_MEMORY_OS | BOOT_MEMORY_MODULE)

#define PAGE 4096ull
#define LARGE_PAGE 0x200000ull

struct part { /* a section of our own PE image */
    const uint8_t *base;
    uint64_t size;
};

struct parts {
    struct part command_line, kernel, archive, release, version;
};

struct kernel {
    uint64_t paddr; /* 2 MiB aligned */
    uint64_t vaddr; /* 2 MiB aligned */
    uint64_t size;  /* bytes in memory, whole pages */
    uint64_t entry; /* virtual */
};

/* console.c: %s text, %u decimal, %x hexadecimal (both uint64_t), %h 32 bytes in hexadecimal. */
void console_init(struct efi_system_table *system);
void print(const char *format, ...);
efi_status refuse(efi_status status, const char *format, ...);

/* memory.c */
void memory_init(struct efi_system_table *system);
efi_status memory_allocate(uint32_t type, uint64_t size, uint64_t alignment, const char *what,
                           void **memory);
efi_status memory_leave(efi_handle image, struct boot_memory *map, uint32_t room, uint32_t *count);

/* parts.c */
efi_status parts_find(const struct efi_loaded_image *image, struct parts *parts);

/* file.c */
efi_status file_load(struct efi_system_table *system, efi_handle device, struct boot_range *range);

/* elf.c */
efi_status kernel_load(const struct part *elf, struct kernel *kernel);

/* machine.c: what the kernel cannot find out, or only slowly */
void machine_describe(struct efi_system_table *system, struct boot_info *info);
uint64_t machine_time(const struct efi_system_table *system); /* seconds since 1970, 0: unknown */

/* handover.c */
struct handover;
efi_status handover_prepare(const struct part *line, struct handover **handover);
struct boot_info *handover_info(struct handover *handover);
efi_status handover_go(struct handover *handover, const struct kernel *kernel, efi_handle image);

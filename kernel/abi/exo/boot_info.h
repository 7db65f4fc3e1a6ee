/*
 * boot_info: what every way into the kernel (exoboot, PVH, later the device-tree stub) hands over.
 *
 * Entry contract, x86_64: long mode, interrupts off, rdi = physical address of struct boot_info.
 * CR3 maps the kernel image at its link address (2 MiB aligned, physically contiguous at
 * kernel_paddr) and the first 4 GiB (at least everything named here) at identity. All addresses
 * in this structure are physical. Everything that it names lies in memory of type
 * BOOT_MEMORY_BOOT, which the kernel may hand out once it has used it; modules keep their own
 * type. The layout is fixed; a new field goes to the end and raises `size`, a changed one raises
 * `version`, and the kernel refuses a version that it does not know.
 */
#pragma once

#include <stdint.h>

#define BOOT_INFO_MAGIC 0x4F464E4942583645ull /* "E6XBINFO", little endian */
#define BOOT_INFO_VERSION 1u

enum boot_memory_type {
    BOOT_MEMORY_FREE = 1,     /* plain RAM, nothing in it */
    BOOT_MEMORY_BOOT = 2,     /* loader's: boot_info, command line, page tables, stack */
    BOOT_MEMORY_KERNEL = 3,   /* the kernel image */
    BOOT_MEMORY_MODULE = 4,   /* boot archive, fs.img */
    BOOT_MEMORY_FIRMWARE = 5, /* runtime services, ACPI: RAM that is not ours */
    BOOT_MEMORY_DEVICE = 6,   /* memory-mapped registers named by the firmware */
};

struct boot_memory {
    uint64_t base; /* bytes, 4 KiB aligned */
    uint64_t size; /* bytes, multiple of 4 KiB */
    uint32_t type; /* enum boot_memory_type */
    uint32_t zero;
};

struct boot_range {
    uint64_t base; /* 4 KiB aligned; 0 with size 0: not there */
    uint64_t size; /* bytes */
};

struct boot_framebuffer {
    uint64_t base;
    uint64_t size;
    uint32_t width;
    uint32_t height;
    uint32_t pitch;  /* bytes a line */
    uint32_t format; /* 0: none, 1: RGBX 8 bits each, 2: BGRX */
};

enum boot_flag {
    BOOT_FLAG_UEFI = 1u << 0,        /* came through UEFI (else PVH or a board) */
    BOOT_FLAG_SECURE_BOOT = 1u << 1, /* the firmware enforced signatures */
    BOOT_FLAG_DEVELOPMENT_KEYS = 1u << 2,
    BOOT_FLAG_FS_CHECKED = 1u << 3, /* fs.img matched the root hash of the command line */
};

struct boot_info {
    uint64_t magic;
    uint32_t version;
    uint32_t size; /* of this structure */
    uint32_t flags;
    uint32_t memory_count;
    uint64_t memory; /* struct boot_memory[memory_count], sorted, no overlaps */
    uint64_t kernel_paddr;
    uint64_t kernel_size;
    struct boot_range command_line; /* NUL terminated, size without the NUL; base not aligned */
    struct boot_range archive;      /* boot archive, see boot_archive.h */
    struct boot_range fs_image;     /* fs.img, data blocks and hash tree */
    uint64_t fs_data_blocks;        /* 4 KiB blocks in front of the hash area */
    uint64_t rsdp;                  /* ACPI root pointer, 0: none */
    uint64_t tsc_hz;                /* 0: not known */
    uint64_t timer_hz;              /* local APIC timer's input clock, 0: not known */
    uint64_t wall_seconds;          /* seconds since 1970 UTC at hand-over, 0: not known */
    struct boot_framebuffer framebuffer;
    struct boot_range tpm_log;       /* crypto-agile event log, as the firmware gave it */
    struct boot_range tpm_final_log; /* Final Events table */
};

_Static_assert(sizeof(struct boot_memory) == 24, "shared with exoboot");
_Static_assert(sizeof(struct boot_framebuffer) == 32, "shared with exoboot");
_Static_assert(sizeof(struct boot_info) == 200, "shared with exoboot");

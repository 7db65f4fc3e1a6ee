/*
 * What the first env finds: its capability slots, and a page of facts.
 *
 * The kernel loads the boot archive's first program, named `root`, as a static ELF64 at its link
 * addresses, gives it a stack, and enters it with rdi = address of struct root_info and rsp = the
 * stack's top, both mapped in its address space.
 */
#pragma once

#include <stdint.h>
#include <exo/boot_info.h>

enum root_slot {
    ROOT_SLOT_SLICE = 3,   /* all weight there is: 1 << 20 */
    ROOT_SLOT_PORTS = 4,   /* all 65,536 I/O ports */
    ROOT_SLOT_ARCHIVE = 5, /* frames of the boot archive, read and execute */
    ROOT_SLOT_FS = 6,      /* frames of fs.img, read and execute; empty where there is none */
    ROOT_SLOT_INFO = 7,    /* frame of struct root_info */
    ROOT_SLOT_IRQ = 16,    /* 16 .. 39: interrupt lines 0 .. 23 (free ones only) */
    ROOT_SLOT_DEVICE =
        40, /* device memory: all physical space but RAM and what the kernel drives */
    ROOT_SLOT_FRAMES = 48, /* 48 .. 48 + frames_count: free RAM, each one contiguous run */
    ROOT_SLOT_FREE = 80,   /* from here on empty */
};

#define ROOT_INFO_VADDR 0x7FFFFFFFE000ull /* page of struct root_info, read only */
#define ROOT_AREA_VADDR 0x7FFFFFFFD000ull /* its upcall area, read and write */
#define ROOT_STACK_TOP 0x7FFFFFFFC000ull  /* 16 pages below, then a guard page */
#define ROOT_FRAMES_MAX 32u

struct root_info {
    uint32_t version; /* 1 */
    uint32_t boot_flags;
    uint64_t archive_size;    /* bytes */
    uint64_t fs_size;         /* bytes, hash tree included; 0: none */
    uint64_t fs_data_blocks;  /* 4 KiB blocks */
    uint64_t tsc_hz;          /* 0: not known: use time_now */
    uint64_t tsc_base;        /* TSC at the clock's zero */
    uint64_t wall_seconds;    /* since 1970 at the clock's zero; 0: not known */
    uint64_t kernel_frames;   /* frames that the kernel keeps for itself, image included */
    uint64_t total_frames;    /* RAM frames of the machine */
    uint64_t start_cycles;    /* TSC from the kernel's entry to root's */
    uint64_t fs_check_cycles; /* of them, for the check of fs.img; 0: the loader checked it */
    struct boot_framebuffer framebuffer;
    uint32_t frames_count; /* capabilities from ROOT_SLOT_FRAMES on */
    uint32_t frames_spare; /* 0: what root itself is made of lies outside the capabilities */
    char command_line[1024];
};

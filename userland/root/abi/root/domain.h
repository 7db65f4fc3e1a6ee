/*
 * How `root` starts the other domains of the boot archive, and what it does for them.
 *
 * A domain is a static ELF64, entered with rdi = DOMAIN_INFO_VADDR and rsp = DOMAIN_STACK_TOP. It
 * finds the capabilities below in its table. It has no upcall area mapped: a fault ends it.
 *
 * The console: a gate call on DOMAIN_SLOT_ROOT, m0 = enum domain_call | port << 8 | count << 16.
 * Bytes travel in m1 to m4 (at most DOMAIN_CHUNK), first byte lowest. No call blocks; root sets
 * the domain's notification bits when input arrives and when room for output comes back.
 */
#pragma once

#include <stdint.h>

enum domain_slot {
    DOMAIN_SLOT_ROOT = 3,   /* gate to root */
    DOMAIN_SLOT_FRAMES = 4, /* its memory, one run, all rights */
    DOMAIN_SLOT_SLICE = 5,  /* weight to hand out to envs that it creates */
    DOMAIN_SLOT_FS = 6,     /* fs.img, read and execute (posix only) */
    DOMAIN_SLOT_FREE = 8,   /* from here on empty */
};

#define DOMAIN_INFO_VADDR 0x7FFFFFFFE000ull
#define DOMAIN_STACK_TOP 0x7FFFFFFFC000ull
#define DOMAIN_STACK_PAGES 16u

struct domain_info {
    uint32_t version; /* 1 */
    uint32_t boot_flags;
    uint64_t frames;      /* of DOMAIN_SLOT_FRAMES */
    uint64_t frames_used; /* from the run's begin: already taken for the domain itself */
    uint64_t weight;      /* of DOMAIN_SLOT_SLICE */
    uint64_t fs_size;     /* bytes, hash tree included; 0: none */
    uint64_t fs_data_blocks;
    uint64_t wall_seconds;    /* since 1970 at the clock's zero; 0: not known */
    uint64_t first_user;      /* the clock at root's first instruction, nanoseconds */
    uint64_t start_cycles;    /* TSC from the kernel's entry to root's */
    uint64_t fs_check_cycles; /* of them, for the check of fs.img */
    uint64_t kernel_frames;   /* that the kernel keeps for itself */
    uint64_t other_frames; /* in use outside DOMAIN_SLOT_FRAMES, the kernel's and fs.img left out */
    uint32_t ports;        /* serial ports that exist: bit 0 COM1, bit 1 COM2 */
    uint32_t zero;
    char command_line[1024];
};

enum domain_call {
    DOMAIN_WRITE = 1, /* port, count; m1..m4 bytes. Answer: m0 bytes taken */
    DOMAIN_READ = 2,  /* port, count at most. Answer: m0 bytes, m1..m4 */
    DOMAIN_POWER = 3, /* count: status; posix only. Ends the machine */
};

#define DOMAIN_CHUNK 32u

/* Notification bits that root sets; the rest are the domain's own. */
enum domain_notify {
    DOMAIN_NOTIFY_INPUT = 1u << 0,  /* port n: << n */
    DOMAIN_NOTIFY_OUTPUT = 1u << 4, /* port n: << n */
};

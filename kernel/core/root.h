/*
 * The root env: the first program, and every resource of the machine in its slots (exo/root.h).
 */
#pragma once

#include <exo/boot_info.h>

struct boot_state {
    struct boot_info *info;
    struct boot_memory *memory; /* what is left free; sorted */
    const char *command_line;
    uint64_t total_frames;
    uint64_t kernel_frames;
    uint64_t entry_cycles; /* when the kernel was entered */
    uint64_t fs_check_cycles;
};

/* Frames that the start still takes, not cleared; the number of the first. */
uint64_t boot_take(uint64_t count);

_Noreturn void root_start(struct boot_state *state);

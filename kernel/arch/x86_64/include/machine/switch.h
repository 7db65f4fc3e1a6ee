/*
 * What every switch of envs does, inline: cycles, and the processor's own state of an env.
 */
#pragma once

#include <stdint.h>

#include <machine/mmu.h>

#include "core/env.h"

#define MACHINE_FS_BASE 0xC0000100u

/* Cycles since some moment; cheap, never goes back on one processor. */
static inline uint64_t cpu_cycles(void)
{
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

static inline void cpu_load_thread(uint64_t base)
{
    __asm__ volatile("wrmsr"
                     :
                     : "c"(MACHINE_FS_BASE), "a"((uint32_t)base), "d"((uint32_t)(base >> 32)));
}

/* Makes `to` the env whose registers and floating point state are loaded; `from` (may be null) is
 * the one that was. RSP0 at offset 4 of the TSS is unaligned by design of the hardware. */
static inline void cpu_switch(struct env *from, struct env *to)
{
    uint64_t end = (uintptr_t)(&to->regs + 1);

    if (from)
        __asm__ volatile("fxsave64 %0" : "=m"(from->fpu));
    __asm__ volatile("fxrstor64 %0" : : "m"(to->fpu));
    __asm__ volatile("mov %0, cpu_tss+4(%%rip)" : : "r"(end) : "memory");
    /* Always: whoever loads a segment register changes FS.base without our knowing. */
    cpu_load_thread(to->thread);
}

/* The address space in force. */
static inline void mmu_activate(const pte_t *root)
{
    __asm__ volatile("mov %0, %%cr3" : : "r"(virt_to_phys(root)) : "memory");
}

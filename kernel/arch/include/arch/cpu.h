/*
 * Contract: the processor itself; machine/switch.h holds what is inline (cpu_cycles, cpu_switch,
 * cpu_load_thread).
 */
#pragma once

#include <stdint.h>
#include <exo/types.h>

struct env;

/* What people call this architecture. */
extern const char cpu_name[];

/* Protection features, segments, system-call entry. */
void cpu_init(void);

/* Sleeps until an interrupt came and was handled. Called with interrupts off, returns so. */
void cpu_idle(void);

/* Ends the machine: a status for the emulator's exit device, then halts for ever. */
_Noreturn void cpu_stop(uint8_t status);

/* A new env's floating point state and segment registers. */
void cpu_env_init(struct env *env);

/* Goes to user mode with the current env's registers. */
_Noreturn void cpu_enter_user(void);

/* I/O ports; width 1, 2 or 4. */
uint32_t cpu_port_read(uint16_t port, unsigned width);
void cpu_port_write(uint16_t port, unsigned width, uint32_t value);

/* The address of the last page fault. */
uint64_t cpu_fault_address(void);

/* Return addresses of the kernel's frames from frame pointer `fp` on; at most `max`. */
unsigned cpu_backtrace(uint64_t fp, uint64_t *pcs, unsigned max);

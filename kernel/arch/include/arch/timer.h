/*
 * Contract: the clock and the one-shot timer. No calibration loops: rates come from boot_info, the
 * command line, the processor or the firmware's tables.
 */
#pragma once

#include <stdint.h>
#include <exo/types.h>

/* `tsc_hz` and `timer_hz` may be 0: not known. */
void timer_init(paddr_t rsdp, uint64_t tsc_hz, uint64_t timer_hz);

/* Nanoseconds since timer_init; never goes back. */
uint64_t timer_now(void);

/* One interrupt in about `ns` nanoseconds (may be early, never lost); 0: none. */
void timer_arm(uint64_t ns);

/* Rate of cpu_cycles where it is known, and its value at the clock's zero. */
uint64_t timer_tsc_hz(void);
uint64_t timer_tsc_base(void);

/* Nanoseconds that so many cycles took, by the clock's and the counter's average rates. */
uint64_t timer_cycles_ns(uint64_t cycles);

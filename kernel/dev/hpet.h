/*
 * HPET as a clock (IA-PC HPET specification 1.0a): only its main counter.
 */
#pragma once

#include <exo/types.h>

/* Starts the counter at its registers. Returns nanoseconds a tick as 32.32 fixed point, 0 where
 * there is no HPET with a counter of 64 bits. */
uint64_t hpet_init(paddr_t paddr);

uint64_t hpet_read(void);

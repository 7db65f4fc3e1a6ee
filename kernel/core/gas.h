/*
 * Gas: what an env may still spend. System calls are debited by the entry code, at the rates of
 * syscalls.toml; processor time here, one unit for GAS_CYCLES. An empty account stops the env and
 * tells its keeper. Half of all values and more mean: without limit.
 */
#pragma once

#include "core/env.h"

#define GAS_UNLIMITED (1ull << 63)
#define GAS_CYCLES 1024u
#define GAS_TICKED                                                                                 \
    (1ull << 32) /* who has less is looked at each slice, even when it runs alone                  \
                  */

/* Time of the env's slice. */
static inline void gas_charge_time(struct env *env, uint64_t cycles)
{
    uint64_t cost = cycles / GAS_CYCLES;

    env->cycles += cycles;
    if (env->gas < GAS_UNLIMITED)
        env->gas -= cost < env->gas ? cost : env->gas;
}

/* The entry code found too little for a call. */
status_t gas_empty(void);

/*
 * Notifications: 64 bits in each env. Set by others, by interrupts and by the kernel; taken by
 * env_wait, or delivered as an upcall where the env's upcall mask says so.
 */
#pragma once

#include "core/env.h"

void notify(struct env *env, uint64_t bits);

/* The bits that a capability with this badge may set; 0 is no badge. */
static inline uint64_t notify_allowed(uint64_t badge, uint64_t bits)
{
    return badge ? bits & badge : bits;
}

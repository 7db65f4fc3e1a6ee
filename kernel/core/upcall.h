/*
 * Upcalls: how an env learns what happened to it. See exo/upcall.h for what user space sees.
 */
#pragma once

#include "core/env.h"

/* Enters the env's upcall handler for this event. False where it has none, or no frame is free. */
bool upcall_deliver(struct env *env, uint64_t kind, uint64_t code, uint64_t address);

/* Whether an event that can wait could be delivered now. */
bool upcall_possible(const struct env *env);

/* Notes that something waits for the way back to user mode. */
void upcall_request(struct env *env, enum env_attention what);

/* The env's slice is over, where it wants to know. */
void upcall_slice_end(struct env *env);

/* On the way to user mode with `attention` set: delivers what waits, or lets another env run. */
void env_attend(void);

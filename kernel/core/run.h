/*
 * Who runs. The run list holds the envs that may be given a slice: each that is runnable and
 * serves nobody, and each caller, at the top of a chain of gate calls, whose chain ends in a
 * runnable env: so a server runs on the slice of the client it works for.
 *
 *   top    the env at the start of the chain: follow `caller`
 *   end    the env that would really run: follow `callee` while it is ENV_CALLING and not queued
 *
 * Rule: a top is listed exactly while its end is runnable. Tickless: the timer is armed for the
 * end of the slice only where a second env is listed, else for the next deadline or not at all.
 */
#pragma once

#include "core/env.h"

/* Whose floating point state, thread pointer and address space the processor holds; it differs
 * from `current` only while nobody runs. The entry code switches gates by itself. */
extern struct env *run_loaded;
extern const struct aspace *run_loaded_aspace;

#define SLICE_NS 5000000ull

/* Sets the state and keeps the rule. */
void run_set_state(struct env *env, enum env_state state);

/* Keeps the rule after `caller`, `callee` or `queued` changed. */
void run_update(struct env *env);

/* Chooses who runs next, for the rest of the slot, and sleeps where nobody can. */
void run_schedule(void);

/* The rest of the slot goes to the next of the run list, where there is another. */
status_t run_yield(void);

/* Goes on as `env` at once, on the slice that runs: gate calls. */
void run_switch(struct env *env);

/* Puts the current env where nothing is, before its frame goes. */
void run_forget(struct env *env);

/* The env's saved floating point state and thread pointer were replaced. */
void run_reload(struct env *env);

/* An address space dies: nothing of it may stay in the processor. */
void run_forget_aspace(const struct aspace *aspace);

/* The timer fired. */
void run_timer(void);

/* Deadline of a sleeping env; UINT64_MAX: none. */
void run_set_deadline(struct env *env, uint64_t deadline);

/* The slices of the Beatty sequence. */
status_t run_bind(struct env *env, uint32_t start, uint32_t extent, uint32_t weight);
void run_unbind_range(uint32_t start, uint32_t extent);

/* Cycles charged to the env up to now. */
uint64_t run_cycles(const struct env *env);

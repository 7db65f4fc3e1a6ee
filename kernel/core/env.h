/*
 * Envs: one frame each, holding all that the kernel knows of it. A blocked env is only this.
 *
 * Its capability table consists of up to 32 donated frames; its upcall area is one more. The
 * registers come first, since traps store them there (arch). `attention` asks the way back to
 * user mode to look for upcalls.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <arch/trap.h>
#include <exo/types.h>
#include <exo/upcall.h>

#include "core/object.h"
#include "lib/list.h"

#define ENV_TABLE_FRAMES 32u
#define ENV_FRAMES 3u /* env, capability table, upcall area */

enum env_attention {
    ATTEND_RESTORE = 1 << 0, /* registers were replaced as a whole */
    ATTEND_NOTIFY = 1 << 1,  /* a bit of the upcall mask is pending */
    ATTEND_SLICE = 1 << 2,   /* a slice ended and the env wants to know */
};

struct aspace;
struct cap;

/* Where a revocation of many steps stands; each env has at most one under way. */
struct revocation {
    const struct cap *cap;
    uint64_t word, object; /* of the capability: its slot may hold another one by now */
    uint64_t phase;
    uint64_t index;
    uint64_t found;
    struct aspace *aspace;
    vaddr_t vaddr;
    uint64_t epoch;
};

struct env {
    struct frame regs;
    uint64_t gas;
    uint32_t slot_limit;
    uint8_t attention; /* enum env_attention */
    uint8_t state;     /* enum env_state */
    bool queued;       /* ENV_CALLING: not yet taken by the server */
    bool listed;       /* in the run list */
    struct cap *tables[ENV_TABLE_FRAMES];
    uint8_t fpu[512] __attribute__((aligned(16)));

    struct object object;
    struct list all;
    label_t label;
    struct aspace *aspace;
    struct list aspace_node;
    uint64_t thread;

    struct list run_node;
    struct list timer_node;
    uint64_t deadline;
    uint64_t cycles; /* used, as the top of its chain of gate calls */

    struct upcall_area *area;
    vaddr_t upcall_entry;
    vaddr_t upcall_stack;
    uint64_t upcall_mask;
    uint64_t wait_mask;  /* of gate_wait */
    uint64_t sleep_mask; /* of the env_wait under way */
    uint64_t pending;
    bool slice_upcall;
    bool strict; /* wrong capabilities are faults */

    struct env *caller; /* whom it serves */
    struct env *callee; /* whose reply it waits for */
    struct list queue;  /* callers not yet taken */
    struct list queue_node;
    uint64_t badge; /* of the gate that the call under way came through */
    uint64_t receive_slot;
    vaddr_t grant_window;

    struct env *keeper;
    uint64_t keeper_bits;
    uint64_t keeper_badge; /* of the capability that named the keeper; 0: any bit */
    struct list wards;     /* envs whose keeper this is */
    struct list ward_node;

    uint64_t fault_kind;
    uint64_t fault_address;
    uint64_t fault_pc;
    struct revocation revocation;
};

_Static_assert(sizeof(struct env) <= 4096, "one frame");
_Static_assert(offsetof(struct env, fpu) % 16 == 0, "fxsave");

/* The env whose registers user mode has; never null once the root env runs, but in cpu_idle. */
extern struct env *current;

uint64_t env_frame_number(const struct env *env);

/* An env in three donatable frames from `frame`; its slots 1 and 2 are left empty. */
struct env *env_make(uint64_t frame, struct aspace *aspace, label_t label);

/* Takes the env out of whatever it waits for; it comes back with `status` from that call. */
void env_cancel(struct env *env, status_t status);

/* Takes the env from its address space, or puts it into another. */
void env_bind_aspace(struct env *env, struct aspace *aspace);

/* An exception of the current env: an upcall, or it stops and its keeper hears of it. */
void env_fault(struct env *env, uint64_t kind, uint64_t code, uint64_t address);

/* Stops the env as faulted, whatever it does, and tells the keeper. */
void env_stop_faulted(struct env *env, uint64_t kind, uint64_t address);

/* For object.c: out of every list at once; then its capabilities in bounded steps. */
void env_kill(struct env *env);
bool env_empty(struct env *env, unsigned *budget);
bool env_slots_in(const struct env *env, uint64_t first, uint64_t count);

/* Every env there is, for revocation. */
extern struct list env_all;

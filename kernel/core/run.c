/*
 * Who runs, see run.h.
 */
#include "core/run.h"

#include <arch/cpu.h>
#include <arch/mmu.h>
#include <arch/timer.h>
#include <machine/switch.h>

#include "core/aspace.h"
#include "core/cap.h"
#include "core/gas.h"
#include "core/notify.h"
#include "core/slice.h"
#include "core/syscall.h"
#include "core/upcall.h"

#define POINTS_MAX 16u /* points of the sequence that are tried before the list's turn */
#define NO_DEADLINE UINT64_MAX

/* Stands in `current` while no env is there to run or to return to. */
static struct env nobody = {
    .state = ENV_STOPPED, .attention = ATTEND_RESTORE, .object.life = OBJECT_DEAD};

struct env *current = &nobody;

struct env *run_loaded;
const struct aspace *run_loaded_aspace;
static struct env *paying;  /* top of the chain that runs */
static uint64_t paid_until; /* in cycles */
static struct list run_list = LIST_HEAD(run_list);
static struct list timers = LIST_HEAD(timers);
static unsigned listed_count;
static uint64_t slice_end; /* 0: nobody else wants to run */
static bool armed;
static struct slices slices;

static struct env *chain_top(struct env *env)
{
    while (env->caller)
        env = env->caller;
    return env;
}

static struct env *chain_end(struct env *env)
{
    while (env->state == ENV_CALLING && !env->queued)
        env = env->callee;
    return env;
}

/* One shot to the slice's end or the first deadline, whichever is first. */
static void arm(uint64_t now)
{
    uint64_t next = NO_DEADLINE;

    if (!list_empty(&timers))
        next = list_entry(timers.next, struct env, timer_node)->deadline;
    if (slice_end && slice_end < next)
        next = slice_end;
    if (next == NO_DEADLINE && !armed)
        return;
    armed = next != NO_DEADLINE;
    timer_arm(!armed ? 0 : next > now ? next - now : 1);
}

static void begin_slice(void)
{
    bool alone = listed_count < 2 && (!paying || paying->gas >= GAS_TICKED);
    uint64_t now;

    if (alone && list_empty(&timers) && !armed) {
        slice_end = 0;
        return;
    }
    now = timer_now();
    slice_end = alone ? 0 : now + SLICE_NS;
    arm(now);
}

void run_update(struct env *env)
{
    struct env *top = chain_top(env);
    bool wanted = chain_end(top)->state == ENV_RUNNABLE;

    if (wanted == top->listed)
        return;
    top->listed = wanted;
    if (wanted) {
        list_insert(&run_list, &top->run_node);
        if (++listed_count == 2 && current != &nobody)
            begin_slice();
    } else {
        list_remove(&top->run_node);
        listed_count--;
    }
}

void run_set_state(struct env *env, enum env_state state)
{
    env->state = (uint8_t)state;
    if (env == current && state != ENV_RUNNABLE)
        env->attention |= ATTEND_RESTORE;
    run_update(env);
}

/* Charges the time since the last charge to whoever's slice it was. */
static void pay(void)
{
    uint64_t now = cpu_cycles();

    if (paying)
        gas_charge_time(paying, now - paid_until);
    paid_until = now;
}

uint64_t run_cycles(const struct env *env)
{
    return env->cycles + (env == paying ? cpu_cycles() - paid_until : 0);
}

static inline void switch_to(struct env *env)
{
    if (env != run_loaded) {
        cpu_switch(run_loaded, env);
        run_loaded = env;
    }
    if (env->aspace != run_loaded_aspace) {
        run_loaded_aspace = env->aspace;
        mmu_activate(run_loaded_aspace->top);
    }
    current = env;
}

void run_switch(struct env *env)
{
    switch_to(env);
}

void run_forget(struct env *env)
{
    if (current == env)
        current = &nobody;
    if (run_loaded == env)
        run_loaded = NULL;
    if (paying == env)
        paying = NULL;
}

void run_reload(struct env *env)
{
    if (run_loaded == env)
        run_loaded = NULL;
    if (current == env)
        run_switch(env);
}

void run_forget_aspace(const struct aspace *aspace)
{
    if (run_loaded_aspace == aspace) {
        run_loaded_aspace = NULL;
        mmu_leave();
    }
}

/* The next point of the sequence whose holder wants to run, else the list's turn. */
static struct env *choose(void)
{
    struct list *first = run_list.next;

    for (unsigned i = 0; i < POINTS_MAX && listed_count > 1; i++) {
        struct env *env = slices_next(&slices);

        if (env && env->listed)
            return env;
    }
    list_remove(first);
    list_insert(&run_list, first);
    return list_entry(first, struct env, run_node);
}

static void idle(void)
{
    current = &nobody;
    paying = NULL;
    while (list_empty(&run_list)) {
        if (!object_reap(REAP_STEP))
            continue;
        if (!list_empty(&timers) || armed)
            arm(timer_now());
        cpu_idle();
    }
}

void run_schedule(void)
{
    pay();
    if (list_empty(&run_list)) {
        slice_end = 0;
        idle();
        paid_until = cpu_cycles();
    }
    paying = choose();
    run_switch(chain_end(paying));
    if (!slice_end)
        begin_slice();
}

status_t run_yield(void)
{
    const struct env *top = chain_top(current);
    struct list *next = top->run_node.next;

    if (!top->listed || listed_count == 1)
        return EXO_OK;
    if (next == &run_list)
        next = next->next;
    pay();
    paying = list_entry(next, struct env, run_node);
    switch_to(chain_end(paying));
    return EXO_OK;
}

static void expire(uint64_t now)
{
    while (!list_empty(&timers)) {
        struct env *env = list_entry(timers.next, struct env, timer_node);

        if (env->deadline > now)
            return;
        env_cancel(env, EXO_TIMEOUT);
        run_set_state(env, ENV_RUNNABLE);
    }
}

void run_timer(void)
{
    uint64_t now = timer_now();

    armed = false;
    expire(now);
    if (current == &nobody)
        return;
    if (slice_end && now >= slice_end) {
        object_reap(REAP_STEP);
        pay();
        if (paying && paying->gas == 0)
            env_stop_faulted(paying, 0, 0);
        upcall_slice_end(current);
        slice_end = 0;
        run_schedule();
    } else {
        arm(now);
    }
}

void run_set_deadline(struct env *env, uint64_t deadline)
{
    struct list *at = timers.next;

    list_remove(&env->timer_node);
    env->deadline = deadline;
    if (deadline == NO_DEADLINE)
        return;
    while (at != &timers && list_entry(at, struct env, timer_node)->deadline <= deadline)
        at = at->next;
    list_insert(at, &env->timer_node);
}

status_t run_bind(struct env *env, uint32_t start, uint32_t extent, uint32_t weight)
{
    if (weight == 0)
        slices_unbind(&slices, env);
    else if (!slices_bind(&slices, start, extent, weight, env))
        return EXO_FULL;
    return EXO_OK;
}

void run_unbind_range(uint32_t start, uint32_t extent)
{
    for (uint32_t i = slices.count; i-- > 0;)
        if (slices.table[i].start - start < extent)
            slices_unbind(&slices, slices.table[i].holder);
}

status_t sys_slice_bind(struct cap *cap, uint64_t env_slot, uint64_t weight)
{
    struct env *env;
    struct cap *env_cap;
    status_t status = cap_lookup_env(env_slot, RIGHT_CONTROL, &env, &env_cap);

    if (status)
        return status;
    if (weight > cap_extent(cap))
        return EXO_BAD_RANGE;
    return run_bind(env, (uint32_t)cap->object, cap_extent(cap), (uint32_t)weight);
}

status_t sys_time_now(struct cap *cap)
{
    (void)cap;
    current->regs.message[0] = timer_now();
    return EXO_OK;
}

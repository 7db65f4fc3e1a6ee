/*
 * Envs, see env.h.
 */
#include "core/env.h"

#include <arch/cpu.h>
#include <arch/mmu.h>
#include <arch/timer.h>
#include <machine/switch.h>

#include "core/aspace.h"
#include "core/cap.h"
#include "core/frame.h"
#include "core/irq.h"
#include "core/label.h"
#include "core/notify.h"
#include "core/run.h"
#include "core/slice.h"
#include "core/syscall.h"
#include "core/upcall.h"
#include "lib/string.h"

#define PAGE_FAULT_CODE 0x13u /* present, write, fetch: the bits that upcalls show */

struct list env_all = LIST_HEAD(env_all);

uint64_t env_frame_number(const struct env *env)
{
    return virt_to_phys(env) / PAGE_SIZE;
}

struct env *env_make(uint64_t frame, struct aspace *aspace, label_t label)
{
    struct env *env = frame_donate(frame, FRAME_ENV);

    env->tables[0] = frame_donate(frame + 1, FRAME_SLOTS);
    env->area = frame_donate(frame + 2, FRAME_AREA);
    env->slot_limit = TABLE_SLOTS;
    env->label = label;
    object_init(&env->object);
    list_init(&env->aspace_node);
    list_init(&env->run_node);
    list_init(&env->timer_node);
    list_init(&env->queue);
    list_init(&env->queue_node);
    list_init(&env->wards);
    list_init(&env->ward_node);
    list_insert(&env_all, &env->all);
    cpu_env_init(env);
    env_bind_aspace(env, aspace);
    return env;
}

void env_bind_aspace(struct env *env, struct aspace *aspace)
{
    list_remove(&env->aspace_node);
    env->aspace = aspace;
    if (aspace)
        list_insert(&aspace->envs, &env->aspace_node);
}

void env_cancel(struct env *env, status_t status)
{
    struct env *server = NULL;

    list_remove(&env->timer_node);
    if (env->state == ENV_RUNNABLE || env->state == ENV_STOPPED || env->state == ENV_FAULTED)
        return;
    if (env->queued)
        list_remove(&env->queue_node);
    else
        server = env->callee;
    if (server)
        server->caller = NULL;
    env->queued = false;
    env->callee = NULL;
    env->state = ENV_STOPPED;
    env->regs.status = (uint64_t)status;
    env->regs.message[0] = 0;
    if (server)
        run_update(server);
}

static void tell_keeper(struct env *env)
{
    if (env->keeper)
        notify(env->keeper, notify_allowed(env->keeper_badge, env->keeper_bits));
}

void env_stop_faulted(struct env *env, uint64_t kind, uint64_t address)
{
    env_cancel(env, EXO_INTERRUPTED);
    env->fault_kind = kind;
    env->fault_address = address;
    env->fault_pc = env->regs.pc;
    run_set_state(env, ENV_FAULTED);
    tell_keeper(env);
}

void env_fault(struct env *env, uint64_t kind, uint64_t code, uint64_t address)
{
    if (kind == UPCALL_PAGE_FAULT)
        code &= PAGE_FAULT_CODE;
    if (!upcall_deliver(env, kind, code, address))
        env_stop_faulted(env, kind, address);
}

/* ---- death ---- */

static void answer_dead(struct env *caller)
{
    env_cancel(caller, EXO_DEAD);
    run_set_state(caller, ENV_RUNNABLE);
}

void env_kill(struct env *env)
{
    env_cancel(env, EXO_DEAD);
    run_set_state(env, ENV_STOPPED);
    if (env->caller)
        answer_dead(env->caller);
    while (!list_empty(&env->queue))
        answer_dead(list_entry(env->queue.next, struct env, queue_node));
    tell_keeper(env);
    list_remove(&env->ward_node);
    while (!list_empty(&env->wards)) {
        struct env *ward = list_entry(env->wards.next, struct env, ward_node);

        list_remove(&ward->ward_node);
        ward->keeper = NULL;
    }
    run_bind(env, 0, 0, 0);
    irq_forget(env);
    env_bind_aspace(env, NULL);
    list_remove(&env->all);
    run_forget(env);
}

static bool empty_table(struct cap *table, unsigned *budget)
{
    for (unsigned i = 0; i < TABLE_SLOTS; i++) {
        if (cap_type(&table[i]) == CAP_NONE)
            continue;
        cap_remove(&table[i]);
        if (*budget == 0 || --*budget == 0)
            return false;
    }
    return true;
}

bool env_empty(struct env *env, unsigned *budget)
{
    for (unsigned i = 0; i < env->slot_limit / TABLE_SLOTS; i++)
        if (!empty_table(env->tables[i], budget))
            return false;
    for (unsigned i = 0; i < env->slot_limit / TABLE_SLOTS; i++)
        frame_release(virt_to_phys(env->tables[i]) / PAGE_SIZE);
    env->slot_limit = 0;
    frame_release(virt_to_phys(env->area) / PAGE_SIZE);
    return true;
}

bool env_slots_in(const struct env *env, uint64_t first, uint64_t count)
{
    for (unsigned i = 0; i < env->slot_limit / TABLE_SLOTS; i++)
        if (virt_to_phys(env->tables[i]) / PAGE_SIZE - first < count)
            return true;
    return false;
}

/* ---- system calls ---- */

/* The env of argument 0, alive. */
static status_t decode(const struct cap *cap, struct env **env)
{
    *env = (struct env *)cap->object;
    return object_dead(&(*env)->object) ? EXO_DEAD : EXO_OK;
}

static bool frames_donatable(const struct cap *frames, uint64_t offset, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        if (!frame_donatable(frames->object + offset + i))
            return false;
    return true;
}

status_t sys_env_create(struct cap *frames, uint64_t offset, uint64_t aspace_slot,
                        uint64_t dst_slot, uint64_t label)
{
    struct cap *to, *aspace_cap;
    struct aspace *aspace;
    struct env *env;
    status_t status = cap_lookup_empty(0, dst_slot, &to);

    if (!status)
        status = cap_lookup_aspace(aspace_slot, RIGHT_MAP | RIGHT_DERIVE, &aspace);
    if (!status)
        status = cap_lookup(aspace_slot, CAP_ASPACE, RIGHT_MAP, &aspace_cap);
    if (status)
        return status;
    if (!label_dominates(current->label, label))
        return EXO_BAD_LABEL;
    if (offset > cap_extent(frames) || cap_extent(frames) - offset < ENV_FRAMES)
        return EXO_BAD_RANGE;
    if (!frames_donatable(frames, offset, ENV_FRAMES))
        return EXO_BUSY;
    if (!cap_derivable(frames) || !cap_derivable(aspace_cap))
        return EXO_NO_MEMORY;
    env = env_make(frames->object + offset, aspace, label);
    cap_insert(to, frames, cap_word(CAP_ENV, RIGHT_ALL, 0), (uintptr_t)env);
    cap_insert(cap_slot(env, SLOT_SELF), to, cap_word(CAP_ENV, RIGHT_ALL, 0), (uintptr_t)env);
    cap_insert(cap_slot(env, SLOT_ASPACE), aspace_cap,
               cap_word(CAP_ASPACE, cap_rights(aspace_cap), 0), (uintptr_t)aspace);
    return EXO_OK;
}

static status_t set_keeper(struct env *env, uint64_t slot)
{
    struct env *keeper = NULL;
    struct cap *cap;
    status_t status = slot ? cap_lookup_env(slot, RIGHT_NOTIFY, &keeper, &cap) : EXO_OK;

    if (status)
        return status;
    list_remove(&env->ward_node);
    env->keeper = keeper;
    env->keeper_badge = keeper ? cap_extent(cap) : 0;
    if (keeper)
        list_insert(&keeper->wards, &env->ward_node);
    return EXO_OK;
}

static status_t set_aspace(struct env *env, uint64_t slot)
{
    struct aspace *aspace;
    status_t status = cap_lookup_aspace(slot, RIGHT_MAP, &aspace);

    if (status)
        return status;
    env_bind_aspace(env, aspace);
    if (env == current)
        run_switch(env);
    return EXO_OK;
}

static status_t set_register(struct env *env, uint64_t what, uint64_t value)
{
    if (env == current)
        return EXO_BAD_STATE;
    if (what == ENV_PC && value >= USER_END)
        return EXO_BAD_VALUE;
    if (what == ENV_PC)
        env->regs.pc = value;
    else if (what == ENV_SP)
        env->regs.sp = value;
    else
        env->regs.message[what - ENV_ARG0] = value;
    return EXO_OK;
}

static status_t set_address(struct env *env, uint64_t what, uint64_t value)
{
    if (value >= USER_END)
        return EXO_BAD_VALUE;
    if (what == ENV_UPCALL_ENTRY) {
        env->upcall_entry = value;
    } else if (what == ENV_UPCALL_STACK) {
        env->upcall_stack = value;
    } else if (what == ENV_GRANT_WINDOW) {
        env->grant_window = value & ~(PAGE_SIZE - 1);
    } else {
        env->thread = value;
        if (env == current)
            cpu_load_thread(value);
    }
    return EXO_OK;
}

/* A mask may uncover what is pending already. */
static void set_upcall_mask(struct env *env, uint64_t mask)
{
    env->upcall_mask = mask;
    if (env->pending & mask)
        notify(env, 0);
}

status_t sys_env_set(struct cap *cap, uint64_t what, uint64_t value)
{
    struct env *env;
    status_t status = decode(cap, &env);

    if (status)
        return status;
    switch (what) {
    case ENV_PC:
    case ENV_SP:
    case ENV_ARG0:
    case ENV_ARG1:
        return set_register(env, what, value);
    case ENV_UPCALL_ENTRY:
    case ENV_UPCALL_STACK:
    case ENV_GRANT_WINDOW:
    case ENV_THREAD:
        return set_address(env, what, value);
    case ENV_UPCALL_MASK:
        set_upcall_mask(env, value);
        return EXO_OK;
    case ENV_WAIT_MASK:
        env->wait_mask = value;
        notify(env, 0);
        return EXO_OK;
    case ENV_ASPACE:
        return set_aspace(env, value);
    case ENV_KEEPER:
        return set_keeper(env, value);
    case ENV_KEEPER_BITS:
        env->keeper_bits = value;
        return EXO_OK;
    case ENV_RECEIVE_SLOT:
        env->receive_slot = value;
        return EXO_OK;
    case ENV_SLICE_UPCALL:
        env->slice_upcall = value != 0;
        return EXO_OK;
    case ENV_STRICT:
        env->strict = value != 0;
        return EXO_OK;
    default:
        return EXO_BAD_VALUE;
    }
}

status_t sys_env_get(struct cap *cap, uint64_t what)
{
    struct env *env;
    uint64_t *out = &current->regs.message[0];
    status_t status = decode(cap, &env);

    if (status)
        return status;
    switch (what) {
    case ENV_PC:
        *out = env->regs.pc;
        break;
    case ENV_SP:
        *out = env->regs.sp;
        break;
    case ENV_ARG0:
    case ENV_ARG1:
        *out = env->regs.message[what - ENV_ARG0];
        break;
    case ENV_UPCALL_ENTRY:
        *out = env->upcall_entry;
        break;
    case ENV_UPCALL_STACK:
        *out = env->upcall_stack;
        break;
    case ENV_UPCALL_MASK:
        *out = env->upcall_mask;
        break;
    case ENV_WAIT_MASK:
        *out = env->wait_mask;
        break;
    case ENV_THREAD:
        *out = env->thread;
        break;
    case ENV_RECEIVE_SLOT:
        *out = env->receive_slot;
        break;
    case ENV_GRANT_WINDOW:
        *out = env->grant_window;
        break;
    case ENV_KEEPER_BITS:
        *out = env->keeper_bits;
        break;
    case ENV_SLICE_UPCALL:
        *out = env->slice_upcall;
        break;
    case ENV_STRICT:
        *out = env->strict;
        break;
    case ENV_STATE:
        *out = env->state;
        break;
    case ENV_TIME_USED:
        *out = timer_cycles_ns(run_cycles(env));
        break;
    case ENV_GAS:
        *out = env->gas;
        break;
    case ENV_LABEL:
        *out = env->label;
        break;
    case ENV_FAULT_KIND:
        *out = env->fault_kind;
        break;
    case ENV_FAULT_ADDRESS:
        *out = env->fault_address;
        break;
    case ENV_FAULT_PC:
        *out = env->fault_pc;
        break;
    case ENV_PENDING:
        *out = env->pending;
        break;
    default:
        return EXO_BAD_VALUE;
    }
    return EXO_OK;
}

status_t sys_env_start(struct cap *cap)
{
    struct env *env;
    status_t status = decode(cap, &env);

    if (status)
        return status;
    if (!env->aspace || (env->state != ENV_STOPPED && env->state != ENV_FAULTED))
        return EXO_BAD_STATE;
    run_set_state(env, ENV_RUNNABLE);
    return EXO_OK;
}

status_t sys_env_stop(struct cap *cap)
{
    struct env *env;
    status_t status = decode(cap, &env);

    if (status)
        return status;
    env_cancel(env, EXO_INTERRUPTED);
    run_set_state(env, ENV_STOPPED);
    return EXO_OK;
}

status_t sys_env_destroy(struct cap *cap)
{
    struct env *env = (struct env *)cap->object;

    object_kill(&env->object);
    return object_reap(REAP_STEP) ? EXO_OK : EXO_AGAIN;
}

status_t sys_env_table(struct cap *cap, uint64_t frames_slot, uint64_t offset)
{
    struct env *env;
    struct cap *frames;
    status_t status = decode(cap, &env);

    if (!status)
        status = cap_lookup(frames_slot, CAP_FRAMES, RIGHT_DONATE, &frames);
    if (status)
        return status;
    if (offset >= cap_extent(frames))
        return EXO_BAD_RANGE;
    if (!frame_donatable(frames->object + offset))
        return EXO_BUSY;
    if (env->slot_limit == ENV_TABLE_FRAMES * TABLE_SLOTS)
        return EXO_FULL;
    env->tables[env->slot_limit / TABLE_SLOTS] = frame_donate(frames->object + offset, FRAME_SLOTS);
    env->slot_limit += TABLE_SLOTS;
    return EXO_OK;
}

status_t sys_env_enter(struct cap *cap, uint64_t aspace_slot, uint64_t pc, uint64_t sp,
                       uint64_t arg0, uint64_t arg1)
{
    struct env *env;
    bool waits;
    status_t status = decode(cap, &env);

    if (status)
        return status;
    if (pc >= USER_END)
        return EXO_BAD_VALUE;
    if (aspace_slot)
        status = set_aspace(env, aspace_slot);
    if (status)
        return status;
    waits = env->state != ENV_STOPPED && env->state != ENV_FAULTED;
    env_cancel(env, EXO_INTERRUPTED);
    memset(&env->regs, 0, sizeof(env->regs));
    memset(env->fpu, 0, sizeof(env->fpu));
    cpu_env_init(env);
    env->regs.pc = pc;
    env->regs.sp = sp;
    env->regs.message[0] = arg0;
    env->regs.message[1] = arg1;
    env->area->depth = 0;
    if (env == current)
        env->attention |= ATTEND_RESTORE;
    if (waits)
        run_set_state(env, ENV_RUNNABLE);
    run_reload(env);
    return EXO_OK;
}

/*
 * Gates: protected control transfer. There is no gate object: a gate capability names its env and
 * a badge. The message stays in the registers in which it came; the caller's slice goes along.
 *
 *   caller: ENV_CALLING, `callee` set        server: `caller` set while it serves
 *   server: ENV_SERVING while it waits       queued callers: in the server's `queue`, `queued`
 */
#include "core/aspace.h"
#include "core/cap.h"
#include "core/run.h"
#include "core/syscall.h"
#include "core/upcall.h"

#define FLAG_CAP (1ull << 32)
#define FLAG_PAGE (1ull << 33)
#define CHAIN_MAX 64u /* envs that wait for one another */

status_t sys_gate_create(struct cap *cap, uint64_t dst_env, uint64_t dst_slot, uint64_t badge)
{
    struct env *env = (struct env *)cap->object;
    struct cap *to;
    status_t status = cap_lookup_empty(dst_env, dst_slot, &to);

    if (status)
        return status;
    if (object_dead(&env->object))
        return EXO_DEAD;
    if (!cap_derivable(cap))
        return EXO_NO_MEMORY;
    cap_insert(to, cap, cap_word(CAP_GATE, RIGHT_CALL | RIGHT_DERIVE, (uint32_t)badge),
               cap->object);
    return EXO_OK;
}

/* What goes along besides the message; the flags that say so. */
static uint64_t carry(struct env *from, struct env *to)
{
    uint64_t flags = 0;

    if (from->regs.carry_cap && cap_carry(from, to, from->regs.carry_cap))
        flags |= FLAG_CAP;
    if (from->regs.carry_page && aspace_carry(from, to, from->regs.carry_page))
        flags |= FLAG_PAGE;
    return flags;
}

/* The message goes over; `first` is what the receiver's register 0 says besides the flags. */
static inline void hand_over(struct env *from, struct env *to, uint64_t first)
{
    if (from->regs.carry_cap | from->regs.carry_page)
        first |= carry(from, to);
    to->regs.status = EXO_OK;
    to->regs.message[0] = first;
    to->regs.message[1] = from->regs.message[1];
    to->regs.message[2] = from->regs.message[2];
    to->regs.message[3] = from->regs.message[3];
    to->regs.message[4] = from->regs.message[4];
    to->regs.message[5] = from->regs.message[5];
}

/* Whether `server` waits, over others, for `caller`. */
static bool waits_for(const struct env *server, const struct env *caller)
{
    for (unsigned i = 0; i < CHAIN_MAX; i++) {
        if (server == caller)
            return true;
        if (server->state != ENV_CALLING)
            return false;
        server = server->callee;
    }
    return true;
}

static status_t enqueue(struct env *caller, struct env *server)
{
    if (waits_for(server, caller))
        return EXO_LOOP;
    caller->callee = server;
    caller->queued = true;
    list_insert(&server->queue, &caller->queue_node);
    run_set_state(caller, ENV_CALLING);
    run_schedule();
    return (status_t)current->regs.status;
}

status_t sys_gate_call(struct cap *cap)
{
    struct env *caller = current;
    struct env *server = (struct env *)cap->object;

    if (object_dead(&server->object))
        return EXO_DEAD;
    if (server->label != caller->label)
        return EXO_BAD_LABEL;
    caller->badge = cap_extent(cap);
    if (server->state != ENV_SERVING)
        return enqueue(caller, server);
    caller->state = ENV_CALLING;
    caller->callee = server;
    server->caller = caller;
    server->state = ENV_RUNNABLE;
    hand_over(caller, server, caller->badge);
    run_switch(server);
    return EXO_OK;
}

/* The first caller in the queue is served: the server runs on its slice from now on. */
static void serve_next(struct env *server)
{
    struct env *caller = list_entry(server->queue.next, struct env, queue_node);

    list_remove(&caller->queue_node);
    run_set_state(server, ENV_SERVING); /* off the list: it is no longer a top */
    caller->queued = false;
    server->caller = caller;
    hand_over(caller, server, caller->badge);
    run_set_state(server, ENV_RUNNABLE);
}

/* Something else than waiting comes first. */
static bool serve_at_once(struct env *server)
{
    if (server->pending & (server->wait_mask | (upcall_possible(server) ? server->upcall_mask : 0)))
        server->regs.status = (uint64_t)EXO_INTERRUPTED;
    else if (!list_empty(&server->queue))
        serve_next(server);
    else
        return false;
    return true;
}

status_t sys_gate_wait(struct cap *cap)
{
    struct env *server = current;
    struct env *caller = server->caller;

    if ((struct env *)cap->object != server)
        return EXO_BAD_VALUE;
    if (caller) {
        hand_over(server, caller, 0);
        server->caller = NULL;
        caller->callee = NULL;
        caller->state = ENV_RUNNABLE;
        if (list_empty(&server->queue) && !server->pending) {
            server->state = ENV_SERVING;
            run_switch(caller);
            return EXO_OK;
        }
        run_update(server);
    }
    if (serve_at_once(server))
        return (status_t)server->regs.status;
    run_set_state(server, ENV_SERVING);
    if (caller)
        run_switch(caller);
    else
        run_schedule();
    return (status_t)current->regs.status;
}

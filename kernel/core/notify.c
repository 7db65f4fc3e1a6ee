/*
 * Notifications, see notify.h.
 */
#include "core/notify.h"

#include "core/cap.h"
#include "core/label.h"
#include "core/run.h"
#include "core/syscall.h"
#include "core/upcall.h"

#define NO_DEADLINE UINT64_MAX

static void wake(struct env *env, status_t status)
{
    env_cancel(env, status);
    run_set_state(env, ENV_RUNNABLE);
}

/* An upcall is due and the env sleeps: the handler comes first, the call ends. */
static bool interrupts(const struct env *env)
{
    return (env->pending & env->upcall_mask) && upcall_possible(env);
}

void notify(struct env *env, uint64_t bits)
{
    uint64_t taken;

    if (object_dead(&env->object))
        return;
    env->pending |= bits;
    taken = env->state == ENV_WAITING ? env->pending & env->sleep_mask : 0;
    if (taken) {
        env->pending &= ~taken;
        wake(env, EXO_OK);
        env->regs.message[0] = taken;
    }
    if (env->pending & env->upcall_mask)
        upcall_request(env, ATTEND_NOTIFY);
    if (env->state == ENV_WAITING && interrupts(env))
        wake(env, EXO_INTERRUPTED);
    if (env->state == ENV_SERVING && ((env->pending & env->wait_mask) || interrupts(env)))
        wake(env, EXO_INTERRUPTED);
}

status_t sys_env_notify(struct cap *cap, uint64_t bits)
{
    struct env *env = (struct env *)cap->object;

    if (label_dominates(env->label, current->label))
        notify(env, notify_allowed(cap_extent(cap), bits));
    return EXO_OK;
}

status_t sys_env_wait(struct cap *cap, uint64_t mask, uint64_t deadline)
{
    struct env *env = current;
    uint64_t taken = env->pending & mask;

    if ((struct env *)cap->object != env)
        return EXO_BAD_VALUE;
    env->pending &= ~taken;
    env->regs.message[0] = taken;
    if (taken)
        return EXO_OK;
    if (interrupts(env))
        return EXO_INTERRUPTED;
    if (deadline == 0)
        return EXO_TIMEOUT;
    env->sleep_mask = mask;
    if (deadline != NO_DEADLINE)
        run_set_deadline(env, deadline);
    run_set_state(env, ENV_WAITING);
    run_schedule();
    return (status_t)env->regs.status;
}

status_t sys_env_yield(struct cap *cap)
{
    struct env *env = current;

    if ((struct env *)cap->object != env)
        return EXO_BAD_VALUE;
    env->regs.status = EXO_OK;
    return run_yield();
}

/*
 * Interrupts, see irq.h.
 */
#include "core/irq.h"

#include <arch/irq.h>

#include "core/cap.h"
#include "core/notify.h"
#include "core/syscall.h"

static struct binding {
    struct env *env;
    uint64_t bits;
} bindings[IRQ_LINES];

void irq_deliver(unsigned line)
{
    if (bindings[line].env)
        notify(bindings[line].env, bindings[line].bits);
    else
        irq_mask(line);
}

void irq_unbind(unsigned line)
{
    irq_mask(line);
    bindings[line].env = NULL;
}

void irq_forget(const struct env *env)
{
    for (unsigned line = 0; line < IRQ_LINES; line++)
        if (bindings[line].env == env)
            irq_unbind(line);
}

status_t sys_irq_bind(struct cap *cap, uint64_t env_slot, uint64_t bits)
{
    unsigned line = (unsigned)cap->object;
    struct env *env;
    struct cap *env_cap;
    status_t status = cap_lookup_env(env_slot, RIGHT_NOTIFY, &env, &env_cap);

    if (status)
        return status;
    bindings[line] = (struct binding){env, notify_allowed(cap_extent(env_cap), bits)};
    irq_unmask(line);
    return EXO_OK;
}

status_t sys_irq_ack(struct cap *cap)
{
    unsigned line = (unsigned)cap->object;

    if (bindings[line].env)
        irq_unmask(line);
    return EXO_OK;
}

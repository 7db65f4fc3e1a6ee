/*
 * Upcalls, see upcall.h. The area is the env's own memory: every value in it is checked, and the
 * kernel writes it through the physmap, so it cannot fault.
 */
#include "core/upcall.h"

#include "core/run.h"

#define STACK_GAP 256u /* below an interrupted stack pointer: more than any red zone */

bool upcall_deliver(struct env *env, uint64_t kind, uint64_t code, uint64_t address)
{
    const struct frame *regs = &env->regs;
    uint32_t depth = *(volatile uint32_t *)&env->area->depth;
    struct upcall_frame *frame;

    if (depth >= UPCALL_DEPTH || !env->upcall_entry)
        return false;
    frame = &env->area->frames[depth];
    frame_save(regs, frame);
    frame->kind = kind;
    frame->code = code;
    frame->address = address;
    env->area->depth = depth + 1;
    frame_enter(&env->regs, env->upcall_entry,
                depth == 0 && env->upcall_stack ? env->upcall_stack
                                                : (regs->sp - STACK_GAP) & ~15ull,
                depth);
    return true;
}

bool upcall_possible(const struct env *env)
{
    return env->upcall_entry && *(volatile uint32_t *)&env->area->depth == 0;
}

void upcall_request(struct env *env, enum env_attention what)
{
    env->attention |= (uint8_t)what;
    env->area->pending = 1;
}

void upcall_slice_end(struct env *env)
{
    if (env->slice_upcall)
        upcall_request(env, ATTEND_SLICE);
}

static void deliver_waiting(struct env *env)
{
    uint64_t bits = env->pending & env->upcall_mask;

    if (env->attention & ATTEND_SLICE) {
        env->attention &= (uint8_t)~ATTEND_SLICE;
        upcall_deliver(env, UPCALL_SLICE, 0, 0);
    } else {
        env->attention &= (uint8_t)~ATTEND_NOTIFY;
        env->pending &= ~bits;
        if (bits)
            upcall_deliver(env, UPCALL_NOTIFY, bits, 0);
    }
    if (!env->attention)
        env->area->pending = 0;
}

void env_attend(void)
{
    while (current->state != ENV_RUNNABLE)
        run_schedule();
    current->attention &= (uint8_t)~ATTEND_RESTORE;
    if ((current->attention & (ATTEND_NOTIFY | ATTEND_SLICE)) && upcall_possible(current))
        deliver_waiting(current);
}

/*
 * Revocation: everything derived from a capability goes, in bounded steps.
 *
 * First the subtree of capabilities: always from its front, so that what is left stays a subtree
 * and the work may stop anywhere. Objects that lose their last capability die. Then what was made
 * of the resource without leaving a capability: for frames, each mapping and page table in any
 * address space and each env whose table they hold; for slices, intervals; for a line, its binding.
 * Frames that are mapped are marked first (FRAME_REVOKING), so that no new mapping is made of them
 * while address spaces are searched; frames that are mapped nowhere cost one look.
 *
 * Where a revocation of many steps stands is kept in the env that asks; another revocation by the
 * same env starts that one anew, which is safe: every step may be repeated.
 */
#include "core/aspace.h"
#include "core/cap.h"
#include "core/frame.h"
#include "core/irq.h"
#include "core/run.h"
#include "core/syscall.h"

#define CAPS_STEP 256u
#define FRAMES_STEP 4096u
#define TABLES_STEP 32u

enum phase {
    PHASE_MARK,
    PHASE_PURGE,
    PHASE_ENVS,
    PHASE_UNMARK,
    PHASE_DONE,
};

static bool remove_children(struct cap *cap)
{
    struct cap *child;

    for (unsigned i = 0; (child = cap_child(cap)) != NULL; i++) {
        if (i == CAPS_STEP)
            return false;
        cap_unlink(child);
        if (object_dead(&current->object))
            return true;
    }
    return true;
}

/* Frames of the next step of a pass over the range; false at its end. */
static bool next_frames(const struct cap *cap, struct revocation *r, uint64_t *first, uint64_t *end)
{
    uint64_t count = cap_extent(cap);

    if (r->index >= count || !frame_known(cap->object + r->index))
        return false;
    *first = cap->object + r->index;
    r->index += FRAMES_STEP;
    *end = cap->object + (r->index < count ? r->index : count);
    if (*end > frame_limit)
        *end = frame_limit;
    return true;
}

static void mark(const struct cap *cap, struct revocation *r)
{
    uint64_t frame, end;

    if (cap_rights(cap) & RIGHT_DEVICE) { /* not counted: no look at the frames */
        r->phase = PHASE_PURGE;
        return;
    }
    if (!next_frames(cap, r, &frame, &end)) {
        r->phase = r->found ? PHASE_PURGE : PHASE_DONE;
        return;
    }
    for (; frame < end; frame++) {
        enum frame_state state = frame_state(frame);

        if (frame_mappings(frame))
            frame_table[frame] |= FRAME_REVOKING;
        /* A mark without mappings was left by a revocation that nobody finished. */
        if (frame_revoking(frame) || state == FRAME_TABLE || state == FRAME_SLOTS)
            r->found++;
    }
}

static void unmark(const struct cap *cap, struct revocation *r)
{
    uint64_t frame, end;

    if (!next_frames(cap, r, &frame, &end)) {
        r->phase = PHASE_DONE;
        return;
    }
    for (; frame < end; frame++)
        frame_table[frame] &= ~FRAME_REVOKING;
}

/* Goes through all address spaces; begins again where one that was not reached has gone. */
static void purge(const struct cap *cap, struct revocation *r)
{
    struct frame_range range = {cap->object, cap_extent(cap),
                                (cap_rights(cap) & RIGHT_DEVICE) != 0};
    unsigned budget = TABLES_STEP;

    if (!r->aspace || r->epoch != aspace_epoch) {
        r->epoch = aspace_epoch;
        r->aspace = list_entry(aspace_all.next, struct aspace, all);
        r->vaddr = 0;
    }
    while (&r->aspace->all != &aspace_all) {
        if (!aspace_purge(r->aspace, &r->vaddr, range, &budget))
            return;
        r->aspace = list_entry(r->aspace->all.next, struct aspace, all);
        r->vaddr = 0;
    }
    r->phase = range.device ? PHASE_DONE : PHASE_ENVS;
}

/* An env whose capability table lies in the range cannot stay. */
static void destroy_envs(const struct cap *cap, struct revocation *r)
{
    for (struct list *node = env_all.next; node != &env_all; node = node->next) {
        struct env *env = list_entry(node, struct env, all);

        if (env_slots_in(env, cap->object, cap_extent(cap))) {
            object_kill(&env->object);
            return;
        }
    }
    r->phase = PHASE_UNMARK;
    r->index = 0;
}

/* One step; true at the end. */
static bool revoke_frames(const struct cap *cap, struct revocation *r)
{
    if (r->cap != cap || r->word != cap->word || r->object != cap->object)
        *r = (struct revocation){.cap = cap, .word = cap->word, .object = cap->object};
    switch ((enum phase)r->phase) {
    case PHASE_MARK:
        mark(cap, r);
        break;
    case PHASE_PURGE:
        purge(cap, r);
        break;
    case PHASE_ENVS:
        destroy_envs(cap, r);
        break;
    case PHASE_UNMARK:
        unmark(cap, r);
        break;
    case PHASE_DONE:
        break;
    }
    if (r->phase != PHASE_DONE)
        return false;
    r->cap = NULL;
    return true;
}

#define PASSES 8u /* steps of one call: small revocations need no second one */

status_t sys_cap_revoke(struct cap *cap)
{
    struct env *env = current;

    if (!remove_children(cap) || !object_reap(REAP_STEP))
        return EXO_AGAIN;
    if (current != env) /* it was a parent of the caller's own env */
        return EXO_OK;
    switch (cap_type(cap)) {
    case CAP_FRAMES:
        for (unsigned i = 0; i < PASSES; i++) {
            if (revoke_frames(cap, &env->revocation))
                return object_reap(REAP_STEP) ? EXO_OK : EXO_AGAIN;
            if (current != env)
                return EXO_OK;
        }
        return EXO_AGAIN;
    case CAP_SLICE:
        run_unbind_range((uint32_t)cap->object, cap_extent(cap));
        return EXO_OK;
    case CAP_IRQ:
        irq_unbind((unsigned)cap->object);
        return EXO_OK;
    default:
        return EXO_OK;
    }
}

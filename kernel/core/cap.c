/*
 * Capabilities, see cap.h.
 */
#include "core/cap.h"

#include "core/aspace.h"
#include "core/syscall.h"

#define ADDRESS_BITS 48
#define ADDRESS_MASK ((1ull << ADDRESS_BITS) - 1)

static struct cap *link_decode(uint64_t link)
{
    return (struct cap *)(uintptr_t)((int64_t)(link << 16) >> 16);
}

static uint64_t depth(const struct cap *cap)
{
    return cap->next >> ADDRESS_BITS;
}

static struct cap *next(const struct cap *cap)
{
    return link_decode(cap->next);
}

static struct cap *prev(const struct cap *cap)
{
    return link_decode(cap->prev);
}

static void set_next(struct cap *cap, const struct cap *to)
{
    cap->next = (cap->next & ~ADDRESS_MASK) | ((uintptr_t)to & ADDRESS_MASK);
}

static void set_prev(struct cap *cap, const struct cap *to)
{
    cap->prev = (uintptr_t)to & ADDRESS_MASK;
}

status_t cap_lookup(uint64_t slot, enum cap_type type, uint32_t rights, struct cap **cap)
{
    struct cap *found = cap_slot(current, slot);

    if (!found || cap_type(found) == CAP_NONE)
        return EXO_BAD_SLOT;
    if (type != CAP_NONE && cap_type(found) != type)
        return EXO_BAD_TYPE;
    if (rights & ~cap_rights(found))
        return EXO_BAD_RIGHTS;
    *cap = found;
    return EXO_OK;
}

status_t cap_lookup_env(uint64_t slot, uint32_t rights, struct env **env, struct cap **cap)
{
    status_t status = cap_lookup(slot, CAP_ENV, rights, cap);

    if (status)
        return status;
    *env = (struct env *)(*cap)->object;
    return object_dead(&(*env)->object) ? EXO_DEAD : EXO_OK;
}

status_t cap_lookup_aspace(uint64_t slot, uint32_t rights, struct aspace **aspace)
{
    struct cap *cap;
    status_t status = cap_lookup(slot, CAP_ASPACE, rights, &cap);

    if (status)
        return status;
    *aspace = (struct aspace *)cap->object;
    return object_dead(&(*aspace)->object) ? EXO_DEAD : EXO_OK;
}

status_t cap_lookup_empty(uint64_t env_slot, uint64_t slot, struct cap **cap)
{
    struct env *env = current;
    struct cap *env_cap;
    status_t status = env_slot ? cap_lookup_env(env_slot, RIGHT_CONTROL, &env, &env_cap) : EXO_OK;

    if (status)
        return status;
    *cap = cap_slot(env, slot);
    if (!*cap)
        return EXO_BAD_SLOT;
    return cap_type(*cap) == CAP_NONE ? EXO_OK : EXO_SLOT_USED;
}

struct object *cap_object(const struct cap *cap)
{
    switch (cap_type(cap)) {
    case CAP_ENV:
    case CAP_GATE:
        return &((struct env *)cap->object)->object;
    case CAP_ASPACE:
        return &((struct aspace *)cap->object)->object;
    default:
        return NULL;
    }
}

void cap_insert(struct cap *cap, struct cap *parent, uint64_t word, uint64_t object)
{
    cap->word = word;
    cap->object = object;
    cap->prev = 0;
    cap->next = 0;
    if (parent) {
        struct cap *after = next(parent);

        cap->next = (depth(parent) + 1) << ADDRESS_BITS;
        set_next(cap, after);
        set_prev(cap, parent);
        set_next(parent, cap);
        if (after)
            set_prev(after, cap);
    }
    if (cap_object(cap))
        object_name(cap_object(cap));
}

bool cap_derivable(const struct cap *parent)
{
    return depth(parent) < CAP_DEPTH_MAX - 1;
}

struct cap *cap_child(const struct cap *cap)
{
    struct cap *child = next(cap);

    return child && depth(child) > depth(cap) ? child : NULL;
}

void cap_remove(struct cap *cap)
{
    /* Also behind the parent itself: a later child would stand in front of them as theirs. */
    for (struct cap *c = next(cap); c && depth(c) > depth(cap); c = next(c))
        c->next -= 1ull << ADDRESS_BITS;
    cap_unlink(cap);
}

void cap_unlink(struct cap *cap)
{
    struct cap *before = prev(cap);
    struct cap *after = next(cap);
    struct object *object = cap_object(cap);

    if (before)
        set_next(before, after);
    if (after)
        set_prev(after, before);
    *cap = (struct cap){0};
    if (object)
        object_unname(object);
}

/* The word of a child. RIGHT_DEVICE says what a capability does not cover (RAM): it stays. */
static uint64_t child_word(const struct cap *from, uint32_t rights, uint64_t extent)
{
    if (cap_type(from) == CAP_FRAMES)
        rights |= RIGHT_DEVICE;
    return cap_word(cap_type(from), rights & cap_rights(from), extent);
}

bool cap_carry(struct env *giver, struct env *taker, uint64_t what)
{
    struct cap *from = cap_slot(giver, (uint32_t)what);
    struct cap *to = cap_slot(taker, taker->receive_slot);
    uint32_t rights = what >> 32 & 0xFFFF;

    if (!from || !to || cap_type(from) == CAP_NONE || cap_type(to) != CAP_NONE)
        return false;
    if (!(cap_rights(from) & RIGHT_DERIVE) || !cap_derivable(from))
        return false;
    cap_insert(to, from, child_word(from, rights, cap_extent(from)), from->object);
    return true;
}

/* ---- system calls ---- */

/* Calls that take any type and ask for no right get an empty slot too: the entry code compares
 * only what the table says. */
static bool empty(const struct cap *cap)
{
    return cap_type(cap) == CAP_NONE;
}

status_t sys_cap_check(struct cap *cap, uint64_t type, uint64_t rights)
{
    if (empty(cap))
        return EXO_BAD_SLOT;
    if (type && cap_type(cap) != type)
        return EXO_BAD_TYPE;
    return rights & ~(uint64_t)cap_rights(cap) ? EXO_BAD_RIGHTS : EXO_OK;
}

status_t sys_cap_inspect(struct cap *cap)
{
    enum cap_type type = cap_type(cap);
    bool badged = type == CAP_ENV || type == CAP_GATE;
    uint64_t *out = current->regs.message;

    if (empty(cap))
        return EXO_BAD_SLOT;
    out[0] = (uint32_t)cap->word;
    out[1] = badged ? 0 : cap_extent(cap);
    out[2] = badged ? cap_extent(cap) : 0;
    out[3] = badged ? ((struct env *)cap->object)->label : 0;
    out[4] = cap_object(cap) ? 0 : type == CAP_FRAMES ? cap->object << 12 : cap->object;
    return EXO_OK;
}

/* Extent or badge of a child, and where it begins. */
static status_t narrow(const struct cap *from, uint64_t badge, uint64_t offset, uint64_t count,
                       uint64_t *extent, uint64_t *object)
{
    *object = from->object;
    *extent = cap_extent(from);
    switch (cap_type(from)) {
    case CAP_FRAMES:
    case CAP_PORTS:
    case CAP_SLICE:
        if (offset > *extent || count > *extent - offset || count == 0)
            return EXO_BAD_RANGE;
        *object += offset;
        *extent = count;
        return EXO_OK;
    case CAP_ENV:
        if (*extent == 0)
            *extent = badge;
        return EXO_OK;
    default:
        return EXO_OK;
    }
}

status_t sys_cap_derive(struct cap *cap, uint64_t dst_env, uint64_t dst_slot, uint64_t rights_badge,
                        uint64_t offset, uint64_t count)
{
    struct cap *to;
    uint64_t extent, object;
    status_t status = cap_lookup_empty(dst_env, dst_slot, &to);

    if (status)
        return status;
    if (!cap_derivable(cap))
        return EXO_NO_MEMORY;
    status = narrow(cap, rights_badge >> 32, offset, count, &extent, &object);
    if (status)
        return status;
    cap_insert(to, cap, child_word(cap, (uint32_t)rights_badge & 0xFFFF, extent), object);
    return EXO_OK;
}

/* Whether the object lives on this capability alone. */
static bool last_name(const struct cap *cap)
{
    const struct object *object = cap_object(cap);

    return object && object->names == 2;
}

status_t sys_cap_delete(struct cap *cap)
{
    if (empty(cap))
        return EXO_BAD_SLOT;
    if (last_name(cap)) {
        object_kill(cap_object(cap));
        if (!object_reap(REAP_STEP))
            return EXO_AGAIN;
        if (object_dead(&current->object)) /* it was the caller's own last capability */
            return EXO_OK;
    }
    cap_remove(cap);
    return EXO_OK;
}

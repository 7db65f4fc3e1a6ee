/*
 * Life and death of objects, see object.h.
 */
#include "core/object.h"

#include <arch/mmu.h>

#include "core/aspace.h"
#include "core/env.h"
#include "core/frame.h"

static struct list dying = LIST_HEAD(dying);

static uint64_t object_frame(const struct object *object)
{
    return virt_to_phys(object) / PAGE_SIZE;
}

void object_init(struct object *object)
{
    list_init(&object->dying);
}

void object_name(struct object *object)
{
    object->names += 2;
}

void object_unname(struct object *object)
{
    object->names -= 2;
    if (object->names)
        return;
    if (object->life == OBJECT_LIVE)
        object_kill(object);
    else if (object->life == OBJECT_DEAD)
        frame_release(object_frame(object));
}

void object_kill(struct object *object)
{
    if (object->life != OBJECT_LIVE)
        return;
    object->life = OBJECT_DYING;
    list_insert(&dying, &object->dying);
    if (frame_state(object_frame(object)) == FRAME_ENV)
        env_kill(list_entry(object, struct env, object));
    else
        aspace_kill(list_entry(object, struct aspace, object));
}

static bool empty(struct object *object, unsigned *budget)
{
    if (frame_state(object_frame(object)) == FRAME_ENV)
        return env_empty(list_entry(object, struct env, object), budget);
    return aspace_empty(list_entry(object, struct aspace, object), budget);
}

bool object_reap(unsigned budget)
{
    while (!list_empty(&dying)) {
        struct object *object = list_entry(dying.next, struct object, dying);

        if (!empty(object, &budget))
            return false;
        list_remove(&object->dying);
        object->life = OBJECT_DEAD;
        if (!object->names)
            frame_release(object_frame(object));
    }
    return true;
}

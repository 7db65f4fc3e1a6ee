/*
 * What address spaces and envs have in common: capabilities that name them, and a bounded death.
 *
 * An object dies when its last capability goes or when it is destroyed by name. It is then marked,
 * put on one list, and emptied in bounded steps (object_reap) by whoever asks, by the timer and by
 * the idle loop. Its own frame stays until no capability names it. All values are even: within an
 * address space the structure lies in a page table's unused entries, where bit 0 means present.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/list.h"

enum object_life {
    OBJECT_LIVE = 0,
    OBJECT_DYING = 2, /* on the list */
    OBJECT_DEAD = 4,  /* emptied, waits for its last capability */
};

struct object {
    uint64_t names; /* capabilities, times two */
    uint64_t life;  /* enum object_life */
    struct list dying;
};

#define REAP_STEP 256u /* capabilities or page-table entries */

static inline bool object_dead(const struct object *object)
{
    return object->life != OBJECT_LIVE;
}

void object_init(struct object *object);

/* One capability more, one less; the last one kills. */
void object_name(struct object *object);
void object_unname(struct object *object);

void object_kill(struct object *object);

/* Empties dying objects, about `budget` entries; true when none is left. */
bool object_reap(unsigned budget);

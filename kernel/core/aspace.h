/*
 * Address spaces: a tree of page tables from donated frames. The structure is the top table itself
 * (one frame); what the kernel must know of it lies in entries that nothing uses, with bit 0 clear.
 *
 * Rules: write and execute never together; each entry of the last level is counted in its frame's
 * word; every change of the active address space flushes what it changed.
 */
#pragma once

#include <stddef.h>
#include <arch/mmu.h>

#include "core/env.h"
#include "core/object.h"

struct aspace {
    pte_t top[USER_ENTRIES];
    pte_t kernel_low[64]; /* the physmap is the first of them */
    struct object object;
    struct list all;
    struct list envs;
    pte_t kernel_high[TABLE_ENTRIES - USER_ENTRIES - 64 - 8];
};

_Static_assert(sizeof(struct aspace) == PAGE_SIZE, "the top table");
_Static_assert(offsetof(struct aspace, object) / 8 == 320, "behind the physmap's entries");

#define ASPACE_COUNT_MAX 64u

extern struct list aspace_all;
extern uint64_t aspace_epoch; /* counts departures from aspace_all */

struct aspace *aspace_make(uint64_t frame);

/* The entry that translates `vaddr` at `level`, null where a table above is missing. */
pte_t *aspace_entry(struct aspace *aspace, vaddr_t vaddr, unsigned level);

/* Puts a donated frame in as a table; the level above must be there. */
status_t aspace_add_table(struct aspace *aspace, uint64_t frame, vaddr_t vaddr, unsigned level);

/* Maps the giver's page at `what` (address, prot in the low bits) at the taker's grant window. */
bool aspace_carry(struct env *giver, struct env *taker, uint64_t what);

/* Sets the entry (its table is there) and counts. */
void aspace_set(struct aspace *aspace, pte_t *entry, vaddr_t vaddr, pte_t value);

/* For object.c. */
void aspace_kill(struct aspace *aspace);
bool aspace_empty(struct aspace *aspace, unsigned *budget);

/* What a frames capability covers: for devices only what is no RAM. */
struct frame_range {
    uint64_t first;
    uint64_t count;
    bool device;
};

/* For revoke.c: takes away what maps frames of the range, tables among them, from `*vaddr` on;
 * true when the end was reached within the budget of leaf tables. */
bool aspace_purge(struct aspace *aspace, vaddr_t *vaddr, struct frame_range range,
                  unsigned *budget);

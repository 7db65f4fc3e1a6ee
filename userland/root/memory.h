/*
 * Root's own frames and mappings. Frames come from the machine's runs of free RAM, lowest first,
 * and never go back: root takes what it needs to start the domains, then no more.
 */
#pragma once

#include <exo/root.h>
#include <exo/types.h>

struct run {
    slot_t slot;
    uint64_t next;  /* first frame that is still free */
    uint64_t count; /* frames in all */
};

void memory_init(const struct root_info *info);

/* The run with the most free frames. */
struct run *memory_largest(void);

/*
 * Maps `count` frames of a capability from `offset`; page tables come from `run`. A failure here
 * is the end of the machine's start: it stops with a message.
 */
void memory_map(struct run *run, slot_t aspace, slot_t frames, uint64_t offset, vaddr_t vaddr,
                uint64_t count, uint64_t prot);

/* Frames of all runs that are taken. */
uint64_t memory_taken(void);

/* Takes `count` frames in one piece off the run. */
uint64_t memory_take(struct run *run, uint64_t count);

/* Where root may look at `count` frames for a while (one such view at a time). */
void *memory_view(slot_t frames, uint64_t offset, uint64_t count);
void memory_unview(uint64_t count);

/*
 * Address spaces of processes: what is mapped where, and in which page.
 *
 * A space is a short list of regions, sorted by address, and for each page of them an entry:
 * nothing yet (zeroes on first touch), a page of memory, or a block of the root image. An entry
 * marked COPY is mapped without write and gets its own page, or its write right back where it has
 * no other user left, on the first write. So the count of users of each page is exact, and a page
 * is free as soon as the last process that maps it is gone, in any order.
 */
#pragma once

#include <exo/types.h>

#include <stdbool.h>
#include <stdint.h>

struct node;
struct process;

#define REGIONS 32u
#define SPACE_END 0x40000000ull /* 1 GiB: one table of level 2 */
#define SPACE_CHUNKS 256u       /* entries come in pages of 1,024 */

enum region_kind {
    REGION_PROGRAM,
    REGION_HEAP,
    REGION_MAPPING,
    REGION_STACK, /* `begin` goes down with the first touch */
    REGION_STAGE, /* where exec builds the next stack; not inherited */
};

struct region {
    vaddr_t begin, end;
    uint32_t kind;
    uint32_t prot; /* enum prot */
};

struct space {
    struct region regions[REGIONS];
    uint32_t count;
    uint32_t *chunks[SPACE_CHUNKS];
    uint32_t chunk_pages[SPACE_CHUNKS];
    uint64_t tables[SPACE_END >> 21 >> 6];  /* bit n: the table for 2 MiB number n is there */
    uint32_t frames[(SPACE_END >> 21) + 2]; /* of the tables; object frames */
    uint32_t frame_count;
};

/* Results: 0 or -errno. */

/* Makes an empty kernel address space, with the tables of a small program, in slot `aspace`. */
int space_create(struct process *process);

/* Gives back everything; the address space itself dies with its capability. */
void space_destroy(struct process *process);

/* Gives back all pages but those of the stage. */
void space_clear(struct process *process);

/* Copy on write of all that `parent` has. */
int space_copy(struct process *parent, struct process *child);

/* Makes the page at `vaddr` usable as the fault's code wants it; -EFAULT where it may not be. */
int space_fault(struct process *process, vaddr_t vaddr, uint64_t code);

/* A new region, clipped by nothing: -ENOMEM where it meets another or the list is full. */
int space_add(struct process *process, vaddr_t begin, vaddr_t end, uint32_t kind, uint32_t prot);

/* Maps `size` bytes of a file from `offset` (page aligned, as is vaddr) into a region. */
int space_map_file(struct process *process, vaddr_t vaddr, struct node *file, uint64_t offset,
                   uint64_t size);

int space_unmap(struct process *process, vaddr_t begin, vaddr_t end);
int space_protect(struct process *process, vaddr_t begin, vaddr_t end, uint32_t prot);

/* The first free range of `size` bytes for mmap; 0: none. */
vaddr_t space_find(const struct process *process, uint64_t size);

/* Lengthens the heap; the old end, or 0. */
vaddr_t space_grow_heap(struct process *process, uint64_t bytes);

/* Moves the stage's `pages` topmost pages to the top of a new stack. */
int space_stage_to_stack(struct process *process, uint32_t pages);

/* The server's view of a page of a process that is in memory; NULL where it is not. */
void *space_peek(const struct process *process, vaddr_t vaddr);

/* As space_peek, and makes the page first where the region allows it. */
void *space_touch(struct process *process, vaddr_t vaddr);

/* Maps server pages outside all regions (window, upcall area). */
int space_map_fixed(struct process *process, vaddr_t vaddr, uint32_t frame, uint32_t count,
                    uint32_t prot);

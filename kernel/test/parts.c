/*
 * What the tests share, see parts.h.
 */
#include "parts.h"

#include <stddef.h>

volatile struct upcall_frame last_upcall;
volatile uint64_t upcall_count;
void (*volatile upcall_action)(struct upcall_frame *frame);

static uint64_t next_frame = 16;
static uint64_t next_stack = STACKS_VADDR;

uint64_t take_frames(uint64_t count)
{
    uint64_t first = next_frame;

    next_frame += count;
    return first;
}

void give_back_frames(uint64_t mark)
{
    next_frame = mark;
}

void reuse_stacks(void)
{
    next_stack = STACKS_VADDR;
}

static void must(status_t status, const char *what)
{
    if (status) {
        check_equal(status, EXO_OK, what);
        finish();
    }
}

void map_here(uint64_t offset, uint64_t vaddr, uint64_t prot)
{
    uint64_t done;

    must(exo_aspace_map(SLOT_ASPACE, FRAMES, offset, vaddr, 1, prot, &done), "map_here");
}

static void share(uint64_t space, uint64_t vaddr, uint64_t end)
{
    uint64_t done;

    for (; vaddr < end; vaddr += 64 * PAGE)
        must(exo_aspace_share(SLOT_ASPACE, vaddr, space, vaddr, 64,
                              PROT_READ_PAGE | PROT_WRITE_PAGE, &done),
             "share data");
}

extern char __executable_start[], etext[];

void make_space(uint64_t slot)
{
    uint64_t done;

    must(exo_aspace_create(FRAMES, take_frames(1), slot), "make_space");
    for (unsigned level = 3; level >= 1; level--)
        must(exo_aspace_table(slot, FRAMES, take_frames(1), 0x400000, level), "make_space table");
    share(slot, 0x400000, SCRATCH_VADDR);
    for (uint64_t v = 0x400000; v < SCRATCH_VADDR; v += PAGE) {
        struct exo_aspace_query page;

        exo_aspace_query(SLOT_ASPACE, v, &page);
        if (page.prot & PROT_EXECUTE_PAGE)
            must(exo_aspace_share(SLOT_ASPACE, v, slot, v, 1, PROT_READ_PAGE | PROT_EXECUTE_PAGE,
                                  &done),
                 "share text");
    }
}

void make_env(uint64_t slot, uint64_t space, void (*function)(uint64_t), uint64_t argument)
{
    uint64_t frames = take_frames(3 + STACK_PAGES);
    uint64_t done;

    must(exo_env_create(FRAMES, frames, space, slot, 0), "make_env");
    must(exo_aspace_map(space, FRAMES, frames + 3, next_stack, STACK_PAGES,
                        PROT_READ_PAGE | PROT_WRITE_PAGE, &done),
         "make_env stack");
    next_stack += STACK_PAGES * PAGE;
    must(exo_env_set(slot, ENV_PC, (uintptr_t)env_entry), "pc");
    must(exo_env_set(slot, ENV_SP, next_stack), "sp");
    must(exo_env_set(slot, ENV_ARG0, (uintptr_t)function), "arg0");
    must(exo_env_set(slot, ENV_ARG1, argument), "arg1");
    must(exo_env_set(slot, ENV_KEEPER, SLOT_SELF), "keeper");
    must(exo_env_set(slot, ENV_KEEPER_BITS, BIT_KEEPER), "keeper bits");
    must(exo_gas_move(SLOT_SELF, slot, UINT64_MAX), "gas");
    next_stack += PAGE; /* an unmapped page between stacks */
}

void drop(uint64_t slot)
{
    status_t status;

    do
        status = exo_cap_revoke(slot);
    while (status == EXO_AGAIN);
    do
        status = exo_cap_delete(slot);
    while (status == EXO_AGAIN);
}

uint64_t wait_for(uint64_t bits)
{
    uint64_t taken;

    must(exo_env_wait(SLOT_SELF, bits, UINT64_MAX, &taken), "wait_for");
    return taken;
}

_Noreturn void stop_self(void)
{
    for (;;)
        exo_env_stop(SLOT_SELF);
}

void upcall_seen(uint64_t index)
{
    struct upcall_area *area = (struct upcall_area *)ROOT_AREA_VADDR;

    last_upcall = area->frames[index];
    upcall_count++;
    if (upcall_action)
        upcall_action(&area->frames[index]);
}

/* The compiler calls these for structures. */
void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memset(void *to, int byte, size_t size);

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ((char *)to)[i] = ((const char *)from)[i];
    return to;
}

void *memset(void *to, int byte, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ((char *)to)[i] = (char)byte;
    return to;
}

/* Root's frames and mappings. See memory.h. */
#include "memory.h"
#include "main.h"

#include <exo/syscall.h>

enum {
    BATCH = 64, /* pages that the kernel maps in one call */
    LEVELS = 3, /* page tables below the top one */
};

#define VIEW_VADDR 0x100000000ull

static struct run runs[ROOT_FRAMES_MAX];
static uint32_t run_count;

void memory_init(const struct root_info *info)
{
    run_count = info->frames_count < ROOT_FRAMES_MAX ? info->frames_count : ROOT_FRAMES_MAX;
    for (uint32_t i = 0; i < run_count; i++) {
        struct exo_cap_inspect cap;
        slot_t slot = ROOT_SLOT_FRAMES + i;
        check(exo_cap_inspect(slot, &cap), "look at a run of frames");
        runs[i] = (struct run){
            .slot = slot, .next = i == 0 ? info->frames_spare : 0, .count = cap.extent};
    }
}

struct run *memory_largest(void)
{
    struct run *best = &runs[0];
    for (uint32_t i = 1; i < run_count; i++)
        if (runs[i].count - runs[i].next > best->count - best->next)
            best = &runs[i];
    return best;
}

uint64_t memory_taken(void)
{
    uint64_t taken = 0;
    for (uint32_t i = 0; i < run_count; i++)
        taken += runs[i].next;
    return taken;
}

uint64_t memory_take(struct run *run, uint64_t count)
{
    if (run->count - run->next < count)
        fail("memory is too small", 0);
    run->next += count;
    return run->next - count;
}

/* Gives the page tables that `vaddr` lacks, from the top. */
static void add_tables(struct run *run, slot_t aspace, vaddr_t vaddr)
{
    for (uint32_t level = LEVELS; level >= 1; level--) {
        status_t status = exo_aspace_table(aspace, run->slot, run->next, vaddr, level);
        if (status == EXO_OK)
            memory_take(run, 1);
        else if (status != EXO_EXISTS)
            fail("add a page table", status);
    }
}

void memory_map(struct run *run, slot_t aspace, slot_t frames, uint64_t offset, vaddr_t vaddr,
                uint64_t count, uint64_t prot)
{
    while (count > 0) {
        uint64_t done = 0;
        uint64_t step = count < BATCH ? count : BATCH;
        status_t status = exo_aspace_map(aspace, frames, offset, vaddr, step, prot, &done);
        if (status == EXO_NO_TABLE)
            add_tables(run, aspace, vaddr + done * 4096);
        else
            check(status, "map pages");
        offset += done;
        vaddr += done * 4096;
        count -= done;
    }
}

void *memory_view(slot_t frames, uint64_t offset, uint64_t count)
{
    memory_map(memory_largest(), SLOT_ASPACE, frames, offset, VIEW_VADDR, count,
               PROT_READ_PAGE | PROT_WRITE_PAGE);
    return (void *)VIEW_VADDR;
}

void memory_unview(uint64_t count)
{
    for (uint64_t at = 0; at < count; at += BATCH) {
        uint64_t step = count - at < BATCH ? count - at : BATCH;
        check(exo_aspace_unmap(SLOT_ASPACE, VIEW_VADDR + at * 4096, step), "unmap pages");
    }
}

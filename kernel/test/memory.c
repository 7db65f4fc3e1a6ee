/*
 * Frames and address spaces.
 */
#include "tests.h"

#define RW (PROT_READ_PAGE | PROT_WRITE_PAGE)

static volatile uint64_t *const page = (volatile uint64_t *)SCRATCH_VADDR;

static uint64_t prot_at(uint64_t vaddr)
{
    struct exo_aspace_query found = {0, 0};

    exo_aspace_query(SLOT_ASPACE, vaddr, &found);
    return found.prot;
}

static void test_map(void)
{
    uint64_t frame = take_frames(1);
    struct exo_frame_info info;
    uint64_t done;

    map_here(frame, SCRATCH_VADDR, RW);
    *page = 42;
    map_here(frame, SCRATCH_VADDR + PAGE, PROT_READ_PAGE | PROT_MARK_B);
    check_equal((int64_t)page[PAGE / 8], 42, "one frame at two addresses");
    exo_frame_info(FRAMES, frame, &info);
    check_equal((int64_t)info.mappings, 2, "mappings are counted");
    check_equal((int64_t)prot_at(SCRATCH_VADDR + PAGE), PROT_READ_PAGE | PROT_MARK_B, "query");
    check_equal(exo_aspace_create(FRAMES, frame, SLOT_TEST), EXO_BUSY,
                "a mapped frame is no address space");
    check_equal(
        exo_aspace_map(SLOT_ASPACE, FRAMES, frame, SCRATCH_VADDR, 1, RW | PROT_EXECUTE_PAGE, &done),
        EXO_BAD_VALUE, "write and execute together");
    check_equal(exo_aspace_map(SLOT_ASPACE, FRAMES, frame, 0x10000000000, 1, RW, &done),
                EXO_NO_TABLE, "no table");
    check_equal(exo_aspace_map(SLOT_ASPACE, FRAMES, frame, 0x7FFFFFFFF000, 1, RW, &done),
                EXO_BAD_RANGE, "the last page of user space");
    check_equal(exo_aspace_map(SLOT_ASPACE, FRAMES, frame, 0xFFFF800000000000, 1, RW, &done),
                EXO_BAD_RANGE, "the kernel's half");
    check_equal(
        exo_aspace_map(SLOT_ASPACE, ROOT_SLOT_ARCHIVE, 0, SCRATCH_VADDR + 2 * PAGE, 1, RW, &done),
        EXO_BAD_RIGHTS, "writable without the right");
    check_equal(exo_aspace_protect(SLOT_ASPACE, SCRATCH_VADDR, 1, PROT_READ_PAGE | PROT_MARK_A),
                EXO_OK, "protect");
    check_equal((int64_t)prot_at(SCRATCH_VADDR), PROT_READ_PAGE | PROT_MARK_A, "narrowed");
    exo_aspace_protect(SLOT_ASPACE, SCRATCH_VADDR, 1, RW);
    check_equal((int64_t)prot_at(SCRATCH_VADDR), PROT_READ_PAGE, "protect never widens");
    check_equal(exo_aspace_unmap(SLOT_ASPACE, SCRATCH_VADDR, 64), EXO_OK, "unmap over holes");
    exo_frame_info(FRAMES, frame, &info);
    check_equal((int64_t)info.mappings, 0, "nothing mapped any more");
}

static void test_spaces(void)
{
    uint64_t frame = take_frames(2);
    struct exo_frame_info info;
    uint64_t done;

    make_space(SLOT_SPACE);
    check_equal(exo_aspace_table(SLOT_SPACE, FRAMES, frame, 0x400000, 1), EXO_EXISTS,
                "a second table for one place");
    check_equal(exo_aspace_table(SLOT_SPACE, FRAMES, frame, 0x10000000000, 1), EXO_NO_TABLE,
                "a table without one above");
    map_here(frame, SCRATCH_VADDR, RW);
    check_equal(exo_aspace_share(SLOT_ASPACE, SCRATCH_VADDR, SLOT_SPACE, SCRATCH_VADDR, 2,
                                 PROT_READ_PAGE | PROT_SELF, &done),
                EXO_OK, "share");
    check_equal((int64_t)done, 2, "holes are gone over");
    check_equal((int64_t)prot_at(SCRATCH_VADDR), PROT_READ_PAGE, "the source is narrowed too");
    exo_frame_info(FRAMES, frame, &info);
    check_equal((int64_t)info.mappings, 2, "and shared");
    drop(SLOT_SPACE);
    exo_frame_info(FRAMES, frame, &info);
    check_equal((int64_t)info.mappings, 1, "an address space that goes unmaps");
    exo_aspace_unmap(SLOT_ASPACE, SCRATCH_VADDR, 1);
    check_equal(exo_aspace_create(FRAMES, frame, SLOT_SPACE), EXO_OK, "create");
    exo_frame_info(FRAMES, frame, &info);
    check_equal((int64_t)info.state, FRAME_ASPACE, "its frame's state");
    check_equal(exo_aspace_map(SLOT_ASPACE, FRAMES, frame, SCRATCH_VADDR, 1, RW, &done), EXO_BUSY,
                "nobody maps a kernel object");
    check_equal(exo_aspace_create(FRAMES, frame, SLOT_TEST), EXO_BUSY, "nor donates it twice");
    drop(SLOT_SPACE);
    exo_frame_info(FRAMES, frame, &info);
    check_equal((int64_t)info.state, FRAME_PLAIN, "plain again");
    map_here(frame, SCRATCH_VADDR, RW);
    check_equal((int64_t)(page[0] | page[511]), 0, "and zeroed");
    exo_aspace_unmap(SLOT_ASPACE, SCRATCH_VADDR, 1);
}

void test_memory(void)
{
    test_map();
    test_spaces();
}

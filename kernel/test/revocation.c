/*
 * Revocation of frames: mappings, page tables, objects and envs that were made of them go.
 */
#include "tests.h"

#define RW (PROT_READ_PAGE | PROT_WRITE_PAGE)

static status_t revoke(uint64_t slot)
{
    status_t status;

    do
        status = exo_cap_revoke(slot);
    while (status == EXO_AGAIN);
    return status;
}

static uint64_t mappings(uint64_t offset)
{
    struct exo_frame_info info;

    exo_frame_info(FRAMES, offset, &info);
    return info.mappings;
}

static uint64_t state(uint64_t offset)
{
    struct exo_frame_info info;

    exo_frame_info(FRAMES, offset, &info);
    return info.state;
}

static void test_mappings(void)
{
    uint64_t frame = take_frames(4);
    uint64_t done;

    exo_cap_derive(FRAMES, 0, SLOT_TEST, RIGHT_ALL, frame, 4);
    exo_aspace_map(SLOT_ASPACE, SLOT_TEST, 0, SCRATCH_VADDR, 4, RW, &done);
    make_space(SLOT_SPACE);
    exo_aspace_share(SLOT_ASPACE, SCRATCH_VADDR, SLOT_SPACE, SCRATCH_VADDR, 4, RW, &done);
    check_equal((int64_t)mappings(frame + 3), 2, "mapped in two address spaces");
    check_equal(revoke(SLOT_TEST), EXO_OK, "revoke");
    check_equal((int64_t)(mappings(frame) + mappings(frame + 3)), 0, "mapped in none");
    exo_aspace_map(SLOT_ASPACE, SLOT_TEST, 0, SCRATCH_VADDR, 1, RW, &done);
    check_equal((int64_t)done, 1, "the holder maps again");
    exo_aspace_unmap(SLOT_ASPACE, SCRATCH_VADDR, 1);
    drop(SLOT_TEST);
    drop(SLOT_SPACE);
}

static void test_table(void)
{
    uint64_t frame = take_frames(2);
    uint64_t done;

    make_space(SLOT_SPACE);
    exo_cap_derive(FRAMES, 0, SLOT_TEST, RIGHT_ALL, frame, 1);
    exo_aspace_table(SLOT_SPACE, SLOT_TEST, 0, 0x600000, 1);
    exo_aspace_map(SLOT_SPACE, FRAMES, frame + 1, 0x600000, 1, RW, &done);
    check_equal((int64_t)mappings(frame + 1), 1, "mapped through a donated table");
    revoke(SLOT_TEST);
    check_equal((int64_t)state(frame), FRAME_PLAIN, "the table is plain again");
    check_equal((int64_t)mappings(frame + 1), 0, "what it mapped is not mapped");
    drop(SLOT_TEST);
    drop(SLOT_SPACE);
}

static void test_objects(void)
{
    uint64_t frame = take_frames(5);
    uint64_t bits;

    make_space(SLOT_SPACE);
    exo_cap_derive(FRAMES, 0, SLOT_TEST, RIGHT_ALL, frame, 4);
    exo_env_create(SLOT_TEST, 0, SLOT_SPACE, SLOT_ENV, 0);
    check_equal((int64_t)state(frame + 2), FRAME_AREA, "the upcall area's frame");
    revoke(SLOT_TEST);
    check_equal((int64_t)(state(frame) | state(frame + 1) | state(frame + 2)), FRAME_PLAIN,
                "an env goes with the frames that it is made of");
    check_equal(exo_cap_check(SLOT_ENV, 0, 0), EXO_BAD_SLOT, "and its capability");

    exo_env_create(FRAMES, frame, SLOT_SPACE, SLOT_ENV, 0);
    exo_env_table(SLOT_ENV, SLOT_TEST, 3);
    check_equal(exo_cap_derive(FRAMES, SLOT_ENV, 200, RIGHT_ALL, 0, 1), EXO_OK,
                "a slot of the second table");
    revoke(SLOT_TEST);
    check_equal((int64_t)state(frame + 3), FRAME_PLAIN, "a capability table is taken back");
    check_equal(exo_env_start(SLOT_ENV), EXO_DEAD, "with the env that stood on it");
    drop(SLOT_ENV);
    check_equal((int64_t)state(frame), FRAME_PLAIN, "whose frame follows its last capability");
    drop(SLOT_TEST);
    drop(SLOT_SPACE);
    exo_env_wait(SLOT_SELF, BIT_KEEPER, 0, &bits);
}

/* A thousand capabilities: more than one step. */
static void test_steps(void)
{
    uint64_t frames = take_frames(13);
    unsigned steps = 0;
    status_t status;

    make_space(SLOT_SPACE);
    exo_env_create(FRAMES, frames, SLOT_SPACE, SLOT_ENV, 0);
    for (unsigned i = 0; i < 8; i++)
        exo_env_table(SLOT_ENV, FRAMES, frames + 3 + i);
    exo_cap_derive(FRAMES, 0, SLOT_TEST, RIGHT_ALL, frames + 12, 1);
    for (unsigned slot = 128; slot < 1128; slot++)
        exo_cap_derive(SLOT_TEST, SLOT_ENV, slot, RIGHT_ALL, 0, 1);
    do
        steps++;
    while ((status = exo_cap_revoke(SLOT_TEST)) == EXO_AGAIN);
    check_equal(status, EXO_OK, "a thousand children go");
    check(steps > 1, "in bounded steps");
    check_equal(exo_cap_derive(SLOT_TEST, SLOT_ENV, 1127, RIGHT_ALL, 0, 1), EXO_OK,
                "their slots are empty");
    steps = 0;
    do
        steps++;
    while ((status = exo_env_destroy(SLOT_ENV)) == EXO_AGAIN);
    check_equal(status, EXO_OK, "and the env");
    drop(SLOT_ENV);
    drop(SLOT_TEST);
    drop(SLOT_SPACE);
}

void test_revocation(void)
{
    test_mappings();
    test_table();
    test_objects();
    test_steps();
}

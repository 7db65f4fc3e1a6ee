/*
 * Capabilities: derivation narrows, revocation takes the subtree, deletion hands it on.
 */
#include "tests.h"

static status_t present(uint64_t slot)
{
    return exo_cap_check(slot, CAP_NONE, 0);
}

static void test_derive(void)
{
    struct exo_cap_inspect cap;

    check_equal(exo_cap_derive(FRAMES, 0, SLOT_TEST, RIGHT_READ | RIGHT_DERIVE, 8, 4), EXO_OK,
                "derive frames");
    exo_cap_inspect(SLOT_TEST, &cap);
    check_equal((int64_t)cap.type_rights, CAP_FRAMES | (RIGHT_READ | RIGHT_DERIVE) << 16,
                "rights of the child");
    check_equal((int64_t)cap.extent, 4, "extent of the child");
    check_equal(exo_cap_derive(SLOT_TEST, 0, SLOT_TEST + 1, RIGHT_ALL, 2, 3), EXO_BAD_RANGE,
                "derive beyond the extent");
    check_equal(exo_cap_derive(SLOT_TEST, 0, SLOT_TEST + 1, RIGHT_ALL, ~0ull, 2), EXO_BAD_RANGE,
                "derive with an offset that wraps");
    check_equal(exo_cap_derive(FRAMES, 0, SLOT_TEST, RIGHT_ALL, 0, 1), EXO_SLOT_USED,
                "derive into a used slot");
    check_equal(exo_cap_derive(SLOT_TEST, 0, SLOT_TEST + 1, RIGHT_ALL, 0, 1), EXO_OK,
                "derive a grandchild");
    check_equal(exo_cap_check(SLOT_TEST + 1, CAP_FRAMES, RIGHT_WRITE), EXO_BAD_RIGHTS,
                "a grandchild has no right that the child lacks");
    check_equal(exo_cap_derive(FRAMES, SLOT_EMPTY, SLOT_TEST + 2, RIGHT_ALL, 0, 1), EXO_BAD_SLOT,
                "derive into an env that is not there");
}

static void test_revoke(void)
{
    check_equal(exo_cap_revoke(SLOT_TEST), EXO_OK, "revoke");
    check_equal(present(SLOT_TEST), EXO_OK, "what is revoked stays itself");
    check_equal(present(SLOT_TEST + 1), EXO_BAD_SLOT, "its child is gone");
    check_equal(exo_cap_delete(SLOT_TEST), EXO_OK, "delete");
    check_equal(exo_cap_delete(SLOT_TEST), EXO_BAD_SLOT, "delete again");
}

/* test -> elder, younger; younger -> leaf. The younger goes, the leaf comes to the parent. */
static void test_hand_on(void)
{
    exo_cap_derive(FRAMES, 0, SLOT_TEST, RIGHT_ALL, 0, 8);
    exo_cap_derive(SLOT_TEST, 0, SLOT_TEST + 1, RIGHT_ALL, 0, 8); /* younger in time, behind */
    exo_cap_derive(SLOT_TEST + 1, 0, SLOT_TEST + 2, RIGHT_ALL, 0, 8);
    exo_cap_derive(SLOT_TEST, 0, SLOT_TEST + 3, RIGHT_ALL, 0, 8);
    exo_cap_delete(SLOT_TEST + 1);
    exo_cap_revoke(SLOT_TEST + 3);
    check_equal(present(SLOT_TEST + 2), EXO_OK, "an orphan is no child of its uncle");
    exo_cap_revoke(SLOT_TEST);
    check_equal(present(SLOT_TEST + 2), EXO_BAD_SLOT, "it is its grandparent's child");
    check_equal(present(SLOT_TEST + 3), EXO_BAD_SLOT, "as the uncle is");
    exo_cap_delete(SLOT_TEST);
}

/* The only child goes first, then another one comes. */
static void test_hand_on_before(void)
{
    exo_cap_derive(FRAMES, 0, SLOT_TEST, RIGHT_ALL, 0, 8);
    exo_cap_derive(SLOT_TEST, 0, SLOT_TEST + 1, RIGHT_ALL, 0, 8);
    exo_cap_derive(SLOT_TEST + 1, 0, SLOT_TEST + 2, RIGHT_ALL, 0, 8);
    exo_cap_delete(SLOT_TEST + 1);
    exo_cap_derive(SLOT_TEST, 0, SLOT_TEST + 3, RIGHT_ALL, 0, 8);
    exo_cap_revoke(SLOT_TEST + 3);
    check_equal(present(SLOT_TEST + 2), EXO_OK, "an orphan is no child of one born later");
    drop(SLOT_TEST);
    check_equal(present(SLOT_TEST + 2), EXO_BAD_SLOT, "and goes with its grandparent");
}

/* Of devices: no child reaches RAM by leaving that right behind. */
static void test_device(void)
{
    struct exo_frame_info info;
    uint64_t done;

    exo_frame_info(FRAMES, take_frames(1), &info);
    exo_cap_derive(ROOT_SLOT_DEVICE, 0, SLOT_TEST, RIGHT_READ | RIGHT_WRITE | RIGHT_DERIVE,
                   info.paddr / PAGE, 1);
    check_equal(exo_aspace_map(SLOT_ASPACE, SLOT_TEST, 0, SCRATCH_VADDR, 1, PROT_READ_PAGE, &done),
                EXO_BUSY, "a child of the devices' capability does not reach RAM");
    drop(SLOT_TEST);
}

static void test_badge(void)
{
    struct exo_cap_inspect cap;

    exo_cap_derive(SLOT_SELF, 0, SLOT_TEST, RIGHT_ALL | 5ull << 32, 0, 0);
    exo_cap_derive(SLOT_TEST, 0, SLOT_TEST + 1, RIGHT_ALL | 9ull << 32, 0, 0);
    exo_cap_inspect(SLOT_TEST + 1, &cap);
    check_equal((int64_t)cap.badge, 5, "a badge is given once");
    exo_env_notify(SLOT_TEST + 1, 0xFF);
    check_equal((int64_t)wait_for(~0ull), 5, "and bounds the bits of a notification");
    make_space(SLOT_SPACE);
    exo_env_create(FRAMES, take_frames(3), SLOT_SPACE, SLOT_ENV, 0);
    exo_env_set(SLOT_ENV, ENV_KEEPER, SLOT_TEST);
    exo_env_set(SLOT_ENV, ENV_KEEPER_BITS, ~0ull);
    drop(SLOT_ENV);
    check_equal((int64_t)wait_for(~0ull), 5, "also of one that comes by way of a keeper");
    drop(SLOT_SPACE);
    drop(SLOT_TEST);
}

void test_caps(void)
{
    test_derive();
    test_revoke();
    test_hand_on();
    test_hand_on_before();
    test_badge();
    test_device();
}

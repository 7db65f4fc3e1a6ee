/*
 * Slices: envs that compute all the time share the processor by weight.
 */
#include "tests.h"

static volatile uint64_t counters[2];

static void spin(uint64_t index)
{
    for (;;)
        counters[index]++;
}

static void test_weights(void)
{
    uint64_t now, bits, used[2];

    make_space(SLOT_SPACE);
    for (unsigned i = 0; i < 2; i++) {
        make_env(SLOT_ENV + i, SLOT_SPACE, spin, i);
        check_equal(exo_slice_bind(ROOT_SLOT_SLICE, SLOT_ENV + i, i ? 300000 : 100000), EXO_OK,
                    "slice_bind");
    }
    check_equal(exo_slice_bind(ROOT_SLOT_SLICE, SLOT_ENV, 1000000), EXO_FULL, "more than is free");
    check_equal(exo_slice_bind(ROOT_SLOT_SLICE, SLOT_ENV, 1 << 21), EXO_BAD_RANGE,
                "more than there is");
    exo_env_start(SLOT_ENV);
    exo_env_start(SLOT_ENV + 1);
    exo_time_now(SLOT_SELF, &now);
    exo_env_wait(SLOT_SELF, BIT_DONE, now + 400000000, &bits);
    for (unsigned i = 0; i < 2; i++)
        exo_env_get(SLOT_ENV + i, ENV_TIME_USED, &used[i]);
    check(counters[0] > 0 && counters[1] > 0, "both run");
    check(used[1] > 2 * used[0] && used[1] < 4 * used[0], "by three to one, as they weigh");
    drop(SLOT_ENV);
    drop(SLOT_ENV + 1);
    drop(SLOT_SPACE);
    exo_env_wait(SLOT_SELF, BIT_KEEPER, 0, &bits);
}

/* The end of a slice is an upcall, where the env wants it. */
static void test_slice_end(void)
{
    uint64_t before = upcall_count;
    uint64_t start, now, bits;

    make_space(SLOT_SPACE);
    make_env(SLOT_ENV, SLOT_SPACE, spin, 0);
    exo_env_start(SLOT_ENV);
    upcall_action = 0;
    exo_env_set(SLOT_SELF, ENV_UPCALL_ENTRY, (uintptr_t)upcall_entry);
    exo_env_set(SLOT_SELF, ENV_SLICE_UPCALL, 1);
    exo_time_now(SLOT_SELF, &start);
    do
        exo_time_now(SLOT_SELF, &now);
    while (upcall_count == before && now - start < 1000000000);
    exo_env_set(SLOT_SELF, ENV_SLICE_UPCALL, 0);
    exo_env_set(SLOT_SELF, ENV_UPCALL_ENTRY, 0);
    check_equal((int64_t)last_upcall.kind, UPCALL_SLICE, "the end of a slice is an upcall");
    drop(SLOT_ENV);
    drop(SLOT_SPACE);
    exo_env_wait(SLOT_SELF, BIT_KEEPER, 0, &bits);
}

void test_slices(void)
{
    test_weights();
    test_slice_end();
}

/*
 * Gates: call and reply, capability and page along, queues, loops, death.
 */
#include "tests.h"

#define RW (PROT_READ_PAGE | PROT_WRITE_PAGE)
#define WINDOW 0x5F0000ull

static volatile int64_t result;

/* Answers each call: sums, and says whether capability and page came. */
static void serve(uint64_t argument)
{
    struct exo_gate_wait in = {0};
    uint64_t page = 0;

    (void)argument;
    exo_env_set(SLOT_SELF, ENV_RECEIVE_SLOT, 90);
    exo_env_set(SLOT_SELF, ENV_GRANT_WINDOW, WINDOW);
    for (;;) {
        uint64_t flags = in.badge_flags >> 32;

        if (flags & 2)
            page = *(volatile uint64_t *)WINDOW;
        exo_gate_wait(SLOT_SELF, in.m0 + in.m1, in.badge_flags, page,
                      flags & 1 ? exo_cap_check(90, CAP_FRAMES, RIGHT_READ) == 0 : 0, in.m4,
                      flags & 1 ? 90 | (uint64_t)RIGHT_READ << 32 : 0, 0, &in);
    }
}

static void test_call(void)
{
    struct exo_gate_call out;

    check_equal(exo_gate_call(SLOT_GATE, 30, 12, 0, 0, 9, 0, 0, &out), EXO_OK, "call and reply");
    check_equal((int64_t)out.m0, 42, "the answer");
    check_equal((int64_t)out.m1, 7, "the server sees the badge, and no flags");
    check_equal((int64_t)out.m4, 9, "all words come back");
    check_equal((int64_t)out.flags, 0, "nothing came along");
}

static void test_along(void)
{
    struct exo_gate_call out;
    uint64_t frame = take_frames(1);

    map_here(frame, SCRATCH_VADDR, RW);
    *(volatile uint64_t *)SCRATCH_VADDR = 4711;
    exo_cap_derive(FRAMES, 0, SLOT_TEST, RIGHT_READ | RIGHT_DERIVE, 0, 1);
    exo_env_set(SLOT_SELF, ENV_RECEIVE_SLOT, SLOT_TEST + 1);
    check_equal(exo_gate_call(SLOT_GATE, 0, 0, 0, 0, 0,
                              SLOT_TEST | (uint64_t)(RIGHT_READ | RIGHT_DERIVE) << 32,
                              SCRATCH_VADDR | PROT_READ_PAGE, &out),
                EXO_OK, "a capability and a page go along");
    check_equal((int64_t)(out.m1 >> 32), 3, "both arrive");
    check_equal((int64_t)out.m2, 4711, "the server reads the page");
    check_equal((int64_t)out.m3, 1, "the server may use the capability");
    check_equal((int64_t)(out.flags >> 32), 1, "and sends it back");
    check_equal(exo_cap_check(SLOT_TEST + 1, CAP_FRAMES, RIGHT_DERIVE), EXO_BAD_RIGHTS,
                "with fewer rights");
    exo_env_set(SLOT_SELF, ENV_RECEIVE_SLOT, 0);
    drop(SLOT_TEST);
    check_equal(exo_cap_check(SLOT_TEST + 1, 0, 0), EXO_BAD_SLOT, "revocation reaches both");
    exo_aspace_unmap(SLOT_ASPACE, SCRATCH_VADDR, 1);
}

/* Calls the gate in its slot 81, tells the root env what came. */
static void call_on(uint64_t argument)
{
    struct exo_gate_call out;

    (void)argument;
    result = exo_gate_call(SLOT_TEST + 1, 1, 1, 1, 1, 1, 0, 0, &out);
    exo_env_notify(SLOT_TEST, BIT_DONE);
    stop_self();
}

static void make_client(uint64_t slot, uint64_t server)
{
    make_env(slot, SLOT_SPACE, call_on, 0);
    exo_cap_derive(SLOT_SELF, slot, SLOT_TEST, RIGHT_NOTIFY, 0, 0);
    exo_gate_create(server, slot, SLOT_TEST + 1, 3);
}

static void test_queue_and_death(void)
{
    uint64_t bits;

    make_client(SLOT_ENV + 1, SLOT_ENV);
    exo_env_stop(SLOT_ENV);
    exo_env_start(SLOT_ENV + 1);
    exo_env_yield(SLOT_SELF);
    exo_env_get(SLOT_ENV + 1, ENV_STATE, &bits);
    check_equal((int64_t)bits, ENV_CALLING, "a caller of a stopped server waits");
    exo_env_start(SLOT_ENV); /* its wait was cancelled: it waits anew and takes the caller */
    wait_for(BIT_DONE);
    check_equal(result, EXO_OK, "and is served when it starts");
    drop(SLOT_ENV + 1);

    make_client(SLOT_ENV + 1, SLOT_ENV);
    exo_env_stop(SLOT_ENV);
    exo_env_start(SLOT_ENV + 1);
    exo_env_yield(SLOT_SELF);
    drop(SLOT_ENV);
    wait_for(BIT_DONE);
    check_equal(result, EXO_DEAD, "a caller whose server dies hears DEAD");
    drop(SLOT_ENV + 1);
    exo_env_wait(SLOT_SELF, BIT_KEEPER, 0, &bits);
}

/* The root env calls a server that calls back: nobody waits for ever. */
static void test_loop(void)
{
    struct exo_gate_call out;

    make_client(SLOT_ENV, SLOT_SELF);
    exo_gate_create(SLOT_ENV, 0, SLOT_GATE, 0);
    exo_env_start(SLOT_ENV); /* it waits in root's queue: root does not serve */
    exo_env_yield(SLOT_SELF);
    check_equal(exo_gate_call(SLOT_GATE, 0, 0, 0, 0, 0, 0, 0, &out), EXO_LOOP,
                "a call that would wait for itself");
    drop(SLOT_ENV);
}

static void test_interrupted(void)
{
    struct exo_gate_wait in;

    exo_env_set(SLOT_SELF, ENV_WAIT_MASK, BIT_DONE);
    exo_env_notify(SLOT_SELF, BIT_DONE);
    check_equal(exo_gate_wait(SLOT_SELF, 0, 0, 0, 0, 0, 0, 0, &in), EXO_INTERRUPTED,
                "a notification ends gate_wait");
    wait_for(BIT_DONE);
    exo_env_set(SLOT_SELF, ENV_WAIT_MASK, 0);
}

void test_gates(void)
{
    make_space(SLOT_SPACE);
    make_env(SLOT_ENV, SLOT_SPACE, serve, 0);
    exo_gate_create(SLOT_ENV, 0, SLOT_GATE, 7);
    exo_env_start(SLOT_ENV);
    test_call();
    test_along();
    exo_cap_delete(SLOT_GATE);
    test_queue_and_death();
    test_loop();
    test_interrupted();
    drop(SLOT_SPACE);
}

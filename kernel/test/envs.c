/*
 * Envs: start, death, keepers, gas, what one may not do to another.
 */
#include "tests.h"

static volatile uint64_t counter;

static uint64_t property(uint64_t slot, uint64_t what)
{
    uint64_t value = 0;

    exo_env_get(slot, what, &value);
    return value;
}

/* The child's slot 80 holds a capability to notify the root env. */
static void give_root(uint64_t slot)
{
    exo_cap_derive(SLOT_SELF, slot, SLOT_TEST, RIGHT_NOTIFY, 0, 0);
}

static void say_done(uint64_t argument)
{
    counter = argument;
    exo_env_notify(SLOT_TEST, BIT_DONE);
    stop_self();
}

static void touch(uint64_t address)
{
    *(volatile uint64_t *)address = 1;
    stop_self();
}

static void execute(uint64_t address)
{
    ((void (*)(void))(uintptr_t)address)();
    stop_self();
}

static void look_at(uint64_t slot)
{
    exo_frame_info(slot, 0, &(struct exo_frame_info){0});
    stop_self();
}

static void map_through(uint64_t slot)
{
    exo_aspace_unmap(slot, SCRATCH_VADDR, 1);
    stop_self();
}

static void use_slot(uint64_t slot)
{
    counter = (uint64_t)exo_cap_check(slot, 0, 0);
    exo_env_notify(SLOT_TEST, BIT_DONE);
    stop_self();
}

static void count_calls(uint64_t argument)
{
    (void)argument;
    for (;;) {
        counter++;
        exo_cap_check(SLOT_SELF, 0, 0);
    }
}

static void spin(uint64_t argument)
{
    (void)argument;
    for (;;)
        ;
}

static void test_start(void)
{
    make_space(SLOT_SPACE);
    make_env(SLOT_ENV, SLOT_SPACE, say_done, 5);
    give_root(SLOT_ENV);
    check_equal((int64_t)property(SLOT_ENV, ENV_STATE), ENV_STOPPED, "a new env is stopped");
    check_equal(exo_env_start(SLOT_ENV), EXO_OK, "start");
    check_equal(exo_env_start(SLOT_ENV), EXO_BAD_STATE, "start twice");
    check_equal((int64_t)wait_for(BIT_DONE), BIT_DONE, "it runs and notifies");
    check_equal((int64_t)counter, 5, "with its argument");
    check_equal(exo_env_set(SLOT_SELF, ENV_PC, 0), EXO_BAD_STATE, "nobody sets its own pc");
    check_equal(exo_env_set(SLOT_ENV, ENV_PC, 1ull << 63), EXO_BAD_VALUE, "pc in the kernel");
    check_equal(exo_env_set(SLOT_ENV, ENV_THREAD, 1ull << 47), EXO_BAD_VALUE, "odd thread pointer");
    check_equal(exo_env_create(FRAMES, take_frames(3), SLOT_SPACE, SLOT_TEST, 1), EXO_BAD_LABEL,
                "a label above the maker's");
    drop(SLOT_ENV);
    check_equal(exo_env_start(SLOT_ENV), EXO_BAD_SLOT, "its capability is gone");
    wait_for(BIT_KEEPER);
}

/* One env breaks a rule; its keeper hears, and its neighbour goes on. */
static void test_fault(void (*function)(uint64_t), uint64_t argument, enum upcall_kind kind,
                       uint64_t address, const char *name)
{
    make_env(SLOT_ENV, SLOT_SPACE, function, argument);
    exo_env_set(SLOT_ENV, ENV_STRICT, 1);
    make_env(SLOT_ENV + 1, SLOT_SPACE, say_done, 77);
    give_root(SLOT_ENV + 1);
    exo_env_start(SLOT_ENV);
    wait_for(BIT_KEEPER);
    check(property(SLOT_ENV, ENV_STATE) == ENV_FAULTED &&
              property(SLOT_ENV, ENV_FAULT_KIND) == kind &&
              property(SLOT_ENV, ENV_FAULT_ADDRESS) == address,
          name);
    exo_env_start(SLOT_ENV + 1);
    wait_for(BIT_DONE);
    drop(SLOT_ENV);
    drop(SLOT_ENV + 1);
    wait_for(BIT_KEEPER); /* of their deaths */
}

static void test_faults(void)
{
    uint64_t frame = take_frames(1);

    map_here(frame, SCRATCH_VADDR, PROT_READ_PAGE | PROT_WRITE_PAGE);
    test_fault(touch, SCRATCH_VADDR, UPCALL_PAGE_FAULT, SCRATCH_VADDR,
               "an env cannot touch another's page");
    test_fault(touch, 0xFFFF800000000000, UPCALL_PAGE_FAULT, 0xFFFF800000000000,
               "nor the kernel's memory");
    test_fault(execute, STACKS_VADDR, UPCALL_PAGE_FAULT, STACKS_VADDR,
               "nor execute what is not text");
    exo_aspace_unmap(SLOT_ASPACE, SCRATCH_VADDR, 1);
    test_fault(look_at, 12345, UPCALL_CAPABILITY, 12345, "nor make up a capability");
    test_fault(look_at, 91, UPCALL_CAPABILITY, 91, "nor use an empty slot");
    test_fault(map_through, SLOT_SELF, UPCALL_CAPABILITY, SLOT_SELF, "nor one of another type");
}

static int64_t child_uses(uint64_t slot, bool revoked)
{
    make_env(SLOT_ENV, SLOT_SPACE, use_slot, slot);
    give_root(SLOT_ENV);
    exo_cap_derive(FRAMES, 0, SLOT_TEST, RIGHT_ALL, 0, 1);
    exo_cap_derive(SLOT_TEST, SLOT_ENV, 90, RIGHT_ALL, 0, 1);
    if (revoked)
        exo_cap_revoke(SLOT_TEST);
    exo_env_start(SLOT_ENV);
    wait_for(BIT_DONE);
    drop(SLOT_ENV);
    drop(SLOT_TEST);
    return (int64_t)counter;
}

static void test_child_caps(void)
{
    check_equal(child_uses(90, false), EXO_OK, "a child uses what it was given");
    check_equal(child_uses(90, true), EXO_BAD_SLOT, "not what was revoked");
    check_equal(child_uses(12345, false), EXO_BAD_SLOT, "nor a made-up index");
    check_equal(child_uses(91, false), EXO_BAD_SLOT, "nor an empty slot");
}

static void test_gas(void)
{
    uint64_t frames = take_frames(1);

    make_env(SLOT_ENV, SLOT_SPACE, count_calls, 0);
    counter = 0;
    exo_env_stop(SLOT_ENV);
    check_equal(exo_env_table(SLOT_ENV, FRAMES, frames), EXO_OK, "a second table");
    drop(SLOT_ENV);
    exo_env_wait(SLOT_SELF, BIT_KEEPER, 0, &frames);

    frames = take_frames(5);
    exo_env_create(FRAMES, frames, SLOT_SPACE, SLOT_ENV, 0);
    exo_env_set(SLOT_ENV, ENV_PC, (uintptr_t)count_calls);
    exo_env_set(SLOT_ENV, ENV_SP, STACKS_VADDR + 2 * PAGE);
    exo_env_set(SLOT_ENV, ENV_KEEPER, SLOT_SELF);
    exo_env_set(SLOT_ENV, ENV_KEEPER_BITS, BIT_KEEPER);
    check_equal(exo_gas_move(SLOT_ENV, SLOT_SELF, 1), EXO_NO_GAS, "a new env has no gas");
    exo_gas_move(SLOT_SELF, SLOT_ENV, 100);
    exo_env_start(SLOT_ENV);
    wait_for(BIT_KEEPER);
    check(property(SLOT_ENV, ENV_STATE) == ENV_FAULTED && counter > 0 && counter <= 101,
          "an empty account stops the env and tells its keeper");
    drop(SLOT_ENV);
    wait_for(BIT_KEEPER);
}

/* One that makes no calls is looked at when its slice ends. */
static void test_gas_of_time(void)
{
    uint64_t frames = take_frames(3), bits;

    exo_env_create(FRAMES, frames, SLOT_SPACE, SLOT_ENV, 0);
    exo_env_set(SLOT_ENV, ENV_PC, (uintptr_t)spin);
    exo_env_set(SLOT_ENV, ENV_SP, STACKS_VADDR + 2 * PAGE);
    exo_env_set(SLOT_ENV, ENV_KEEPER, SLOT_SELF);
    exo_env_set(SLOT_ENV, ENV_KEEPER_BITS, BIT_KEEPER);
    exo_gas_move(SLOT_SELF, SLOT_ENV, 100);
    exo_env_start(SLOT_ENV);
    check_equal((int64_t)wait_for(BIT_KEEPER), BIT_KEEPER, "time costs gas");
    check_equal((int64_t)property(SLOT_ENV, ENV_STATE), ENV_FAULTED, "even of who makes no calls");
    drop(SLOT_ENV);
    exo_env_wait(SLOT_SELF, BIT_KEEPER, 0, &bits);
}

static void test_death(void)
{
    uint64_t status, bits;

    make_env(SLOT_ENV, SLOT_SPACE, count_calls, 0);
    exo_env_start(SLOT_ENV);
    exo_env_yield(SLOT_SELF);
    do
        status = (uint64_t)exo_env_destroy(SLOT_ENV);
    while (status == (uint64_t)EXO_AGAIN);
    check_equal((int64_t)status, EXO_OK, "destroy");
    check_equal(exo_env_start(SLOT_ENV), EXO_DEAD, "a dead env is not started");
    check_equal(exo_env_wait(SLOT_SELF, BIT_KEEPER, 0, &bits), EXO_OK, "its keeper heard");
    check_equal(exo_cap_delete(SLOT_ENV), EXO_OK, "its capability is deleted");
    make_env(SLOT_ENV, SLOT_SPACE, count_calls, 0);
    exo_env_start(SLOT_ENV);
    drop(SLOT_SPACE);
    check_equal((int64_t)property(SLOT_ENV, ENV_STATE), ENV_FAULTED,
                "an env whose address space goes cannot run");
    check_equal(exo_env_start(SLOT_ENV), EXO_BAD_STATE, "nor be started");
    drop(SLOT_ENV);
    wait_for(BIT_KEEPER);
}

void test_envs(void)
{
    test_start();
    test_faults();
    test_child_caps();
    test_gas();
    test_gas_of_time();
    test_death();
}

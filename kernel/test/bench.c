/*
 * Instruction counts, by rdtsc: under `-icount shift=0` the counter advances one an instruction.
 * Prints `bench NAME MINIMUM MEDIAN`; the cost of reading the counter is taken off.
 */
#include "tests.h"

#define ROUNDS 101u

static uint64_t samples[ROUNDS];
static uint64_t overhead;
static volatile bool stop;

static inline uint64_t now(void)
{
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

static void sort(void)
{
    for (unsigned i = 1; i < ROUNDS; i++)
        for (unsigned j = i; j > 0 && samples[j - 1] > samples[j]; j--) {
            uint64_t swap = samples[j];

            samples[j] = samples[j - 1];
            samples[j - 1] = swap;
        }
}

static void report(const char *name)
{
    sort();
    put_string("bench ");
    put_string(name);
    put_string(" ");
    put_number(samples[0] - overhead);
    put_string(" ");
    put_number(samples[ROUNDS / 2] - overhead);
    put_string("\n");
}

static void bench_overhead(void)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t start = now();

        samples[i] = now() - start;
    }
    sort();
    overhead = samples[0];
}

static void bench_null(void)
{
    uint64_t value;

    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t start = now();

        exo_cap_check(SLOT_SELF, CAP_ENV, RIGHT_CONTROL);
        samples[i] = now() - start;
    }
    report("null_call");
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t start = now();

        exo_env_get(SLOT_SELF, ENV_PENDING, &value);
        samples[i] = now() - start;
    }
    report("env_get");
}

static void echo(uint64_t argument)
{
    struct exo_gate_wait in = {0};

    (void)argument;
    for (;;)
        exo_gate_wait(SLOT_SELF, in.m0, in.m1, in.m2, in.m3, in.m4, 0, 0, &in);
}

static void bench_gate(void)
{
    struct exo_gate_call out;

    make_env(SLOT_ENV, SLOT_SPACE, echo, 0);
    exo_gate_create(SLOT_ENV, 0, SLOT_GATE, 1);
    exo_env_start(SLOT_ENV);
    exo_gate_call(SLOT_GATE, 1, 2, 3, 4, 5, 0, 0, &out);
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t start = now();

        exo_gate_call(SLOT_GATE, 1, 2, 3, 4, 5, 0, 0, &out);
        samples[i] = now() - start;
    }
    report("gate_round_trip");
    drop(SLOT_ENV);
    exo_cap_delete(SLOT_GATE);
}

static void give_way(uint64_t argument)
{
    (void)argument;
    while (!stop)
        exo_env_yield(SLOT_SELF);
    stop_self();
}

/* To another env in another address space, and back. */
static void bench_switch(void)
{
    make_env(SLOT_ENV, SLOT_SPACE, give_way, 0);
    exo_slice_bind(ROOT_SLOT_SLICE, SLOT_ENV, 1 << 16);
    exo_env_start(SLOT_ENV);
    exo_env_yield(SLOT_SELF);
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t start = now();

        exo_env_yield(SLOT_SELF);
        samples[i] = now() - start;
    }
    report("two_switches");
    stop = true;
    exo_env_yield(SLOT_SELF);
    drop(SLOT_ENV);
}

static uint64_t fault_frame;

static void map_page(struct upcall_frame *frame)
{
    uint64_t done;

    exo_aspace_map(SLOT_ASPACE, FRAMES, fault_frame, frame->address & ~(uint64_t)(PAGE - 1), 1,
                   PROT_READ_PAGE | PROT_WRITE_PAGE, &done);
}

extern void upcall_skip(void);

/* The handler does nothing but go back behind the access. */
static void bench_upcall(void)
{
    exo_env_set(SLOT_SELF, ENV_UPCALL_ENTRY, (uintptr_t)upcall_skip);
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t start = now();

        __asm__ volatile("movb $0, (%0)" : : "a"(SCRATCH_VADDR) : "memory");
        samples[i] = now() - start;
    }
    report("fault_upcall_return");
    exo_env_set(SLOT_SELF, ENV_UPCALL_ENTRY, (uintptr_t)upcall_entry);
    fault_frame = take_frames(1);
    upcall_action = map_page;
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t start = now();

        *(volatile char *)SCRATCH_VADDR = 0;
        samples[i] = now() - start;
        exo_aspace_unmap(SLOT_ASPACE, SCRATCH_VADDR, 1);
    }
    report("fault_map_return");
}

static void report_one(const char *name, uint64_t value)
{
    for (unsigned i = 0; i < ROUNDS; i++)
        samples[i] = value + overhead;
    report(name);
}

void bench(const struct root_info *info)
{
    bench_overhead();
    bench_null();
    make_space(SLOT_SPACE);
    bench_gate();
    bench_switch();
    bench_upcall();
    report_one("entry_to_first_user", info->start_cycles);
    report_one("memory_kernel", info->kernel_frames * PAGE);
}

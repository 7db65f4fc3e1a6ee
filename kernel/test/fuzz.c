/*
 * Random system calls by an env that may break everything of its own: the kernel must stand, and
 * give back every frame when the env's resources are revoked (command line word `fuzz`).
 */
#include "tests.h"

#define ROUNDS 400u
#define CALLS 2000u
#define GIVEN_FRAMES 96u
#define ROUND_NS 20000000u
#define GIVEN_SLOTS 24u
#define SPACE_VADDR 0x400000ull

static uint64_t state;

static uint64_t next_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state * 0x2545F4914F6CDD1Dull >> 16;
}

/* Mostly slots and small counts, sometimes addresses, sometimes anything. */
static uint64_t random_argument(void)
{
    uint64_t r = next_random();

    switch (r % 8) {
    case 0:
        return next_random() << 16 ^ next_random();
    case 1:
        return SPACE_VADDR + next_random() % 1024 * PAGE;
    case 2:
        return next_random() % 64 << 32 | next_random() % 65536;
    case 3:
        return next_random() % 128;
    default:
        return next_random() % GIVEN_SLOTS;
    }
}

static void random_call(void)
{
    register uint64_t r10 __asm__("r10") = random_argument();
    register uint64_t r8 __asm__("r8") = random_argument();
    register uint64_t r9 __asm__("r9") = random_argument();
    register uint64_t r12 __asm__("r12") = next_random() % 4 ? 0 : random_argument();
    uint64_t rdi = 1 + next_random() % GIVEN_SLOTS, rsi = random_argument();
    uint64_t rdx = random_argument(), rbx = next_random() % 4 ? 0 : random_argument();
    uint64_t number = next_random() % 84;

    __asm__ volatile("syscall"
                     : "+a"(number), "+D"(rdi), "+S"(rsi), "+d"(rdx), "+r"(r10), "+r"(r8), "+r"(r9)
                     : "b"(rbx), "r"(r12)
                     : "rcx", "r11", "memory");
}

static void misbehave(uint64_t seed)
{
    (void)seed;
    for (unsigned i = 0; i < CALLS; i++)
        random_call();
    exo_env_notify(SLOT_TEST, BIT_DONE);
    stop_self();
}

/* Slots 3 to 23: frames, spaces, envs, gates, weight, a line; 80: to notify the root env. */
static void give(uint64_t seed)
{
    static const uint32_t rights[] = {RIGHT_ALL, RIGHT_ALL, RIGHT_READ | RIGHT_DERIVE};

    exo_cap_derive(SLOT_SELF, SLOT_ENV, SLOT_TEST, RIGHT_NOTIFY, 0, 0);
    for (unsigned i = 0; i < 3; i++) {
        exo_cap_derive(SLOT_TEST, SLOT_ENV, 3 + i, rights[i], i * 16, GIVEN_FRAMES - i * 16);
        exo_cap_derive(SLOT_SPACE, SLOT_ENV, 6 + i, rights[i] | RIGHT_MAP, 0, 0);
        exo_gate_create(SLOT_ENV, SLOT_ENV, 9 + i, seed + i);
    }
    exo_cap_derive(ROOT_SLOT_SLICE, SLOT_ENV, 12, RIGHT_ALL, 1 << 19, 4096);
    exo_cap_derive(ROOT_SLOT_IRQ + 5, SLOT_ENV, 13, RIGHT_ALL, 0, 0);
    exo_cap_derive(SLOT_ENV + 1, SLOT_ENV, 14, RIGHT_ALL, 0, 0);
    exo_gate_create(SLOT_ENV + 1, SLOT_ENV, 15, 5);
}

static bool all_plain(uint64_t first)
{
    struct exo_frame_info info;

    for (uint64_t i = 0; i < GIVEN_FRAMES; i++) {
        exo_frame_info(FRAMES, first + i, &info);
        if (info.state != FRAME_PLAIN || info.mappings != 0)
            return false;
    }
    return true;
}

static bool round_is_good(uint64_t first, uint64_t seed)
{
    uint64_t now, bits;
    status_t status;

    state = seed;
    exo_cap_derive(FRAMES, 0, SLOT_TEST, RIGHT_ALL, first, GIVEN_FRAMES);
    make_space(SLOT_SPACE);
    make_env(SLOT_ENV, SLOT_SPACE, misbehave, seed);
    make_env(SLOT_ENV + 1, SLOT_SPACE, misbehave, seed);
    give(seed);
    exo_env_start(SLOT_ENV);
    exo_env_start(SLOT_ENV + 1);
    exo_time_now(SLOT_SELF, &now);
    exo_env_wait(SLOT_SELF, BIT_DONE | BIT_KEEPER, now + ROUND_NS, &bits);
    do
        status = exo_cap_revoke(SLOT_TEST);
    while (status == EXO_AGAIN);
    if (status || !all_plain(first))
        return false;
    drop(SLOT_ENV);
    drop(SLOT_ENV + 1);
    drop(SLOT_SPACE);
    drop(SLOT_TEST);
    exo_env_wait(SLOT_SELF, ~0ull, 0, &bits);
    reuse_stacks();
    return all_plain(first);
}

void fuzz(void)
{
    uint64_t first = take_frames(GIVEN_FRAMES);
    uint64_t mark = take_frames(0);

    for (unsigned i = 1; i <= ROUNDS; i++) {
        if (!round_is_good(first, i * 0x9E3779B97F4A7C15ull)) {
            check_equal(i, 0, "round");
            finish();
        }
        give_back_frames(mark);
    }
    check(true, "random calls");
}

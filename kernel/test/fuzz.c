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

/* Mostly slots, small counts and addresses, sometimes anything. */
static uint64_t random_argument(void)
{
    switch (next_random() % 16) {
    case 0:
        return next_random() << 16 ^ next_random();
    case 1:
        return next_random() % 64 << 32 | next_random() % 65536;
    case 2:
    case 3:
    case 4:
        return SPACE_VADDR + next_random() % 4 * 0x200000 + next_random() % 256 * PAGE;
    case 5:
    case 6:
    case 7:
        return next_random() % GIVEN_FRAMES;
    case 8:
    case 9:
    case 10:
        return next_random() % 4;
    default:
        return next_random() % GIVEN_SLOTS;
    }
}

/* Every call of the table; those that take away much, seldom. */
static uint64_t random_number(void)
{
    static const uint8_t numbers[] = {
#define CHECK(number, name, type, rights) number,
#include "syscall_checks.inc"
    };
    uint64_t number = numbers[next_random() % sizeof(numbers)];
    bool ends = number == SYS_cap_revoke || number == SYS_cap_delete || number == SYS_env_destroy ||
                number == SYS_env_stop || number == SYS_env_enter || number == SYS_gate_wait ||
                number == SYS_env_wait;

    return ends && next_random() % 16 ? (uint64_t)SYS_cap_derive : number;
}

static uint64_t pick(uint64_t first, uint64_t count)
{
    return first + next_random() % count;
}

/* Beside the image mostly: who unmaps its own text does not get far. */
static uint64_t pick_vaddr(void)
{
    uint64_t base = next_random() % 64 ? SPACE_VADDR + 0x200000 * pick(1, 3) : SPACE_VADDR;

    return base + next_random() % 256 * PAGE;
}

/* Arguments that may well succeed, with the slots as give() filled them. */
static void fill_plausible(uint64_t number, uint64_t *a)
{
    uint64_t offset = pick(0, GIVEN_FRAMES), free_slot = pick(16, 16);

    a[0] = pick(6, 3);
    if (number == SYS_aspace_map) {
        a[1] = pick(3, 3), a[2] = offset, a[3] = pick_vaddr(), a[4] = pick(1, 8), a[5] = pick(1, 7);
    } else if (number == SYS_aspace_table) {
        a[1] = pick(3, 2), a[2] = offset, a[3] = pick_vaddr(), a[4] = pick(1, 3);
    } else if (number == SYS_aspace_share) {
        a[1] = pick_vaddr(), a[2] = pick(6, 3), a[3] = pick_vaddr(), a[4] = pick(1, 64);
        a[5] = pick(1, 7) | (next_random() % 2 ? PROT_SELF : 0);
    } else if (number == SYS_aspace_unmap || number == SYS_aspace_protect) {
        a[1] = pick_vaddr(), a[2] = pick(1, 64), a[3] = pick(0, 8);
    } else if (number == SYS_aspace_create || number == SYS_env_create) {
        a[0] = pick(3, 2), a[1] = offset, a[3] = free_slot, a[4] = 0;
        a[2] = number == SYS_env_create ? pick(6, 2) : free_slot;
    } else if (number == SYS_cap_derive) {
        a[0] = pick(1, 32), a[1] = 0, a[2] = free_slot, a[3] = pick(0, 0x10000);
        a[4] = pick(0, 16), a[5] = pick(1, 16);
    } else if (number == SYS_env_table) {
        a[0] = pick(1, 1), a[1] = pick(3, 2), a[2] = offset;
    } else {
        a[0] = pick(1, 32);
    }
}

static void random_call(void)
{
    uint64_t number = random_number();
    uint64_t a[6];

    for (unsigned i = 0; i < 6; i++)
        a[i] = random_argument();
    if (next_random() % 4)
        fill_plausible(number, a);

    register uint64_t r10 __asm__("r10") = a[3];
    register uint64_t r8 __asm__("r8") = a[4];
    register uint64_t r9 __asm__("r9") = a[5];
    register uint64_t r12 __asm__("r12") = a[1] % 4 ? 0 : a[3];

    __asm__ volatile("syscall"
                     : "+a"(number), "+D"(a[0]), "+S"(a[1]), "+d"(a[2]), "+r"(r10), "+r"(r8),
                       "+r"(r9)
                     : "b"(a[2] % 4 ? 0 : a[4] << 32 | a[5] % GIVEN_SLOTS), "r"(r12)
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

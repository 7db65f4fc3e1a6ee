/*
 * Every system call refuses a bad capability: empty slot, made-up index, wrong type, and each
 * right that it asks for, missing. The table is generated from abi/syscalls.toml.
 */
#include "tests.h"

struct check {
    uint64_t number;
    const char *name;
    uint32_t type;
    uint32_t rights;
};

#define CHECK(number, name, type, rights) {number, name, type, rights},

static const struct check checks[] = {
#include "syscall_checks.inc"
};

/* One capability of each type, with all rights that there are. */
static const uint64_t slot_of_type[] = {
    [CAP_FRAMES] = FRAMES,         [CAP_ASPACE] = SLOT_ASPACE,    [CAP_ENV] = SLOT_SELF,
    [CAP_GATE] = SLOT_GATE,        [CAP_SLICE] = ROOT_SLOT_SLICE, [CAP_IRQ] = ROOT_SLOT_IRQ + 4,
    [CAP_PORTS] = ROOT_SLOT_PORTS,
};

static status_t call(uint64_t number, uint64_t slot)
{
    register uint64_t r10 __asm__("r10") = 0;
    register uint64_t r8 __asm__("r8") = 0;
    register uint64_t r9 __asm__("r9") = 0;
    register uint64_t r12 __asm__("r12") = 0;
    uint64_t rsi = 0, rdx = 0;
    status_t status = (status_t)number;

    __asm__ volatile("syscall"
                     : "+a"(status), "+D"(slot), "+S"(rsi), "+d"(rdx), "+r"(r10), "+r"(r8), "+r"(r9)
                     : "b"(0), "r"(r12)
                     : "rcx", "r11", "memory");
    return status;
}

static bool refuses_without(const struct check *c, uint32_t right)
{
    uint64_t slot = slot_of_type[c->type ? c->type : CAP_PORTS];
    status_t status;

    exo_cap_derive(slot, 0, SLOT_TEST, RIGHT_ALL & ~right, 0, 1);
    status = call(c->number, SLOT_TEST);
    exo_cap_delete(SLOT_TEST);
    return status == EXO_BAD_RIGHTS;
}

static bool refuses(const struct check *c)
{
    bool good = call(c->number, SLOT_EMPTY) == EXO_BAD_SLOT && call(c->number, 0) == EXO_BAD_SLOT &&
                call(c->number, 1000000) == EXO_BAD_SLOT &&
                call(c->number, 1ull << 40 | SLOT_SELF) == EXO_BAD_SLOT &&
                call(c->number, UINT64_MAX) == EXO_BAD_SLOT;

    for (uint32_t type = CAP_FRAMES; c->type && type <= CAP_PORTS; type++)
        if (type != c->type)
            good = good && call(c->number, slot_of_type[type]) == EXO_BAD_TYPE;
    for (uint32_t right = 1; right <= RIGHT_DEVICE; right <<= 1)
        if (c->rights & right)
            good = good && refuses_without(c, right);
    return good;
}

void test_calls(void)
{
    check_equal(exo_gate_create(SLOT_SELF, 0, SLOT_GATE, 7), EXO_OK, "gate_create");
    for (unsigned i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
        check(refuses(&checks[i]), checks[i].name);
    check_equal(call(127, SLOT_SELF), EXO_BAD_CALL, "unknown number");
    check_equal(call(UINT64_MAX, SLOT_SELF), EXO_BAD_CALL, "number out of the table");
    exo_cap_delete(SLOT_GATE);
}

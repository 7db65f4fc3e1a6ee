/*
 * The dispatch table, see syscall.h.
 */
#include "core/syscall.h"

#include "core/env.h"
#include "core/upcall.h"

#define SYSCALL_NUMBERS 128u

extern const struct syscall syscall_table[SYSCALL_NUMBERS];

#define SYSCALL(number, name, type, rights, cost)                                                  \
    [number] = {.handler = (void (*)(void))sys_##name,                                             \
                .gas = (cost),                                                                     \
                .mask = ((type) ? 0xFFu : 0u) | (uint32_t)(rights) << 16,                          \
                .expect = (uint32_t)(type) | (uint32_t)(rights) << 16},

const struct syscall syscall_table[SYSCALL_NUMBERS] = {
#include "syscall_table.inc"
};

#undef SYSCALL
#define SYSCALL(number, name, type, rights, cost) CALL_##name = (number), COST_##name = (cost),
enum {
#include "syscall_table.inc"
};

_Static_assert(CALL_cap_check == 0 && CALL_gate_call == 49 && CALL_gate_wait == 50,
               "the entry code has short ways for these");
_Static_assert(COST_cap_check == 1 && COST_gate_call == 8 && COST_gate_wait == 8,
               "the entry code debits so much");

/* Asking about a slot is no misuse of it. */
static bool only_asks(uint64_t number)
{
    return number == CALL_cap_check || number == CALL_cap_inspect;
}

status_t syscall_refused(status_t status)
{
    uint64_t slot = current->regs.message[0];

    if (current->strict && !only_asks(current->regs.status)) {
        current->regs.status = (uint64_t)status;
        env_fault(current, UPCALL_CAPABILITY, (uint64_t)-status, slot);
    }
    return status;
}

/* Where the env has a handler, it goes on there with the number in the saved rax. */
status_t syscall_unknown(void)
{
    upcall_deliver(current, UPCALL_SYSCALL, current->regs.status, 0);
    return EXO_BAD_CALL;
}

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

/* Where the env has a handler, it goes on there with the number in the saved rax. */
status_t syscall_unknown(void)
{
    upcall_deliver(current, UPCALL_SYSCALL, current->regs.status, 0);
    return EXO_BAD_CALL;
}

/*
 * Saved registers of an env, x86_64. The structure lies at offset 0 of the env's frame, and the
 * TSS's RSP0 points at its end: on a trap from user mode the processor itself pushes ss .. rip
 * into it (AMD64 APM vol. 2, 8.9.3), entry.S the rest. The message registers come first, in the
 * order of the system-call convention.
 */
#pragma once

#include <stdint.h>
#include <exo/upcall.h>

#define FRAME_SYSCALL 256u /* `vector` after a system call: rcx and r11 need not be restored */

struct frame {
    uint64_t message[6]; /* rdi rsi rdx r10 r8 r9 */
    uint64_t status;     /* rax */
    uint64_t carry_cap;  /* rbx */
    uint64_t carry_page; /* r12 */
    uint64_t rcx, r11, rbp, r13, r14, r15;
    uint64_t vector;
    uint64_t error;
    uint64_t pc;
    uint64_t cs;
    uint64_t flags;
    uint64_t sp;
    uint64_t ss;
};

_Static_assert(sizeof(struct frame) == 176, "offsets.h; RSP0 must be aligned to 16");

/* The registers as an upcall handler finds them. */
static inline void frame_save(const struct frame *regs, struct upcall_frame *to)
{
    to->rip = regs->pc;
    to->rsp = regs->sp;
    to->rflags = regs->flags;
    to->rax = regs->status;
    to->rbx = regs->carry_cap;
    to->rcx = regs->vector == FRAME_SYSCALL ? regs->pc : regs->rcx;
    to->rdx = regs->message[2];
    to->rsi = regs->message[1];
    to->rdi = regs->message[0];
    to->rbp = regs->rbp;
    to->r8 = regs->message[4];
    to->r9 = regs->message[5];
    to->r10 = regs->message[3];
    to->r11 = regs->vector == FRAME_SYSCALL ? regs->flags : regs->r11;
    to->r12 = regs->carry_page;
    to->r13 = regs->r13;
    to->r14 = regs->r14;
    to->r15 = regs->r15;
}

/* Goes on at `pc` with one argument; the other registers stay as they were interrupted. */
static inline void frame_enter(struct frame *regs, uint64_t pc, uint64_t sp, uint64_t argument)
{
    regs->pc = pc;
    regs->sp = sp;
    regs->flags = 0x202; /* interrupts on; no trap, no direction, no alignment check */
    regs->message[0] = argument;
    regs->vector = FRAME_SYSCALL;
}

/* Where a back trace begins. */
static inline uint64_t frame_pointer(const struct frame *regs)
{
    return regs->rbp;
}

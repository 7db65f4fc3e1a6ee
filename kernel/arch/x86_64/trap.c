/*
 * Exceptions and interrupts: who gets what. Vectors 0-31 are the processor's, 32-55 the interrupt
 * lines, 56 the timer, 255 spurious.
 */
#include <arch/trap.h>

#include "arch/x86_64/apic.h"
#include "arch/x86_64/registers.h"
#include "core/env.h"
#include "core/panic.h"
#include "core/run.h"
#include "core/irq.h"
#include "core/syscall.h"
#include "core/upcall.h"
#include <arch/mmu.h>
#include <machine/offsets.h>
#include <exo/upcall.h>

_Static_assert(offsetof(struct frame, status) == FRAME_STATUS, "entry.S");
_Static_assert(offsetof(struct frame, carry_cap) == FRAME_RBX, "entry.S");
_Static_assert(offsetof(struct frame, carry_page) == FRAME_R12, "entry.S");
_Static_assert(offsetof(struct frame, rcx) == FRAME_RCX, "entry.S");
_Static_assert(offsetof(struct frame, r15) == FRAME_R15, "entry.S");
_Static_assert(offsetof(struct frame, vector) == FRAME_VECTOR, "entry.S");
_Static_assert(offsetof(struct frame, pc) == FRAME_RIP, "entry.S");
_Static_assert(offsetof(struct frame, cs) == FRAME_CS, "entry.S");
_Static_assert(offsetof(struct frame, flags) == FRAME_RFLAGS, "entry.S");
_Static_assert(offsetof(struct frame, sp) == FRAME_RSP, "entry.S");
_Static_assert(sizeof(struct frame) == FRAME_SIZE, "entry.S");
_Static_assert(offsetof(struct env, regs) == 0, "entry.S");
_Static_assert(offsetof(struct env, gas) == ENV_GAS_LEFT, "entry.S");
_Static_assert(offsetof(struct env, slot_limit) == ENV_SLOT_LIMIT, "entry.S");
_Static_assert(offsetof(struct env, attention) == ENV_ATTENTION, "entry.S");
_Static_assert(offsetof(struct env, tables) == ENV_TABLES, "entry.S");
_Static_assert(offsetof(struct env, state) == ENV_STATE_AT, "entry.S");
_Static_assert(offsetof(struct env, queued) == ENV_STATE_AT + 1, "entry.S: ENV_SERVING_WORD");
_Static_assert(offsetof(struct env, listed) == ENV_STATE_AT + 2, "entry.S: ENV_SERVING_WORD");
_Static_assert(offsetof(struct env, fpu) == ENV_FPU, "entry.S");
_Static_assert(offsetof(struct env, label) == ENV_LABEL_AT, "entry.S");
_Static_assert(offsetof(struct env, aspace) == ENV_ASPACE, "entry.S");
_Static_assert(offsetof(struct env, thread) == ENV_THREAD_AT, "entry.S");
_Static_assert(offsetof(struct env, pending) == ENV_PENDING_AT, "entry.S");
_Static_assert(offsetof(struct env, caller) == ENV_CALLER, "entry.S");
_Static_assert(offsetof(struct env, callee) == ENV_CALLEE, "entry.S");
_Static_assert(offsetof(struct env, queue) == ENV_QUEUE, "entry.S");
_Static_assert(STATE_RUNNABLE == ENV_RUNNABLE && STATE_CALLING == ENV_CALLING &&
                   STATE_SERVING == ENV_SERVING && ENV_SERVING_WORD == ENV_SERVING << 8,
               "entry.S");
_Static_assert(CAP_ENV_TYPE == CAP_ENV && CAP_GATE_TYPE == CAP_GATE &&
                   CONTROL_RIGHT == RIGHT_CONTROL && CALL_RIGHT == RIGHT_CALL,
               "entry.S");
_Static_assert(PHYSMAP == PHYSMAP_BASE, "entry.S");
_Static_assert(offsetof(struct syscall, handler) == CALL_HANDLER, "entry.S");
_Static_assert(offsetof(struct syscall, gas) == CALL_GAS, "entry.S");
_Static_assert(offsetof(struct syscall, mask) == CALL_MASK, "entry.S");
_Static_assert(offsetof(struct syscall, expect) == CALL_EXPECT, "entry.S");
_Static_assert(sizeof(struct syscall) == 1 << CALL_SHIFT, "entry.S");

#define VECTOR_NMI 2u
#define VECTOR_DOUBLE_FAULT 8u
#define VECTOR_PAGE_FAULT 14u
#define VECTOR_MACHINE_CHECK 18u
#define GATE_INTERRUPT 0x8E
#define GATE_USER 0xEE /* int3 and into may be called from user mode */

struct gate_descriptor {
    uint16_t offset_low;
    uint16_t selector;
    uint8_t ist;
    uint8_t type;
    uint16_t offset_middle;
    uint32_t offset_high;
    uint32_t zero;
};

_Static_assert(sizeof(struct gate_descriptor) == 16, "hardware layout");

extern char trap_entries[];
void trap_user(struct frame *frame);
void trap_kernel(struct frame *frame);

static struct gate_descriptor idt[256];

void trap_init(void)
{
    struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) pointer = {sizeof(idt) - 1, (uintptr_t)idt};

    for (unsigned v = 0; v < 256; v++) {
        uint64_t entry = (uintptr_t)trap_entries + 16 * v;
        bool own_stack = v == VECTOR_NMI || v == VECTOR_DOUBLE_FAULT || v == VECTOR_MACHINE_CHECK;

        idt[v] = (struct gate_descriptor){
            .offset_low = (uint16_t)entry,
            .selector = SELECTOR_KERNEL_CODE,
            .ist = own_stack ? 1 : 0,
            .type = v == 3 || v == 4 ? GATE_USER : GATE_INTERRUPT,
            .offset_middle = (uint16_t)(entry >> 16),
            .offset_high = (uint32_t)(entry >> 32),
        };
    }
    __asm__ volatile("lidt %0" : : "m"(pointer));
}

static void interrupt(unsigned vector)
{
    if (vector == VECTOR_TIMER) {
        apic_end();
        timer_shot();
        run_timer();
    } else if (vector >= VECTOR_LINES && vector < VECTOR_LINES + IRQ_LINES) {
        irq_line(vector - VECTOR_LINES);
        apic_end();
        irq_deliver(vector - VECTOR_LINES);
    }
}

void trap_user(struct frame *frame)
{
    unsigned vector = (unsigned)frame->vector;

    if (frame != &current->regs)
        panic_trap(frame, "exception that must not be");
    if (vector == VECTOR_PAGE_FAULT)
        env_fault(current, UPCALL_PAGE_FAULT, frame->error, read_cr2());
    else if (vector < VECTOR_LINES)
        env_fault(current, UPCALL_EXCEPTION, vector, frame->error);
    else
        interrupt(vector);
}

void trap_kernel(struct frame *frame)
{
    if (frame->vector < VECTOR_LINES)
        panic_trap(frame, "exception in the kernel");
    interrupt((unsigned)frame->vector);
}

void trap_print(const struct frame *frame)
{
    say("rax %016lx rbx %016lx rcx %016lx rdx %016lx\n", frame->status, frame->carry_cap,
        frame->rcx, frame->message[2]);
    say("rsi %016lx rdi %016lx rbp %016lx rsp %016lx\n", frame->message[1], frame->message[0],
        frame->rbp, frame->sp);
    say("r8  %016lx r9  %016lx r10 %016lx r11 %016lx\n", frame->message[4], frame->message[5],
        frame->message[3], frame->r11);
    say("r12 %016lx r13 %016lx r14 %016lx r15 %016lx flags %lx\n", frame->carry_page, frame->r13,
        frame->r14, frame->r15, frame->flags);
}

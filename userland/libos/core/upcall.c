/*
 * What an upcall means: page faults go to the server, exceptions become signals, a notification
 * says that signals are pending.
 */
#include "libos.h"
#include "signal_frame.h"

#include <signal.h>

enum { /* x86 exception vectors, Intel SDM volume 3, table 6-1 */
       VECTOR_DIVIDE = 0,
       VECTOR_BREAKPOINT = 3,
       VECTOR_OPCODE = 6,
       VECTOR_X87 = 16,
       VECTOR_ALIGNMENT = 17,
       VECTOR_SIMD = 19,
};

void libos_upcall(struct upcall_frame *frame, const void *fpu);

static int signal_of_exception(uint64_t vector)
{
    switch (vector) {
    case VECTOR_DIVIDE:
    case VECTOR_X87:
    case VECTOR_SIMD:
        return SIGFPE;
    case VECTOR_BREAKPOINT:
        return SIGTRAP;
    case VECTOR_OPCODE:
        return SIGILL;
    case VECTOR_ALIGNMENT:
        return SIGBUS;
    default:
        return SIGSEGV;
    }
}

/* A fault cannot wait: where its signal is blocked or ignored, the process ends. */
static void fault_signal(struct upcall_frame *frame, const void *fpu, int signal)
{
    uint64_t bit = 1ull << (signal - 1);
    if (!(LIBOS_CONTROL->caught & bit) || (LIBOS_CONTROL->blocked & bit))
        libos_die(signal);
    libos_signal_deliver(frame, fpu, signal, frame->address);
}

/* The first pending signal that has a handler is delivered; the handler's return takes the rest. */
static void notified(struct upcall_frame *frame, const void *fpu)
{
    if (libos_is_busy()) { /* libos_leave looks; a sleep on the way there must not begin */
        exo_env_notify(SLOT_SELF, POSIX_NOTIFY_WAKE);
        return;
    }
    for (;;) {
        uint64_t ready = LIBOS_CONTROL->pending & ~LIBOS_CONTROL->blocked;
        if (!ready)
            return;
        int signal = __builtin_ctzll(ready) + 1;
        uint64_t bit = 1ull << (signal - 1);
        if (LIBOS_CONTROL->caught & bit) {
            __atomic_and_fetch(&LIBOS_CONTROL->pending, ~bit, __ATOMIC_RELAXED);
            libos_signal_deliver(frame, fpu, signal, 0);
            return;
        }
        libos_signals_take_default(signal);
    }
}

void libos_upcall(struct upcall_frame *frame, const void *fpu)
{
    switch (frame->kind) {
    case UPCALL_PAGE_FAULT:
        if (libos_call(POSIX_FAULT, frame->address, frame->code, 0, 0, NULL) < 0)
            fault_signal(frame, fpu, SIGSEGV);
        break;
    case UPCALL_EXCEPTION:
        fault_signal(frame, fpu, signal_of_exception(frame->code));
        break;
    case UPCALL_SYSCALL:
    case UPCALL_CAPABILITY:
        fault_signal(frame, fpu, SIGSYS);
        break;
    case UPCALL_SLICE:
        libos_alarm_check();
        notified(frame, fpu);
        break;
    default:
        notified(frame, fpu);
        break;
    }
}

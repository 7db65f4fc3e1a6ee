/* What is kept on the user's stack while a handler runs that an upcall called. */
#pragma once

#include <exo/upcall.h>

#include <signal.h>

struct signal_frame {
    struct upcall_frame registers; /* upcall.S knows that the next member follows at 256 */
    uint8_t fpu[512];              /* as fxsave stores it */
    uint64_t blocked;
    siginfo_t information;
};

_Static_assert(sizeof(struct upcall_frame) == 256, "upcall.S");

/* Makes the interrupted code call its handler for the signal, when the upcall ends. */
void libos_signal_deliver(struct upcall_frame *frame, const void *fpu, int signal,
                          uint64_t address);

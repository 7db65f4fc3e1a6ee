/*
 * Inside the library OS: calls to the POSIX server, and the state that upcalls share with them.
 *
 * An upcall may come between any two instructions. What must not be cut in two (the window's use,
 * changes of the signal table) stands between libos_enter and libos_leave; a signal that arrives
 * meanwhile waits for libos_leave. Page faults are served at once: they use registers only.
 */
#pragma once

#include <posix/protocol.h>

#include <exo/syscall.h>
#include <exo/upcall.h>

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LIBOS_CONTROL ((struct posix_control *)POSIX_CONTROL_VADDR)
#define LIBOS_WINDOW ((char *)POSIX_WINDOW_VADDR)
#define LIBOS_FOREVER UINT64_MAX

void libos_enter(void);
void libos_leave(void);
bool libos_is_busy(void);

/* The server's answer: its result, and two more values. */
struct libos_answer {
    int64_t result;
    uint64_t value[2];
};

/* One call; the result (-errno, -POSIX_BLOCK). `answer` may be NULL. */
int64_t libos_call(uint64_t call, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
                   struct libos_answer *answer);

/* result, or -1 with errno set. */
int64_t libos_result(int64_t result);

/* libos_call, then libos_result: for calls that need no window and never wait. */
int64_t libos_simple(uint64_t call, uint64_t a, uint64_t b, uint64_t c, uint64_t d);

/* As libos_simple, with one path in the window; -1 and ENAMETOOLONG where it does not fit. */
int64_t libos_path_call(uint64_t call, const char *path, uint64_t a, uint64_t b, uint64_t c,
                        uint64_t d);

/* Two paths, one behind the other. */
int64_t libos_paths_call(uint64_t call, const char *first, const char *second, uint64_t a,
                         uint64_t b, uint64_t c);

/* Copies a path to `offset` of the window; the offset behind it, 0 where it does not fit. */
uint32_t libos_put_path(const char *path, uint32_t offset);

/* Marks a moment: libos_sleep ends at once where a handler has run since. */
struct libos_moment {
    uint32_t handled;
    uint32_t interrupted;
};

struct libos_moment libos_now(void);

enum libos_woken {
    LIBOS_AGAIN,       /* ask the server again */
    LIBOS_INTERRUPTED, /* a handler ran that asks for EINTR */
    LIBOS_TIMEOUT,
};

/* Sleeps until woken, until a handler without SA_RESTART has run since `moment`, or the deadline.
 */
enum libos_woken libos_sleep(struct libos_moment moment, uint64_t deadline);

uint64_t libos_clock(void); /* nanoseconds since the kernel began */

/* signal/ */
void libos_signal_start(void); /* after exec: what is ignored stays ignored */
void libos_signals_take(void); /* acts on what is pending and not blocked, where we stand */
void libos_signals_take_default(int signal); /* a pending one without a handler */
void libos_signal_raise(int signal);         /* makes it pending here, without the server */
_Noreturn void libos_die(int signal);
extern volatile uint32_t libos_handled, libos_interrupted;

/* time/ */
void libos_alarm_check(void);        /* raises SIGALRM when it is time */
void libos_alarm_forget(void);       /* in a child */
uint64_t libos_alarm_deadline(void); /* LIBOS_FOREVER: none */

/* arch/ */
void libos_upcall_entry(void);
int64_t libos_fork_raw(uint64_t slot, uint64_t call);

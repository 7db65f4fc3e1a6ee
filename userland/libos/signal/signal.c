/*
 * Signals, the process's half: dispositions, the mask, default actions, handlers. `pending` in the
 * control page is written by the server as well, so its bits change atomically; everything else is
 * the process's own.
 */
#include "libos.h"
#include "signal_frame.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#define BIT(signal) (1ull << ((signal)-1))
#define NEVER_BLOCKED (BIT(SIGKILL) | BIT(SIGSTOP))
#define STOPPING (BIT(SIGSTOP) | BIT(SIGTSTP) | BIT(SIGTTIN) | BIT(SIGTTOU))
#define IGNORED_BY_DEFAULT (BIT(SIGCHLD) | BIT(SIGURG) | BIT(SIGWINCH) | BIT(SIGCONT))
#define RED_ZONE                                                                                   \
    256 /* below an interrupted rsp: its own 128 bytes, and what the way back needs                \
         */

volatile uint32_t libos_handled, libos_interrupted;

static struct sigaction actions[NSIG];

void libos_signal_entry(void);
struct upcall_frame *libos_signal_return(struct signal_frame *frame);

void libos_signal_start(void)
{
    struct posix_control *control = LIBOS_CONTROL;
    for (int signal = 1; signal < NSIG; signal++)
        if (control->ignored & BIT(signal) & ~IGNORED_BY_DEFAULT)
            actions[signal].sa_handler = SIG_IGN;
    control->ignored |= IGNORED_BY_DEFAULT;
}

void libos_signal_raise(int signal)
{
    __atomic_or_fetch(&LIBOS_CONTROL->pending, BIT(signal), __ATOMIC_RELAXED);
}

_Noreturn void libos_die(int signal)
{
    for (;;)
        libos_call(POSIX_EXIT, (uint64_t)signal, 0, 0, 0, NULL);
}

/* Stops until continued. Wake-ups that come meanwhile are not lost. */
static void stop(int signal)
{
    if (libos_call(POSIX_STOP, (uint64_t)signal, 0, 0, 0, NULL) != 0)
        return;
    while (*(volatile uint32_t *)&LIBOS_CONTROL->stopped) {
        uint64_t bits;
        exo_env_wait(SLOT_SELF, POSIX_NOTIFY_CONTINUE | POSIX_NOTIFY_SIGNAL, LIBOS_FOREVER, &bits);
    }
    exo_env_notify(SLOT_SELF, POSIX_NOTIFY_WAKE);
}

void libos_signals_take_default(int signal)
{
    __atomic_and_fetch(&LIBOS_CONTROL->pending, ~BIT(signal), __ATOMIC_RELAXED);
    if (LIBOS_CONTROL->ignored & BIT(signal))
        return;
    if (STOPPING & BIT(signal))
        stop(signal);
    else
        libos_die(signal);
}

/* What a handler's start changes: the mask, a disposition that holds once, who sleeps. */
static struct sigaction begin_handler(int signal)
{
    struct sigaction action = actions[signal];
    struct posix_control *control = LIBOS_CONTROL;
    control->blocked |= action.sa_mask;
    if (!(action.sa_flags & SA_NODEFER))
        control->blocked |= BIT(signal);
    control->blocked &= ~NEVER_BLOCKED;
    if ((unsigned)action.sa_flags & SA_RESETHAND) {
        actions[signal].sa_handler = SIG_DFL;
        control->caught &= ~BIT(signal);
        control->ignored |= BIT(signal) & IGNORED_BY_DEFAULT;
    }
    libos_handled++;
    if (!(action.sa_flags & SA_RESTART))
        libos_interrupted++;
    exo_env_notify(SLOT_SELF, POSIX_NOTIFY_WAKE);
    return action;
}

static void call_handler(int signal)
{
    uint64_t blocked = LIBOS_CONTROL->blocked;
    int saved_errno = errno;
    siginfo_t information = {.si_signo = signal};
    struct sigaction action = begin_handler(signal);
    if (action.sa_flags & SA_SIGINFO)
        action.sa_sigaction(signal, &information, NULL);
    else
        action.sa_handler(signal);
    errno = saved_errno;
    LIBOS_CONTROL->blocked = blocked;
}

void libos_signals_take(void)
{
    struct posix_control *control = LIBOS_CONTROL;
    for (;;) {
        uint64_t ready = *(volatile uint64_t *)&control->pending & ~control->blocked;
        if (!ready)
            return;
        int signal = __builtin_ctzll(ready) + 1;
        if (!(control->caught & BIT(signal))) {
            libos_signals_take_default(signal);
            continue;
        }
        uint64_t before = __atomic_fetch_and(&control->pending, ~BIT(signal), __ATOMIC_RELAXED);
        if (before & BIT(signal)) /* else an upcall was faster */
            call_handler(signal);
    }
}

void libos_signal_deliver(struct upcall_frame *frame, const void *fpu, int signal, uint64_t address)
{
    uintptr_t at = (frame->rsp - RED_ZONE - sizeof(struct signal_frame)) & ~(uintptr_t)15;
    struct signal_frame *saved = (struct signal_frame *)at;
    saved->registers = *frame;
    memcpy(saved->fpu, fpu, sizeof(saved->fpu));
    saved->blocked = LIBOS_CONTROL->blocked;
    saved->information = (siginfo_t){.si_signo = signal, .si_addr = (void *)address};
    struct sigaction action = begin_handler(signal);
    frame->rip = (uintptr_t)libos_signal_entry;
    frame->rsp = at;
    frame->rdi = (uint64_t)signal;
    frame->rsi = (uintptr_t)&saved->information;
    frame->rdx = 0;
    frame->rax = (uintptr_t)action.sa_handler;
}

struct upcall_frame *libos_signal_return(struct signal_frame *frame)
{
    LIBOS_CONTROL->blocked = frame->blocked;
    libos_signals_take();
    return &frame->registers;
}

static bool is_signal(int signal)
{
    return signal > 0 && signal < NSIG;
}

int sigaction(int signal, const struct sigaction *restrict action, struct sigaction *restrict old)
{
    if (!is_signal(signal) || (action && (NEVER_BLOCKED & BIT(signal)))) {
        errno = EINVAL;
        return -1;
    }
    struct sigaction before = actions[signal];
    if (action) {
        libos_enter();
        struct posix_control *control = LIBOS_CONTROL;
        bool ignores = action->sa_handler == SIG_IGN ||
                       (action->sa_handler == SIG_DFL && (IGNORED_BY_DEFAULT & BIT(signal)));
        actions[signal] = *action;
        control->caught &= ~BIT(signal);
        control->ignored &= ~BIT(signal);
        if (ignores) {
            control->ignored |= BIT(signal);
            __atomic_and_fetch(&control->pending, ~BIT(signal), __ATOMIC_RELAXED);
        } else if (action->sa_handler != SIG_DFL) {
            control->caught |= BIT(signal);
        }
        if (signal == SIGCHLD)
            control->no_zombies =
                action->sa_handler == SIG_IGN || (action->sa_flags & SA_NOCLDWAIT);
        libos_leave();
    }
    if (old)
        *old = before;
    return 0;
}

int sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict old)
{
    struct posix_control *control = LIBOS_CONTROL;
    uint64_t before = control->blocked;
    if (set) {
        uint64_t blocked = *set;
        if (how == SIG_BLOCK) {
            blocked |= before;
        } else if (how == SIG_UNBLOCK) {
            blocked = before & ~blocked;
        } else if (how != SIG_SETMASK) {
            errno = EINVAL;
            return -1;
        }
        libos_enter();
        control->blocked = blocked & ~NEVER_BLOCKED;
        libos_leave();
    }
    if (old)
        *old = before;
    return 0;
}

int sigpending(sigset_t *set)
{
    *set = LIBOS_CONTROL->pending & LIBOS_CONTROL->blocked;
    return 0;
}

int sigsuspend(const sigset_t *mask)
{
    struct posix_control *control = LIBOS_CONTROL;
    struct libos_moment moment = libos_now();
    uint64_t before = control->blocked;
    libos_enter();
    control->blocked = *mask & ~NEVER_BLOCKED;
    libos_leave();
    while (libos_handled == moment.handled)
        libos_sleep(moment, LIBOS_FOREVER);
    control->blocked = before;
    libos_enter();
    libos_leave();
    errno = EINTR;
    return -1;
}

int kill(pid_t pid, int signal)
{
    libos_enter();
    int64_t result = libos_call(POSIX_KILL, (uint64_t)pid, (uint64_t)signal, 0, 0, NULL);
    libos_leave(); /* a signal to ourselves is delivered before kill returns */
    return (int)libos_result(result);
}

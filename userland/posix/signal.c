/* Signals, the server's half. See signal.h. */
#include "signal.h"
#include "process.h"
#include "wait.h"

#include <exo/syscall.h>

#include <errno.h>
#include <signal.h>

#define BIT(signal) (1ull << ((signal)-1))
#define STOPPING (BIT(SIGSTOP) | BIT(SIGTSTP) | BIT(SIGTTIN) | BIT(SIGTTOU))

/* Tells the parent of a change that wait may report. */
static void tell_parent(struct process *process)
{
    process->status_fresh = true;
    if (process->parent) {
        signal_send(process->parent, SIGCHLD);
        wake(process->parent);
    }
}

static void continue_process(struct process *process)
{
    __atomic_and_fetch(&process->control->pending, ~STOPPING, __ATOMIC_RELAXED);
    if (process->state != PROCESS_STOPPED)
        return;
    process->state = PROCESS_RUNNING;
    process->control->stopped = 0;
    process->status = 0xFFFF;
    tell_parent(process);
    exo_env_notify(process->env, POSIX_NOTIFY_CONTINUE | POSIX_NOTIFY_WAKE);
}

void signal_send(struct process *process, int signal)
{
    if (!process_alive(process))
        return;
    if (signal == SIGKILL) {
        process_end(process, SIGKILL);
        return;
    }
    struct posix_control *control = process->control;
    if (signal == SIGCONT)
        continue_process(process);
    if (STOPPING & BIT(signal))
        __atomic_and_fetch(&control->pending, ~BIT(SIGCONT), __ATOMIC_RELAXED);
    if ((control->ignored & ~control->blocked) & BIT(signal))
        return;
    __atomic_or_fetch(&control->pending, BIT(signal), __ATOMIC_RELAXED);
    exo_env_notify(process->env, POSIX_NOTIFY_SIGNAL);
}

void signal_group(pid_t group, int signal)
{
    for (uint32_t i = 0; i < process_limit; i++)
        if (process_alive(processes[i]) && processes[i]->group == group)
            signal_send(processes[i], signal);
}

static bool may_send(const struct process *sender, const struct process *target, int signal)
{
    if (signal == SIGCONT && sender->session == target->session)
        return true;
    return sender->effective_user == 0 || sender->user == target->user ||
           sender->effective_user == target->user;
}

static bool is_addressed(const struct process *sender, const struct process *target, pid_t pid)
{
    if (pid > 0)
        return target->pid == pid;
    if (pid == -1)
        return target != sender && target != process_one;
    return target->group == (pid == 0 ? sender->group : -pid);
}

int signal_request(struct process *sender, pid_t pid, int signal)
{
    if (signal < 0 || signal >= NSIG)
        return -EINVAL;
    int status = -ESRCH;
    bool itself = false;
    for (uint32_t i = 0; i < process_limit; i++) {
        struct process *target = processes[i];
        if (target->state == PROCESS_FREE || !is_addressed(sender, target, pid))
            continue;
        if (!may_send(sender, target, signal)) {
            status = status == 0 ? 0 : -EPERM;
            continue;
        }
        status = 0;
        if (target == sender)
            itself = true; /* last: SIGKILL ends the caller */
        else if (signal != 0)
            signal_send(target, signal);
    }
    if (itself && signal != 0)
        signal_send(sender, signal);
    return status;
}

int signal_stop(struct process *process, int signal)
{
    if (signal != SIGSTOP && group_is_orphaned(process->group))
        return 1;
    process->state = PROCESS_STOPPED;
    process->control->stopped = 1;
    process->status = signal << 8 | 0x7F;
    tell_parent(process);
    return 0;
}

bool signal_is_held(const struct process *process, int signal)
{
    return ((process->control->blocked | process->control->ignored) & BIT(signal)) != 0;
}

/* Sleeping. See wait.h. */
#include "wait.h"
#include "process.h"

#include <exo/syscall.h>

#include <stddef.h>

const char wait_any;

static struct process *waiting;

int wait_for(struct process *process, const void *object)
{
    if (!process->waiting_for) {
        process->next_waiting = waiting;
        waiting = process;
    }
    process->waiting_for = object;
    return -POSIX_BLOCK;
}

void wait_forget(struct process *process)
{
    if (!process->waiting_for)
        return;
    struct process **link = &waiting;
    while (*link != process)
        link = &(*link)->next_waiting;
    *link = process->next_waiting;
    process->waiting_for = NULL;
}

void wake_process(struct process *process)
{
    wait_forget(process);
    exo_env_notify(process->env, POSIX_NOTIFY_WAKE);
}

void wake(const void *object)
{
    for (struct process *process = waiting, *next; process; process = next) {
        next = process->next_waiting;
        if (process->waiting_for == object || process->waiting_for == &wait_any)
            wake_process(process);
    }
}

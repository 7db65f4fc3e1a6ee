/* Sleeping. See wait.h. */
#include "wait.h"
#include "process.h"

#include <exo/syscall.h>

#include <stddef.h>

static struct process *waiting;

void wait_for_any(struct process *process, const void *const *objects, uint32_t count)
{
    if (count == 0) /* who waits for nothing is not on the list */
        return;
    if (process->waiting_count == 0) {
        process->next_waiting = waiting;
        waiting = process;
    }
    for (uint32_t i = 0; i < count; i++)
        process->waiting_for[i] = objects[i];
    process->waiting_count = count;
}

int wait_for(struct process *process, const void *object)
{
    wait_for_any(process, &object, 1);
    return -POSIX_BLOCK;
}

void wait_forget(struct process *process)
{
    process->read_size = 0;
    if (process->waiting_count == 0)
        return;
    struct process **link = &waiting;
    while (*link != process)
        link = &(*link)->next_waiting;
    *link = process->next_waiting;
    process->waiting_count = 0;
}

void wake_process(struct process *process)
{
    wait_forget(process);
    exo_env_notify(process->env, POSIX_NOTIFY_WAKE);
}

static bool waits_for(const struct process *process, const void *object)
{
    for (uint32_t i = 0; i < process->waiting_count; i++)
        if (process->waiting_for[i] == object)
            return true;
    return false;
}

void wake(const void *object)
{
    for (struct process *process = waiting, *next; process; process = next) {
        next = process->next_waiting;
        if (waits_for(process, object))
            wake_process(process);
    }
}

struct process *wait_reader(const void *object)
{
    for (struct process *process = waiting; process; process = process->next_waiting)
        if (process->read_size > 0 && process->waiting_for[0] == object)
            return process;
    return NULL;
}

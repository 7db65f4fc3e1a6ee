/*
 * Sleeping. No call of the server blocks: a caller that would have to wait is noted as waiting for
 * an object (a pipe, a terminal, a process), gets -POSIX_BLOCK, sleeps in the kernel and asks
 * again once it is woken. A wake-up may come for nothing; asking again is always right.
 */
#pragma once

struct process;

/* Waits for whatever happens: poll. */
extern const char wait_any;

/* Notes the process; gives -POSIX_BLOCK. */
int wait_for(struct process *process, const void *object);

/* Wakes those who wait for the object. */
void wake(const void *object);

/* Wakes one process, whatever it waits for. */
void wake_process(struct process *process);

/* Takes a process off the list, when it ends. */
void wait_forget(struct process *process);

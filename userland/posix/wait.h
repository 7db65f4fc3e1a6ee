/*
 * Sleeping. No call of the server blocks: a caller that would have to wait is noted as waiting for
 * an object (a pipe, a terminal, a process), gets -POSIX_BLOCK, sleeps in the kernel and asks
 * again once it is woken. A wake-up may come for nothing; asking again is always right.
 */
#pragma once

#include <stdint.h>

#define WAIT_OBJECTS 16u

struct process;

/* Notes the process; gives -POSIX_BLOCK. */
int wait_for(struct process *process, const void *object);

/* The same for several objects, at most WAIT_OBJECTS: poll. */
void wait_for_any(struct process *process, const void *const *objects, uint32_t count);

/* One that waits to read from the object, and whose window may be filled; NULL: none. */
struct process *wait_reader(const void *object);

/* Wakes those who wait for the object. */
void wake(const void *object);

/* Wakes one process, whatever it waits for. */
void wake_process(struct process *process);

/* Takes a process off the list, when it ends. */
void wait_forget(struct process *process);

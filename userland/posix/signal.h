/*
 * Signals, the server's half: who may send, where they go, stop and continue. A signal is a bit in
 * the target's control page and a notification; the target's own library takes it from there
 * (handlers, masks, default actions). Only SIGKILL, and what follows from stopping, is done here.
 */
#pragma once

#include <sys/types.h>

#include <stdbool.h>

struct process;

void signal_send(struct process *process, int signal);
void signal_group(pid_t group, int signal);

/* kill(): 0 or -errno. `signal` 0 only checks. */
int signal_request(struct process *sender, pid_t pid, int signal);

/* The process stops by this signal: 1 where it may not (orphaned group), else 0. */
int signal_stop(struct process *process, int signal);

/* Whether sending it would change nothing, as job control asks (blocked or ignored). */
bool signal_is_held(const struct process *process, int signal);

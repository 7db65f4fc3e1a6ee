/* Signals and traps (XCU 2.12, trap). */
#pragma once

#include <stdbool.h>

#include "mem.h"

/* Signals from this number on cannot be trapped; all of POSIX are below. */
#define TRAP_LIMIT 32

/* "INT" or "SIGINT" or "2" or "EXIT" as a number, else -1. */
int signal_number(const char *text);

/* Its name without SIG; null if it has none. */
const char *signal_name(int number);

/* Sets the dispositions that an interactive shell needs; again when set -i or -m changes. */
void trap_update_all(void);

/* Sets an action: null for the default, "" to ignore. 0 stands for EXIT. */
void trap_set(int number, const char *action);

/* In a forked copy of the shell: actions are gone, ignored signals stay ignored. */
void trap_enter_subshell(void);

/* Before the first trap that a subshell sets, `trap` there shows its parent's. */
void trap_forget_inherited(void);
void trap_print(struct buf *out, int number, bool with_default);

/* Runs the actions of signals that came in. An interrupted prompt goes on with a new one. */
void trap_run_pending(void);

/* A signal that has a trap came in and its action has not run yet: its number, else 0. */
int trap_pending(void);

void trap_run_exit(void);
bool trap_is_any_set(void);

/* Ignores or resets a signal in a child, before exec. */
void trap_ignore(int number);

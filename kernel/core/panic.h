/*
 * The kernel's own words: a few lines at start, and the epitaph of a panic.
 */
#pragma once

#include <arch/trap.h>

__attribute__((format(printf, 1, 2))) void say(const char *format, ...);

/* For our bugs only: what happened, which env was current, where we were; ends the machine. */
_Noreturn __attribute__((format(printf, 1, 2))) void panic(const char *format, ...);
_Noreturn void panic_trap(const struct frame *frame, const char *what);

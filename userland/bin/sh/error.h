/* Messages on standard error, and the two ways to give up: the command, or the shell. */
#pragma once

#include <setjmp.h>

/* "sh: file: line: message", as far as there is a file and a line. */
void sh_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * An error that ends a shell which is not interactive (XCU 2.8.1): warns, then leaves with the
 * status, or goes back to the prompt of an interactive shell.
 */
_Noreturn void sh_fatal(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* As sh_fatal, after the message has been written. */
_Noreturn void sh_abandon(int status);

/* Where an interactive shell goes on after an error or an interrupt. */
extern jmp_buf prompt_jump;

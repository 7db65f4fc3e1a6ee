/*
 * <sys/wait.h>: the end of children. A status is, in its low seven bits, 0 (exited, status in bits
 * 8 to 15), 0x7f (stopped, signal in bits 8 to 15), else the signal that ended it; 0xffff:
 * continued.
 */
#pragma once

#include <bits/types.h>

#define WNOHANG 0x1
#define WUNTRACED 0x2
#define WCONTINUED 0x8

#define WEXITSTATUS(status) (((status) >> 8) & 0xff)
#define WIFCONTINUED(status) ((status) == 0xffff)
#define WIFEXITED(status) (((status)&0x7f) == 0)
#define WIFSIGNALED(status) (((status)&0x7f) != 0 && ((status)&0x7f) != 0x7f)
#define WIFSTOPPED(status) (((status)&0xff) == 0x7f)
#define WSTOPSIG(status) WEXITSTATUS(status)
#define WTERMSIG(status) ((status)&0x7f)
#define WCOREDUMP(status) ((status)&0x80)

/* libOS */
pid_t waitpid(pid_t pid, int *status, int options);

pid_t wait(int *status);

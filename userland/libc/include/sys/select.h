/* <sys/select.h>: waiting for descriptors, by sets of bits; built on poll(). */
#pragma once

#include <bits/types.h>
#include <bits/timespec.h>
#include <bits/timeval.h>

#define FD_SETSIZE 1024

typedef struct {
    unsigned long __bits[FD_SETSIZE / 64];
} fd_set;

#define __FD_BIT(fd) (1UL << ((fd) % 64))
#define FD_CLR(fd, set) ((void)((set)->__bits[(fd) / 64] &= ~__FD_BIT(fd)))
#define FD_ISSET(fd, set) (((set)->__bits[(fd) / 64] & __FD_BIT(fd)) != 0)
#define FD_SET(fd, set) ((void)((set)->__bits[(fd) / 64] |= __FD_BIT(fd)))
#define FD_ZERO(set) __fd_zero(set)

void __fd_zero(fd_set *set);
int select(int count, fd_set *restrict readable, fd_set *restrict writable,
           fd_set *restrict exceptional, struct timeval *restrict timeout);

/*
 * The scalar types that several headers share, for LP64 machines. Every name ends in _t, which
 * POSIX.1-2024 (2.2.2, The Name Space) reserves for all headers, so any of them may include this.
 */
#pragma once

#define __need_size_t
#define __need_NULL
#include <stddef.h>

typedef long ssize_t;
typedef long off_t;
typedef unsigned int mode_t;
typedef unsigned long ino_t;
typedef unsigned long dev_t;
typedef unsigned long nlink_t;
typedef unsigned int uid_t;
typedef unsigned int gid_t;
typedef unsigned int id_t;
typedef int pid_t;
typedef long blkcnt_t;
typedef long blksize_t;
typedef unsigned long fsblkcnt_t;
typedef unsigned long fsfilcnt_t;
typedef long time_t;
typedef long suseconds_t;
typedef long clock_t;
typedef int clockid_t;
typedef unsigned long sigset_t; /* signal n is bit n - 1 */

/*
 * The seam between libc and the libOS, beside the POSIX functions themselves. In each header the
 * functions under "libOS" are the libOS's; all others are libc's, built on those. The pure parts of
 * libc (string, ctype, number conversion, snprintf, qsort, regex) call none of them, so domains
 * that are no POSIX process link them too; malloc asks for nothing but __libos_heap_grow.
 */
#pragma once

#include <bits/types.h>

/* libc: called once by _start, before main, whose result _start passes to exit(). */
void __libc_init(int argc, char **argv, char **envp);

/*
 * libOS: lengthens the heap by bytes (a multiple of 4096) of zeroed memory and returns where they
 * begin; each call's memory follows the last call's. NULL: there is no more.
 */
void *__libos_heap_grow(size_t bytes);

/*
 * libOS: fills buf with whole struct dirent records (d_reclen bytes each, a multiple of 8) from the
 * directory fd at its offset, and moves the offset. Returns the bytes used, 0 at the end, or -1
 * with errno set. lseek(fd, d_off of an entry, SEEK_SET) continues behind that entry.
 */
ssize_t __getdents(int fd, void *buf, size_t size);

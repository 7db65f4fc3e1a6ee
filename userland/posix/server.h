/*
 * The server's calls: one handler each, in call_files.c and call_processes.c.
 *
 * A handler gets the caller and its arguments (m1 to m4) and gives the answer's m0; further
 * answers go to `results`. It may not wait. What it needs from the window it copies first: the
 * process could change it under the server's hands, were there ever a second processor. A caller
 * that ends or is replaced while it is served gets no answer; the kernel sees to that.
 */
#pragma once

#include "process.h"

struct call {
    struct process *process;
    uint64_t argument[4];
    uint64_t result[2]; /* m1, m2 of the answer */
    uint32_t flags;     /* enum posix_flag */
};

typedef int64_t handler_t(struct call *call);

handler_t call_fault, call_fork, call_exec, call_exit, call_wait, call_stop, call_kill, call_getid,
    call_setpgid, call_setsid, call_setid, call_times, call_heap, call_mmap, call_munmap,
    call_mprotect, call_open, call_close, call_read, call_write, call_seek, call_dup, call_dup2,
    call_fcntl, call_pipe, call_stat, call_fstat, call_access, call_chmod, call_chown, call_utimens,
    call_truncate, call_unlink, call_rename, call_link, call_symlink, call_readlink, call_mkdir,
    call_mknod, call_chdir, call_getcwd, call_umask, call_getdents, call_poll, call_tty, call_power,
    call_cancel;

/* Seconds since 1970 at the kernel clock's zero, and the time now. */
uint64_t clock_base(void);
struct timespec clock_now(void);

/* Weight of a process's env. */
uint64_t process_weight(void);

/* Replaces the program of a process by the file at `path`; the stage holds the new stack. */
struct exec_stack {
    vaddr_t sp, arguments, arguments_end;
    uint32_t pages; /* of the stage, from its top */
};

/* 0 and *entry; -errno: nothing was changed, or the process has ended for want of memory. */
int exec_image(struct process *process, const char *path, const struct exec_stack *stack,
               vaddr_t *entry);

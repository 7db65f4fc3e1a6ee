/*
 * What a POSIX process and the POSIX server share: the layout of a process's address space, the
 * control page, the numbers of the server's calls. docs/reference/posix-server.md explains them.
 *
 * A call is one gate_call on SLOT_SERVER: m0 = enum posix_call in bits 0..31 and flags above, m1
 * to m4 arguments; the answer's m0 is the result (negative: -errno, or -POSIX_BLOCK: the server
 * has noted the caller, who sleeps until POSIX_NOTIFY_WAKE and asks again). Paths and data go
 * through the window. Both sides may write the window at any time; the server copies what it
 * checks before it uses it.
 */
#pragma once

#include <stdint.h>

enum posix_slot {
    SLOT_SERVER = 3, /* gate to the server */
};

/* Notification bits of a process. */
enum posix_notify {
    POSIX_NOTIFY_WAKE = 1u << 0,   /* ask again */
    POSIX_NOTIFY_SIGNAL = 1u << 1, /* `pending` changed: comes as an upcall */
    POSIX_NOTIFY_CONTINUE = 1u << 2,
};

/* The address space of a process, low to high. Pages between the named ones stay unmapped. */
#define POSIX_TEXT_VADDR 0x400000ull   /* lowest address of a program */
#define POSIX_HEAP_LIMIT 0x30000000ull /* the heap grows from the program's end up to here */
#define POSIX_MMAP_VADDR 0x30000000ull /* mmap chooses addresses from here */
#define POSIX_MMAP_LIMIT 0x3D000000ull
#define POSIX_STAGE_TOP 0x3E000000ull   /* exec: the new stack's image, built below this */
#define POSIX_STAGE_SIZE 0x40000ull     /* at most; also the limit of arguments and environment */
#define POSIX_STACK_LIMIT 0x3F800000ull /* the stack grows down to here */
#define POSIX_STACK_TOP 0x3FFF0000ull
#define POSIX_UPCALL_STACK                                                                         \
    0x3FFF8000ull /* top; one page below, then a page that stays unmapped                          \
                   */
#define POSIX_CONTROL_VADDR 0x3FFF8000ull
#define POSIX_WINDOW_VADDR 0x3FFF9000ull
#define POSIX_WINDOW_SIZE 0x2000ull
#define POSIX_AREA_VADDR 0x3FFFD000ull /* upcall area */

#define POSIX_DESCRIPTORS 256
#define POSIX_PATH_MAX 4096

/* The page that server and process both write. The process's mistakes in it hurt only itself. */
struct posix_control {
    uint64_t pending;    /* signals sent, signal n is bit n - 1; both sides, atomically */
    uint64_t blocked;    /* by the process */
    uint64_t ignored;    /* by the process: signals that need not be sent; survives exec */
    uint64_t caught;     /* by the process: signals that have a handler */
    uint32_t stopped;    /* by the server: 1 until continued */
    int32_t pid;         /* by the server */
    uint32_t no_zombies; /* by the process: its children leave no status (SA_NOCLDWAIT) */
    uint32_t zero;
    uint64_t clock_seconds; /* by the server: seconds since 1970 at the kernel clock's zero */
    uint64_t heap_end;      /* by the server, at exec: where the heap begins */
    uint64_t handed; /* by the server: bytes in the window, for the read that sleeps; 0 by reader */
};

enum posix_flag {
    POSIX_FLAG_NOBLOCK = 1u << 0,
};

/* m1.. as in the comment; "path" is in the window, NUL-terminated, "data" too. */
enum posix_call {
    POSIX_FAULT = 1, /* address, upcall code: 0 where the page is there now, -EFAULT */
    POSIX_FORK,      /* pc, sp, upcall entry, argument: the child starts there; its pid */
    POSIX_EXEC,      /* stage bytes, sp, argument bounds (start, end); path. Answer: m1 pc, m2 sp */
    POSIX_EXIT,      /* wait status; no answer */
    POSIX_WAIT,      /* pid, options; m1 status */
    POSIX_STOP,      /* signal: the caller is stopped from now on */
    POSIX_KILL,      /* pid, signal */
    POSIX_GETID,     /* enum posix_id, pid: */
    POSIX_SETPGID,   /* pid, group */
    POSIX_SETSID,
    POSIX_SETID,    /* enum posix_id (user or group), value */
    POSIX_TIMES,    /* m1 own ns, m2 children's ns */
    POSIX_HEAP,     /* bytes, multiple of 4096; address */
    POSIX_MMAP,     /* address, size, protection | flags << 32, fd, offset in window[0]; address */
    POSIX_MUNMAP,   /* address, size */
    POSIX_MPROTECT, /* address, size, protection */
    POSIX_OPEN,     /* dir, flags, mode; path; fd */
    POSIX_CLOSE,    /* fd */
    POSIX_READ,     /* fd, size, offset or -1; data; bytes */
    POSIX_WRITE,    /* fd, size, offset or -1; data; bytes */
    POSIX_SEEK,     /* fd, offset, origin; offset */
    POSIX_DUP,      /* fd, lowest, descriptor flags; fd */
    POSIX_DUP2,     /* fd, to */
    POSIX_FCNTL,    /* fd, command, argument */
    POSIX_PIPE,     /* flags; m1, m2 fds */
    POSIX_STAT,     /* dir, flags; path; struct stat in the window */
    POSIX_FSTAT,    /* fd; struct stat in the window */
    POSIX_ACCESS,   /* dir, mode, flags; path */
    POSIX_CHMOD,    /* dir, mode, flags; path. Empty path: dir itself */
    POSIX_CHOWN,    /* dir, uid, gid, flags; path. Empty path: dir itself */
    POSIX_UTIMENS,  /* dir, flags; path at offset 32, two struct timespec before it */
    POSIX_TRUNCATE, /* dir, size; path. Empty path: dir itself */
    POSIX_UNLINK,   /* dir, flags; path */
    POSIX_RENAME,   /* dir, dir; two paths */
    POSIX_LINK,     /* dir, dir, flags; two paths */
    POSIX_SYMLINK,  /* dir; target, then path */
    POSIX_READLINK, /* dir, size; path; data; bytes */
    POSIX_MKDIR,    /* dir, mode; path */
    POSIX_MKNOD,    /* dir, mode; path: FIFOs and regular files */
    POSIX_CHDIR,    /* dir; path. Empty path: dir itself */
    POSIX_GETCWD,   /* path; bytes with the NUL */
    POSIX_UMASK,    /* mask; old mask */
    POSIX_GETDENTS, /* fd, size; struct dirent records; bytes */
    POSIX_POLL,     /* count, 1: note the caller; struct pollfd in the window; ready */
    POSIX_TTY,      /* enum posix_tty, fd, argument; data */
    POSIX_POWER,    /* status: the machine ends (user 0 only) */
    POSIX_CANCEL,   /* the caller does not wait any more for what it was noted for */
    POSIX_CALLS,
};

/* No errno value: the server has noted the caller. */
#define POSIX_BLOCK 4096

enum posix_id {
    POSIX_ID_PARENT,
    POSIX_ID_GROUP,
    POSIX_ID_SESSION,
    POSIX_ID_USER,
    POSIX_ID_EFFECTIVE_USER,
    POSIX_ID_GROUP_ID,
    POSIX_ID_EFFECTIVE_GROUP_ID,
};

enum posix_tty {
    POSIX_TTY_GET, /* struct termios to the window */
    POSIX_TTY_SET, /* argument: TCSANOW..; struct termios in the window */
    POSIX_TTY_GET_GROUP,
    POSIX_TTY_SET_GROUP, /* argument: group */
    POSIX_TTY_GET_SIZE,  /* struct winsize to the window */
    POSIX_TTY_SET_SIZE,
    POSIX_TTY_SESSION,
    POSIX_TTY_CONTROL, /* becomes the controlling terminal of the caller's session */
    POSIX_TTY_FLUSH,   /* argument: TCIFLUSH.. */
    POSIX_TTY_DRAIN,
    POSIX_TTY_NAME, /* path to the window */
};

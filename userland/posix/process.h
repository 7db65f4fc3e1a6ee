/*
 * Processes: their table, relations and ends. A process is one env with its own address space.
 */
#pragma once

#include "space.h"
#include "tree.h"
#include "wait.h"

#include <posix/protocol.h>

#include <sys/types.h>

#define PROCESSES 120u

struct file;
struct tty;

enum process_state {
    PROCESS_FREE,
    PROCESS_RUNNING,
    PROCESS_STOPPED,
    PROCESS_ZOMBIE, /* has only its status left */
};

#define DESCRIPTOR_NO_FORK 2u /* O_CLOFORK */

struct descriptor {
    struct file *file;
    uint32_t flags; /* FD_CLOEXEC, DESCRIPTOR_NO_FORK */
};

struct process {
    uint32_t index; /* place in the table */
    pid_t pid;
    enum process_state state;
    struct process *parent;
    pid_t group, session;
    struct tty *terminal;
    uid_t user, effective_user;
    gid_t group_id, effective_group_id;
    struct node *directory;
    mode_t mask;

    int status;        /* for wait: how it ended, or stopped */
    bool status_fresh; /* stopped or continued, and nobody waited for it yet */
    bool executed;     /* after exec the parent may not change its group */

    slot_t env, aspace; /* in the server's table */
    uint32_t env_frame, aspace_frame;
    uint32_t window_page; /* first of four; kept with the table's place */
    struct posix_control *control;
    void *window;
    struct space space;

    uint32_t descriptor_end; /* all from here on are closed */
    struct descriptor descriptors[POSIX_DESCRIPTORS];

    const void *waiting_for[WAIT_OBJECTS]; /* what it sleeps for, see wait.h */
    uint32_t waiting_count;
    uint32_t read_size; /* it sleeps in a read of so many bytes, with its window free for them */
    struct process *next_waiting;

    char name[32];
    vaddr_t arguments, arguments_end; /* on its stack */
    uint64_t started;                 /* nanoseconds */
    uint64_t time_used;               /* once it is a zombie */
    uint64_t children_time;
};

/* Places that were ever used, in [0, process_limit); they stay, for the next process. */
extern struct process *processes[PROCESSES];
extern uint32_t process_limit;
extern struct process *process_one;

struct process *process_find(pid_t pid);
bool process_alive(const struct process *process);

/* A new process with env, space and window; not started. NULL: no place or memory. */
struct process *process_create(struct process *parent);
int process_start(struct process *process, vaddr_t pc, vaddr_t sp, vaddr_t upcall_entry,
                  uint64_t argument);

/* Ends it with a wait status; a zombie stays for its parent. */
void process_end(struct process *process, int status);

/* Takes the zombie away. */
void process_reap(struct process *process);

/* Whether no member of the group has a parent in another group of the same session. */
bool group_is_orphaned(pid_t group);

/* Nanoseconds of processor time. */
uint64_t process_time(const struct process *process);

/* The next process with a number above `pid`, NULL: none. */
struct process *process_after(pid_t pid);

/* Ends those that the kernel stopped because they cannot take their own faults. */
void process_bury_faulted(void);

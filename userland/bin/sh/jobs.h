/* Child processes: forking, waiting, job control (XCU 2.11). */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

enum fork_kind {
    FORK_FOREGROUND = 0,
    FORK_BACKGROUND = 1,
    FORK_HELPER = 2, /* command substitution: stays in the shell's process group */
    FORK_PIPED = 4   /* flag: standard input is a pipe */
};

enum process_state { PROCESS_RUNS, PROCESS_STOPPED, PROCESS_DONE };

struct process {
    pid_t pid;
    int status; /* as waitpid gives it */
    enum process_state state;
};

struct job {
    struct job *next;
    int number;     /* 0: it never was in the background */
    unsigned order; /* the highest is the current job */
    pid_t group;    /* 0: the shell's own */
    bool changed;   /* its state has not been reported */
    char *text;
    int count;
    struct process *processes;
};

/* Turns job control on or off (set -m); off, with a message, where there is no terminal. */
void jobs_control(bool on);

struct job *job_new(const char *text);

/* Adds a forked copy of the shell to the job; 0 in the copy. */
pid_t job_fork(struct job *job, enum fork_kind kind);

/* Waits in the foreground and forgets the job unless it stops; its exit status. */
int job_wait(struct job *job);

/* The job runs in the background: sets $!. */
void job_background(struct job *job);

/* A process that no one waits for (it writes a here-document). */
pid_t jobs_fork_helper(void);

/* What a forked copy must forget. */
void jobs_enter_subshell(void);

/* Notes what has happened to children, without waiting. */
void jobs_poll(void);

/* Tells an interactive user which background jobs ended or stopped, and forgets those that did. */
void jobs_report(void);

struct job *jobs_first(void);
struct job *jobs_current(void);

/* By %n, %%, %+, %-, %text, %?text; null if there is none. */
struct job *jobs_find(const char *id);
struct job *jobs_find_pid(pid_t pid);

enum process_state job_state(const struct job *job);
int job_status(const struct job *job);
void job_forget(struct job *job);

/* "[1] + Running  text" */
void job_print(const struct job *job, bool with_group);

/* Continues a stopped job: in the foreground its exit status, else 0. */
int job_continue(struct job *job, bool foreground);

/* Waits until the job is done: its status; 128 + n if signal n with a trap came first. */
int job_await(struct job *job);

/*
 * Jobs.
 *
 * Every child belongs to a job: the processes of one pipeline. A foreground job is forgotten when
 * it ends; a background job is kept until `wait` or the user has heard of its end. With job control
 * each job has its own process group, and the terminal belongs to the group in the foreground.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "error.h"
#include "jobs.h"
#include "out.h"
#include "redir.h"
#include "shell.h"
#include "trap.h"

static struct job *jobs; /* sorted by number; those without come first */
static unsigned last_order;
static int terminal = -1; /* only with job control */
static pid_t shell_group;
static pid_t original_group; /* to be given back */

/* --- job control --- */

static bool take_terminal(void)
{
    pid_t group;

    terminal = open("/dev/tty", O_RDWR);
    if (terminal < 0)
        terminal = isatty(STDIN_FILENO) ? dup(STDIN_FILENO) : -1;
    if (terminal < 0)
        return false;
    terminal = redir_move_up(terminal);
    original_group = getpgrp();
    while ((group = tcgetpgrp(terminal)) >= 0 && group != getpgrp())
        kill(0, SIGTTIN);
    if (group < 0)
        return false;
    trap_update_all();
    shell_group = getpid();
    return (shell_group == original_group || setpgid(0, 0) == 0) &&
           tcsetpgrp(terminal, shell_group) == 0;
}

void jobs_control(bool on)
{
    if (on == (terminal >= 0) || sh.subshell)
        return;
    if (on && !take_terminal()) {
        sh_warn("no job control: %s", strerror(errno));
        sh.opt[OPT_MONITOR] = false;
    }
    if (!sh.opt[OPT_MONITOR] && terminal >= 0) {
        if (shell_group && original_group != shell_group) {
            tcsetpgrp(terminal, original_group);
            setpgid(0, original_group);
        }
        close(terminal);
        terminal = -1;
    }
    trap_update_all();
}

static void give_terminal(pid_t group)
{
    if (terminal >= 0)
        tcsetpgrp(terminal, group);
}

/* --- the list --- */

struct job *job_new(const char *text)
{
    struct job *job = xmalloc(sizeof *job);

    *job = (struct job){.next = jobs, .text = xstrdup(text ? text : "")};
    jobs = job;
    return job;
}

void job_forget(struct job *job)
{
    struct job **at = &jobs;

    while (*at != job)
        at = &(*at)->next;
    *at = job->next;
    free(job->text);
    free(job->processes);
    free(job);
}

/* Gives a job that goes to the background its number, and its place in the list. */
static void number_job(struct job *job)
{
    struct job **at = &jobs;

    job->order = ++last_order;
    if (job->number)
        return;
    while (*at != job)
        at = &(*at)->next;
    *at = job->next;
    for (at = &jobs; *at; at = &(*at)->next) {
        if ((*at)->number >= job->number)
            job->number = (*at)->number;
    }
    job->number++;
    job->next = NULL;
    *at = job;
}

static void add_process(struct job *job, pid_t pid)
{
    job->processes = xrealloc(job->processes, (size_t)(job->count + 1) * sizeof *job->processes);
    job->processes[job->count++] = (struct process){.pid = pid, .state = PROCESS_RUNS};
}

enum process_state job_state(const struct job *job)
{
    enum process_state state = PROCESS_DONE;

    for (int i = 0; i < job->count; i++) {
        if (job->processes[i].state == PROCESS_RUNS)
            return PROCESS_RUNS;
        if (job->processes[i].state == PROCESS_STOPPED)
            state = PROCESS_STOPPED;
    }
    return state;
}

static int exit_status(int status)
{
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    return 128 + (WIFSTOPPED(status) ? WSTOPSIG(status) : WTERMSIG(status));
}

int job_status(const struct job *job)
{
    int status = 0;

    if (job->count == 0)
        return 0;
    if (!sh.opt[OPT_PIPEFAIL])
        return exit_status(job->processes[job->count - 1].status);
    for (int i = 0; i < job->count; i++) {
        if (exit_status(job->processes[i].status))
            status = exit_status(job->processes[i].status);
    }
    return status;
}

struct job *jobs_first(void)
{
    struct job *job = jobs;

    while (job && !job->number)
        job = job->next;
    return job;
}

/* The current job if `before` is null, else the one that would be without it. */
static struct job *current_without(const struct job *before)
{
    struct job *best = NULL;

    for (struct job *job = jobs_first(); job; job = job->next) {
        bool stopped = job_state(job) == PROCESS_STOPPED;
        bool best_stopped = best && job_state(best) == PROCESS_STOPPED;

        if (job == before || (best && best_stopped && !stopped))
            continue;
        if (!best || stopped != best_stopped || job->order > best->order)
            best = job;
    }
    return best;
}

struct job *jobs_current(void)
{
    return current_without(NULL);
}

struct job *jobs_find_pid(pid_t pid)
{
    for (struct job *job = jobs; job; job = job->next) {
        for (int i = 0; i < job->count; i++) {
            if (job->processes[i].pid == pid)
                return job;
        }
    }
    return NULL;
}

struct job *jobs_find(const char *id)
{
    const char *text = id + 1;

    if (id[0] != '%')
        return NULL;
    if (!*text || strcmp(text, "%") == 0 || strcmp(text, "+") == 0)
        return jobs_current();
    if (strcmp(text, "-") == 0)
        return current_without(jobs_current());
    for (struct job *job = jobs_first(); job; job = job->next) {
        if (isdigit((unsigned char)*text) ? job->number == atoi(text)
            : *text == '?'                ? strstr(job->text, text + 1) != NULL
                                          : strncmp(job->text, text, strlen(text)) == 0)
            return job;
    }
    return NULL;
}

/* --- forking --- */

void jobs_enter_subshell(void)
{
    sh.subshell = true;
    if (terminal >= 0) {
        close(terminal);
        terminal = -1;
    }
    sh.opt[OPT_MONITOR] = false;
    while (jobs)
        job_forget(jobs);
    trap_enter_subshell();
}

static void set_group(struct job *job, pid_t pid, enum fork_kind kind)
{
    if (terminal < 0 || (kind & FORK_HELPER))
        return;
    if (job->group == 0)
        job->group = pid;
    setpgid(pid, job->group);
}

/* In the child. Without job control a background job must not get the terminal's signals. */
static void enter_child(struct job *job, enum fork_kind kind)
{
    bool controlled = terminal >= 0 && !(kind & FORK_HELPER);

    if (controlled) {
        set_group(job, getpid(), kind);
        if (!(kind & FORK_BACKGROUND))
            give_terminal(job->group);
    }
    jobs_enter_subshell();
    if (controlled || !(kind & FORK_BACKGROUND))
        return;
    trap_ignore(SIGINT);
    trap_ignore(SIGQUIT);
    if (!(kind & FORK_PIPED)) {
        close(STDIN_FILENO);
        open("/dev/null", O_RDONLY);
    }
}

pid_t job_fork(struct job *job, enum fork_kind kind)
{
    pid_t pid = fork();

    if (pid < 0) {
        int error = errno;

        if (job->count == 0)
            job_forget(job);
        sh_fatal(2, "cannot fork: %s", strerror(error));
    }
    if (pid == 0) {
        enter_child(job, kind);
        return 0;
    }
    set_group(job, pid, kind);
    add_process(job, pid);
    return pid;
}

pid_t jobs_fork_helper(void)
{
    pid_t pid = fork();

    if (pid == 0)
        jobs_enter_subshell();
    return pid;
}

void job_background(struct job *job)
{
    number_job(job);
    sh.async = job->processes[job->count - 1].pid;
    if (sh_prompts()) {
        struct buf line = {0};

        buf_format(&line, "[%d] %ld\n", job->number, (long)sh.async);
        write_all(STDERR_FILENO, line.data, line.len);
    }
}

/* --- waiting --- */

static void note(pid_t pid, int status)
{
    struct job *job = jobs_find_pid(pid);

    for (int i = 0; job && i < job->count; i++) {
        struct process *process = &job->processes[i];

        if (process->pid != pid)
            continue;
        process->status = status;
        process->state = WIFSTOPPED(status) ? PROCESS_STOPPED : PROCESS_DONE;
        job->changed = true;
    }
}

/* Waits for a child; false if there is none, or a signal came. */
static bool reap(int options)
{
    int status;
    pid_t pid = waitpid(-1, &status, options | (terminal >= 0 ? WUNTRACED : 0));

    if (pid > 0)
        note(pid, status);
    return pid > 0;
}

void jobs_poll(void)
{
    while (jobs && reap(WNOHANG))
        ;
}

/* Someone else has taken the status: the job counts as done. */
static void give_up(struct job *job)
{
    for (int i = 0; i < job->count; i++)
        job->processes[i].state = PROCESS_DONE;
}

/* Says which signal ended the job, unless the user typed it or a reader went away. With job control
 * an interrupt reached only the job: the line that it is part of ends by it as well. */
static void report_signal(const struct job *job)
{
    int status = job->processes[job->count - 1].status;

    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGINT && sh_prompts()) {
        write_all(STDERR_FILENO, "\n", 1);
        if (terminal >= 0)
            raise(SIGINT);
    }
    if (!WIFSIGNALED(status) || WTERMSIG(status) == SIGINT || WTERMSIG(status) == SIGPIPE)
        return;
    sh_warn("%s%s%s", strsignal(WTERMSIG(status)), *job->text ? ": " : "", job->text);
}

int job_wait(struct job *job)
{
    int status;

    while (job_state(job) == PROCESS_RUNS) {
        if (!reap(0) && errno == ECHILD)
            give_up(job);
    }
    if (job->group)
        give_terminal(shell_group);
    status = job_status(job);
    if (job_state(job) == PROCESS_STOPPED) {
        number_job(job);
        job->changed = false;
        write_all(STDERR_FILENO, "\n", 1);
        job_print(job, false);
        return status;
    }
    report_signal(job);
    job_forget(job);
    return status;
}

int job_await(struct job *job)
{
    int status;

    while (job_state(job) == PROCESS_RUNS) {
        if (reap(0))
            continue;
        if (trap_pending())
            return 128 + trap_pending();
        if (errno == ECHILD)
            give_up(job);
    }
    status = job_status(job);
    if (job_state(job) == PROCESS_DONE)
        job_forget(job);
    return status;
}

int job_continue(struct job *job, bool foreground)
{
    for (int i = 0; i < job->count; i++) {
        if (job->processes[i].state == PROCESS_STOPPED)
            job->processes[i].state = PROCESS_RUNS;
    }
    number_job(job);
    job->changed = false;
    if (foreground && job->group)
        give_terminal(job->group);
    if (job->group)
        kill(-job->group, SIGCONT);
    return foreground ? job_wait(job) : 0;
}

/* --- reporting --- */

static void describe(const struct job *job, struct buf *out)
{
    int status = job->processes[job->count - 1].status;

    switch (job_state(job)) {
    case PROCESS_RUNS:
        buf_text(out, "Running");
        break;
    case PROCESS_STOPPED:
        buf_format(out, "Stopped (SIG%s)", signal_name(WSTOPSIG(status)));
        break;
    case PROCESS_DONE:
        if (WIFSIGNALED(status))
            buf_text(out, strsignal(WTERMSIG(status)));
        else if (job_status(job))
            buf_format(out, "Done(%d)", job_status(job));
        else
            buf_text(out, "Done");
        break;
    }
}

static void format(const struct job *job, bool with_group, struct buf *out)
{
    char mark = ' ';

    if (job == jobs_current())
        mark = '+';
    else if (job == current_without(jobs_current()))
        mark = '-';
    buf_format(out, "[%d] %c ", job->number, mark);
    if (with_group)
        buf_format(out, "%ld ", (long)job->processes[0].pid);
    describe(job, out);
    buf_format(out, " %s\n", job->text);
}

void job_print(const struct job *job, bool with_group)
{
    struct buf line = {0};

    format(job, with_group, &line);
    out_flush("jobs", &line);
}

void jobs_report(void)
{
    struct job *next;
    struct buf lines = {0};

    jobs_poll();
    for (struct job *job = jobs_first(); job; job = next) {
        next = job->next;
        if (!job->changed)
            continue;
        job->changed = false;
        format(job, false, &lines);
        if (job_state(job) == PROCESS_DONE)
            job_forget(job);
    }
    write_all(STDERR_FILENO, buf_string(&lines), lines.len);
}

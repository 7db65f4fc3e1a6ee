/* Built-ins for jobs and processes: jobs fg bg wait kill. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "builtin.h"
#include "error.h"
#include "jobs.h"
#include "out.h"
#include "shell.h"
#include "trap.h"

/* The job that the operand names, or the current one; null after a message. */
static struct job *named_job(const char *utility, const char *id)
{
    struct job *job = id ? jobs_find(id) : jobs_current();

    if (!job)
        builtin_error("%s: %s: no such job", utility, id ? id : "%%");
    return job;
}

static void show_job(struct job *job, char form)
{
    struct buf out = {0};

    if (form == 'p') {
        buf_format(&out, "%ld\n", (long)job->processes[0].pid);
        out_flush("jobs", &out);
    } else {
        job_print(job, form == 'l');
    }
    job->changed = false;
    if (job_state(job) == PROCESS_DONE)
        job_forget(job);
}

int builtin_jobs(int argc, char **argv)
{
    struct option_loop options = {.argv = argv};
    char form = 0;
    int letter;

    while ((letter = next_option(&options, "lp")) != 0) {
        if (letter == '?')
            return 2;
        form = (char)letter;
    }
    jobs_poll();
    if (options.next >= argc) {
        struct job *next;

        for (struct job *job = jobs_first(); job; job = next) {
            next = job->next;
            show_job(job, form);
        }
        return 0;
    }
    for (int i = options.next; i < argc; i++) {
        struct job *job = named_job("jobs", argv[i]);

        if (!job)
            return 2;
        show_job(job, form);
    }
    return 0;
}

static int continue_job(const char *utility, const char *id, bool foreground)
{
    struct job *job = named_job(utility, id);
    struct buf line = {0};

    if (!job)
        return 1;
    if (job->group == 0)
        return builtin_error("%s: job %d was started without job control", utility, job->number);
    if (foreground)
        buf_format(&line, "%s\n", job->text);
    else
        buf_format(&line, "[%d] %s\n", job->number, job->text);
    out_flush(utility, &line);
    return job_continue(job, foreground);
}

int builtin_fg(int argc, char **argv)
{
    return continue_job("fg", argc > 1 ? argv[1] : NULL, true);
}

int builtin_bg(int argc, char **argv)
{
    int status = 0;

    if (argc < 2)
        return continue_job("bg", NULL, false);
    for (int i = 1; i < argc && status == 0; i++)
        status = continue_job("bg", argv[i], false);
    return status;
}

/* --- wait --- */

static int wait_all(void)
{
    struct job *job;

    while ((job = jobs_first()) != NULL) {
        /* A stopped job cannot be waited for. */
        while (job && job_state(job) == PROCESS_STOPPED)
            job = job->next;
        if (!job)
            return 0;
        job_await(job);
        if (trap_pending())
            return 128 + trap_pending();
    }
    return 0;
}

int builtin_wait(int argc, char **argv)
{
    int first = argc > 1 && strcmp(argv[1], "--") == 0 ? 2 : 1;
    int status = 0;

    if (argc <= first)
        return wait_all();
    for (int i = first; i < argc; i++) {
        struct job *job;

        if (argv[i][0] != '%' && parse_number(argv[i]) < 0)
            return builtin_error("wait: %s: not a process or job", argv[i]);
        job = argv[i][0] == '%' ? jobs_find(argv[i]) : jobs_find_pid(parse_number(argv[i]));
        status = job ? job_await(job) : 127;
        if (trap_pending())
            return status;
    }
    return status;
}

/* --- kill --- */

static int list_signals(char **operands)
{
    struct buf out = {0};
    int status = 0;

    for (int i = 1; !*operands && i < TRAP_LIMIT; i++) {
        if (signal_name(i))
            buf_format(&out, "%s\n", signal_name(i));
    }
    for (; *operands; operands++) {
        int number = signal_number(*operands);

        if (number < 0 && parse_number(*operands) > 128)
            number = parse_number(*operands) - 128;
        if (number > 0 && number < TRAP_LIMIT && signal_name(number))
            buf_format(&out, "%s\n", signal_name(number));
        else
            status = builtin_error("kill: %s: no such signal", *operands);
    }
    return out_flush("kill", &out) | status;
}

static int send_signal(const char *operand, int number)
{
    const char *digits = operand + (operand[0] == '-');
    struct job *job;
    pid_t target;

    if (operand[0] == '%') {
        job = named_job("kill", operand);
        if (!job)
            return 1;
        target = job->group ? -job->group : job->processes[0].pid;
    } else if (parse_number(digits) < 0) {
        return builtin_error("kill: %s: not a process or job", operand);
    } else {
        target = atoi(operand);
    }
    if (kill(target, number) == 0)
        return 0;
    sh_warn("kill: %s: %s", operand, strerror(errno));
    return 1;
}

/* The signal of -s NAME, -NAME or -NUMBER; *first is where the operands start. */
static int kill_signal(int argc, char **argv, int *first)
{
    const char *name = NULL;

    if (argc > 1 && strcmp(argv[1], "-s") == 0) {
        name = argc > 2 ? argv[2] : "";
        *first = 3;
    } else if (argc > 1 && argv[1][0] == '-' && strcmp(argv[1], "--") != 0) {
        name = argv[1] + 1;
        *first = 2;
    }
    if (*first < argc && strcmp(argv[*first], "--") == 0)
        ++*first;
    if (!name)
        return SIGTERM;
    return strcmp(name, "EXIT") == 0 ? -1 : signal_number(name);
}

int builtin_kill(int argc, char **argv)
{
    int first = 1;
    int status = 0;
    int number;

    if (argc > 1 && strcmp(argv[1], "-l") == 0)
        return list_signals(argv + 2);
    number = kill_signal(argc, argv, &first);
    if (number < 0)
        return builtin_error("kill: %s: no such signal", argv[first - 1]);
    if (first >= argc)
        return builtin_error("kill: a process is missing");
    for (; first < argc; first++)
        status |= send_signal(argv[first], number);
    return status;
}

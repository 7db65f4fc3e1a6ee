/*
 * sh: the POSIX shell command language (POSIX.1-2024, XCU 2 and sh).
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/sh.html
 *
 * Characters go through input.c, lex.c and parse.c to a tree (ast.h); eval.c walks it; expand.c
 * makes words into arguments; redir.c, jobs.c, exec.c and builtin*.c do what the commands say.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "builtin.h"
#include "error.h"
#include "eval.h"
#include "exec.h"
#include "expand.h"
#include "jobs.h"
#include "lex.h"
#include "options.h"
#include "redir.h"
#include "shell.h"
#include "trap.h"
#include "var.h"

static const char usage[] =
    "usage: sh [-abCefhimnuvx] [-o option] [file [argument ...]]\n"
    "       sh -c [-abCefhimnuvx] [-o option] commands [name [argument ...]]\n"
    "       sh -s [-abCefhimnuvx] [-o option] [argument ...]";

extern char **environ;

struct shell sh;

bool sh_prompts(void)
{
    return sh.opt[OPT_INTERACTIVE] && !sh.subshell;
}

void sh_exit(int status)
{
    sh.status = status;
    trap_run_exit();
    sh.opt[OPT_MONITOR] = false;
    jobs_control(false);
    _exit(status);
}

void params_free(struct params *params)
{
    for (int i = 0; params->owned && i < params->count; i++)
        free(params->args[i]);
    if (params->owned)
        free(params->args);
    *params = (struct params){0};
}

void params_set(char **args, int count)
{
    char **copy = xmalloc((size_t)(count + 1) * sizeof *copy);

    for (int i = 0; i < count; i++)
        copy[i] = xstrdup(args[i]);
    params_free(&sh.params);
    sh.params = (struct params){copy, count, true};
}

/* Runs a file of the start-up, if there is one. */
static void run_startup(const char *path)
{
    struct input in;
    int fd = open(path, O_RDONLY);

    if (fd < 0)
        return;
    input_open(&in, INPUT_FILE, redir_move_up(fd));
    sh.script = path;
    eval_input(&in, EVAL_AND_GO_ON);
    sh.script = NULL;
    sh.skip = SKIP_NONE;
    input_close(&in);
}

static void run_startups(void)
{
    const char *home = var_get("HOME");
    const char *env = var_get("ENV");
    struct buf profile = {0};

    if (sh.login) {
        run_startup("/etc/profile");
        buf_format(&profile, "%s/.profile", home ? home : "");
        if (home)
            run_startup(profile.data);
    }
    if (sh.opt[OPT_INTERACTIVE] && env && getuid() == geteuid()) {
        struct arena *arena = arena_new();

        run_startup(expand_string(lex_quoted_text(arena, env, 0)));
        arena_drop(arena);
    }
}

/* The end of the input was typed: true if the shell shall end. */
static bool may_leave(void)
{
    static bool warned;
    struct job *job = jobs_current();
    bool stopped = job && job_state(job) == PROCESS_STOPPED && !warned;

    warned = stopped;
    if (sh.opt[OPT_IGNOREEOF])
        sh_warn("use \"exit\" to leave");
    else if (stopped)
        sh_warn("there are stopped jobs");
    return !sh.opt[OPT_IGNOREEOF] && !stopped;
}

_Noreturn static void run_interactive(void)
{
    static struct input in;
    static struct mark mark;
    static bool started;

    input_open(&in, INPUT_TERMINAL, STDIN_FILENO);
    mark = scratch_mark();
    if (setjmp(prompt_jump) != 0) {
        eval_reset();
        scratch_release(mark);
        input_discard(&in);
    }
    sh.has_prompt = true;
    if (!started) {
        started = true;
        run_startups();
    }
    do {
        eval_input(&in, EVAL_AND_GO_ON);
        sh.skip = SKIP_NONE;
    } while (!may_leave());
    sh_exit(sh.status);
}

_Noreturn static void run_script(const char *name)
{
    struct input in;
    const char *path = name;
    int fd = open(name, O_RDONLY);

    if (fd < 0 && !strchr(name, '/') && (path = exec_find(name, NULL)) != NULL)
        fd = open(path, O_RDONLY);
    if (fd < 0)
        sh_fatal(errno == EACCES ? 126 : 127, "cannot open %s: %s", name, strerror(errno));
    sh.script = name;
    sh.name = name;
    input_open(&in, INPUT_FILE, redir_move_up(fd));
    eval_input(&in, EVAL_AND_GO_ON);
    sh_exit(sh.status);
}

_Noreturn static void run_stdin(void)
{
    struct input in;

    input_open(&in, INPUT_STDIN, STDIN_FILENO);
    eval_input(&in, EVAL_AND_GO_ON);
    sh_exit(sh.status);
}

int main(int argc, char **argv)
{
    bool command = false;
    int first;

    sh.name = argc > 0 ? argv[0] : "sh";
    sh.login = sh.name[0] == '-';
    var_init(environ);
    first = options_parse(argc, argv, &command);
    if (first < 0 || (command && first >= argc)) {
        sh_warn("%s", usage);
        return 2;
    }
    sh.pid = getpid();
    if (!command && (first >= argc || sh.opt[OPT_STDIN])) {
        sh.opt[OPT_STDIN] = true;
        if (isatty(STDIN_FILENO) && isatty(STDERR_FILENO))
            sh.opt[OPT_INTERACTIVE] = true;
    }
    if (sh.opt[OPT_INTERACTIVE]) {
        sh.opt[OPT_MONITOR] = true;
        trap_update_all();
    }
    jobs_control(sh.opt[OPT_MONITOR]);
    if (command) {
        const char *text = argv[first++];

        if (first < argc)
            sh.name = argv[first++];
        params_set(argv + first, argc - first);
        run_startups();
        sh_exit(eval_text(text, EVAL_AND_EXIT));
    }
    params_set(argv + first + !sh.opt[OPT_STDIN], argc - first - !sh.opt[OPT_STDIN]);
    if (sh.opt[OPT_INTERACTIVE] && sh.opt[OPT_STDIN])
        run_interactive();
    run_startups();
    if (sh.opt[OPT_STDIN])
        run_stdin();
    run_script(argv[first]);
}

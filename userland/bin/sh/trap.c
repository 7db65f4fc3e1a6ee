/*
 * Traps. A handler only notes the signal; actions run between commands. What the process does on a
 * signal is changed only where it must differ from what it was when the shell started, so that a
 * script without traps makes no system call for them.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "eval.h"
#include "quote.h"
#include "shell.h"
#include "trap.h"

enum disposition { AS_STARTED, IGNORED, CAUGHT };

struct trap {
    char *action;   /* null: default */
    bool inherited; /* shown by trap, but not in force: the parent's */
    bool known;     /* at_start is */
    bool ignored_at_start;
    enum disposition now;
};

static struct trap traps[TRAP_LIMIT];
static volatile sig_atomic_t pending[TRAP_LIMIT];
static volatile sig_atomic_t any_pending;

static const struct {
    int number;
    const char *name;
} names[] = {
    {0, "EXIT"},       {SIGHUP, "HUP"},       {SIGINT, "INT"},   {SIGQUIT, "QUIT"},
    {SIGILL, "ILL"},   {SIGTRAP, "TRAP"},     {SIGABRT, "ABRT"}, {SIGBUS, "BUS"},
    {SIGFPE, "FPE"},   {SIGKILL, "KILL"},     {SIGUSR1, "USR1"}, {SIGSEGV, "SEGV"},
    {SIGUSR2, "USR2"}, {SIGPIPE, "PIPE"},     {SIGALRM, "ALRM"}, {SIGTERM, "TERM"},
    {SIGCHLD, "CHLD"}, {SIGCONT, "CONT"},     {SIGSTOP, "STOP"}, {SIGTSTP, "TSTP"},
    {SIGTTIN, "TTIN"}, {SIGTTOU, "TTOU"},     {SIGURG, "URG"},   {SIGXCPU, "XCPU"},
    {SIGXFSZ, "XFSZ"}, {SIGVTALRM, "VTALRM"}, {SIGPROF, "PROF"}, {SIGWINCH, "WINCH"},
    {SIGSYS, "SYS"},
};
#define NAMES (sizeof names / sizeof *names)

const char *signal_name(int number)
{
    for (size_t i = 0; i < NAMES; i++) {
        if (names[i].number == number)
            return names[i].name;
    }
    return NULL;
}

int signal_number(const char *text)
{
    if (*text && !text[strspn(text, "0123456789")] && strlen(text) < 4) {
        int number = atoi(text);

        return number < TRAP_LIMIT ? number : -1;
    }
    if (strncmp(text, "SIG", 3) == 0)
        text += 3;
    for (size_t i = 0; i < NAMES; i++) {
        if (strcmp(names[i].name, text) == 0)
            return names[i].number;
    }
    return -1;
}

static void on_signal(int number)
{
    pending[number] = 1;
    any_pending = 1;
}

static bool is_stop(int number)
{
    return number == SIGTSTP || number == SIGTTIN || number == SIGTTOU;
}

static enum disposition wanted(int number)
{
    const struct trap *t = &traps[number];

    if (t->action && !t->inherited)
        return *t->action ? CAUGHT : IGNORED;
    if (!sh_prompts())
        return AS_STARTED;
    if (number == SIGINT)
        return CAUGHT;
    if (number == SIGQUIT || number == SIGTERM)
        return IGNORED;
    return sh.opt[OPT_MONITOR] && is_stop(number) ? IGNORED : AS_STARTED;
}

static void learn(int number)
{
    struct trap *t = &traps[number];
    struct sigaction old;

    if (t->known)
        return;
    t->known = true;
    t->ignored_at_start = sigaction(number, NULL, &old) == 0 && old.sa_handler == SIG_IGN;
}

static void apply(int number, enum disposition disposition)
{
    struct trap *t = &traps[number];
    struct sigaction action = {0};

    if (t->now == disposition)
        return;
    learn(number);
    t->now = disposition;
    if (disposition == CAUGHT)
        action.sa_handler = on_signal;
    else if (disposition == IGNORED || t->ignored_at_start)
        action.sa_handler = SIG_IGN;
    else
        action.sa_handler = SIG_DFL;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

void trap_update_all(void)
{
    for (size_t i = 1; i < NAMES; i++)
        apply(names[i].number, wanted(names[i].number));
}

void trap_set(int number, const char *action)
{
    struct trap *t = &traps[number];

    if (number > 0) {
        learn(number);
        if (t->ignored_at_start && !sh.opt[OPT_INTERACTIVE])
            return;
    }
    free(t->action);
    t->action = action ? xstrdup(action) : NULL;
    if (number > 0)
        apply(number, wanted(number));
}

void trap_ignore(int number)
{
    apply(number, IGNORED);
}

void trap_enter_subshell(void)
{
    for (int i = 0; i < TRAP_LIMIT; i++) {
        struct trap *t = &traps[i];

        if (t->action && *t->action)
            t->inherited = true;
        pending[i] = 0;
        if (i > 0 && t->now != AS_STARTED)
            apply(i, wanted(i));
    }
    any_pending = 0;
}

void trap_forget_inherited(void)
{
    for (int i = 0; i < TRAP_LIMIT; i++) {
        if (traps[i].inherited) {
            free(traps[i].action);
            traps[i].action = NULL;
            traps[i].inherited = false;
        }
    }
}

void trap_print(struct buf *out, int number, bool with_default)
{
    const struct trap *t = &traps[number];

    if (!t->action && !with_default)
        return;
    buf_text(out, "trap -- ");
    if (t->action)
        quote_append(out, t->action);
    else
        buf_char(out, '-');
    if (signal_name(number))
        buf_format(out, " %s\n", signal_name(number));
    else
        buf_format(out, " %d\n", number);
}

static void run_action(int number)
{
    struct mark mark = scratch_mark();
    int status = sh.status;

    eval_text(scratch_strdup(traps[number].action), EVAL_AND_GO_ON);
    scratch_release(mark);
    if (sh.skip == SKIP_NONE)
        sh.status = status;
}

void trap_run_pending(void)
{
    while (any_pending) {
        any_pending = 0;
        for (int i = 1; i < TRAP_LIMIT; i++) {
            const char *action = traps[i].inherited ? NULL : traps[i].action;

            if (!pending[i])
                continue;
            pending[i] = 0;
            if (action && *action)
                run_action(i);
            else if (i == SIGINT && sh_prompts())
                sh_abandon(128 + SIGINT);
        }
    }
}

int trap_pending(void)
{
    for (int i = 1; any_pending && i < TRAP_LIMIT; i++) {
        if (pending[i])
            return i;
    }
    return 0;
}

bool trap_is_any_set(void)
{
    for (int i = 0; i < TRAP_LIMIT; i++) {
        if (traps[i].action && *traps[i].action && !traps[i].inherited)
            return true;
    }
    return false;
}

void trap_run_exit(void)
{
    char *action = traps[0].inherited ? NULL : traps[0].action;

    traps[0].action = NULL;
    if (action && *action) {
        sh.skip = SKIP_NONE;
        sh.tested = 0;
        eval_text(action, EVAL_AND_GO_ON);
    }
}

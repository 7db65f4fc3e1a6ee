/* The state of this shell that several files share, its options and its way out. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

enum option {
    OPT_ALLEXPORT,
    OPT_NOTIFY,
    OPT_NOCLOBBER,
    OPT_ERREXIT,
    OPT_NOGLOB,
    OPT_HASHALL,
    OPT_INTERACTIVE,
    OPT_MONITOR,
    OPT_NOEXEC,
    OPT_STDIN,
    OPT_NOUNSET,
    OPT_VERBOSE,
    OPT_XTRACE,
    OPT_IGNOREEOF,
    OPT_NOLOG,
    OPT_PIPEFAIL,
    OPT_COUNT
};

/* What a break, continue, return is on its way out of. */
enum skip { SKIP_NONE, SKIP_BREAK, SKIP_CONTINUE, SKIP_RETURN };

/* The positional parameters; args[0] is $1. Strings and array are one malloc each, or borrowed. */
struct params {
    char **args;
    int count;
    bool owned;
};

struct shell {
    const char *name;   /* $0 */
    const char *script; /* file of commands, for messages; null if there is none */
    struct params params;
    bool opt[OPT_COUNT];
    bool login;
    bool has_prompt;  /* prompt_jump is set */
    bool subshell;    /* a forked copy: no prompt, no job control */
    int status;       /* $? */
    int subst_status; /* of the last command substitution of the current simple command */
    int line;         /* of the command that runs */
    int tested;       /* > 0 while a failure is being tested, so that -e does not apply */
    int loops;        /* loops around the current command, in this function */
    int calls;        /* functions around the current command */
    enum skip skip;
    int skip_loops; /* loops still to leave */
    pid_t pid;      /* $$ */
    pid_t async;    /* $!, 0 if none */
};

extern struct shell sh;

/* Leaves: EXIT trap, then _exit. */
_Noreturn void sh_exit(int status);

/* Replaces the positional parameters by copies of the strings. */
void params_set(char **args, int count);
void params_free(struct params *params);

/* True if the shell prompts: interactive and not a forked copy. */
bool sh_prompts(void);

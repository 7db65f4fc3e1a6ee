/* The table of built-in utilities, and their options. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "builtin.h"
#include "error.h"

bool builtin_failed;

/* Sorted by name. */
static const struct builtin builtins[] = {
    {".", builtin_dot, true, false},
    {":", builtin_colon, true, false},
    {"[", builtin_test, false, false},
    {"alias", builtin_alias, false, false},
    {"bg", builtin_bg, false, false},
    {"break", builtin_break, true, false},
    {"cd", builtin_cd, false, false},
    {"command", builtin_command, false, false},
    {"continue", builtin_break, true, false},
    {"echo", builtin_echo, false, false},
    {"eval", builtin_eval, true, false},
    {"exec", builtin_exec, true, true},
    {"exit", builtin_exit, true, false},
    {"export", builtin_export, true, false},
    {"false", builtin_false, false, false},
    {"fg", builtin_fg, false, false},
    {"getopts", builtin_getopts, false, false},
    {"hash", builtin_hash, false, false},
    {"jobs", builtin_jobs, false, false},
    {"kill", builtin_kill, false, false},
    {"printf", builtin_printf, false, false},
    {"pwd", builtin_pwd, false, false},
    {"read", builtin_read, false, false},
    {"readonly", builtin_export, true, false},
    {"return", builtin_return, true, false},
    {"set", builtin_set, true, false},
    {"shift", builtin_shift, true, false},
    {"test", builtin_test, false, false},
    {"times", builtin_times, true, false},
    {"trap", builtin_trap, true, false},
    {"true", builtin_colon, false, false},
    {"type", builtin_type, false, false},
    {"umask", builtin_umask, false, false},
    {"unalias", builtin_unalias, false, false},
    {"unset", builtin_unset, true, false},
    {"wait", builtin_wait, false, false},
};

static int compare(const void *name, const void *entry)
{
    return strcmp(name, ((const struct builtin *)entry)->name);
}

const struct builtin *builtin_find(const char *name)
{
    return bsearch(name, builtins, sizeof builtins / sizeof *builtins, sizeof *builtins, compare);
}

int builtin_error(const char *format, ...)
{
    char message[300];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    sh_warn("%s", message);
    builtin_failed = true;
    return 2;
}

int next_option(struct option_loop *loop, const char *letters)
{
    const char *arg;
    const char *known;
    char letter;

    if (loop->next == 0)
        loop->next = 1;
    arg = loop->argv[loop->next];
    if (loop->offset == 0) {
        if (!arg || arg[0] != '-' || !arg[1])
            return 0;
        if (strcmp(arg, "--") == 0) {
            loop->next++;
            return 0;
        }
        loop->offset = 1;
    }
    letter = arg[loop->offset++];
    known = letter == ':' ? NULL : strchr(letters, letter);
    if (!known) {
        builtin_error("%s: unknown option -%c", loop->argv[0], letter);
        return '?';
    }
    if (known[1] == ':') {
        loop->argument =
            arg[loop->offset] ? loop->argv[loop->next] + loop->offset : loop->argv[++loop->next];
        loop->offset = 0;
        loop->next += loop->argument != NULL;
        if (!loop->argument) {
            builtin_error("%s: option -%c needs an argument", loop->argv[0], letter);
            return '?';
        }
    } else if (!arg[loop->offset]) {
        loop->offset = 0;
        loop->next++;
    }
    return letter;
}

int parse_number(const char *text)
{
    if (!*text || text[strspn(text, "0123456789")] || strlen(text) > 9)
        return -1;
    return atoi(text);
}

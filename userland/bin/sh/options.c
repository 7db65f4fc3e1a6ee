/* Options: one table of letter and name for each. */
#include <string.h>

#include "builtin.h"
#include "jobs.h"
#include "options.h"
#include "shell.h"
#include "trap.h"

/* In the order of enum option. A blank letter: it has only a name. */
static const struct {
    char letter;
    const char *name; /* null: only on the command line */
} options[OPT_COUNT] = {
    {'a', "allexport"}, {'b', "notify"},    {'C', "noclobber"}, {'e', "errexit"},
    {'f', "noglob"},    {'h', "hashall"},   {'i', NULL},        {'m', "monitor"},
    {'n', "noexec"},    {'s', NULL},        {'u', "nounset"},   {'v', "verbose"},
    {'x', "xtrace"},    {' ', "ignoreeof"}, {' ', "nolog"},     {' ', "pipefail"},
};

static void set_option(int option, bool on)
{
    if (option == OPT_NOEXEC && sh.opt[OPT_INTERACTIVE])
        return;
    sh.opt[option] = on;
    if (option == OPT_MONITOR && sh.pid)
        jobs_control(on);
}

static bool set_by_name(const char *name, bool on)
{
    for (int i = 0; i < OPT_COUNT; i++) {
        if (options[i].name && strcmp(options[i].name, name) == 0) {
            set_option(i, on);
            return true;
        }
    }
    builtin_error("unknown option -o %s", name);
    return false;
}

static bool set_by_letter(char letter, bool on, bool *command)
{
    if (command && letter == 'c') {
        *command = true;
        return true;
    }
    if (command && letter == 'l') {
        sh.login = true;
        return true;
    }
    for (int i = 0; i < OPT_COUNT; i++) {
        if (letter != ' ' && options[i].letter == letter && (options[i].name || command)) {
            set_option(i, on);
            return true;
        }
    }
    builtin_error("unknown option %c%c", on ? '-' : '+', letter);
    return false;
}

int options_parse(int argc, char **argv, bool *command)
{
    int i = 1;

    for (; i < argc && (argv[i][0] == '-' || argv[i][0] == '+') && argv[i][1]; i++) {
        bool on = argv[i][0] == '-';
        const char *letters = argv[i] + 1;

        if (strcmp(argv[i], "--") == 0)
            return i + 1;
        for (; *letters; letters++) {
            if (*letters == 'o' && i + 1 < argc) {
                if (!set_by_name(argv[++i], on))
                    return -1;
            } else if (!set_by_letter(*letters, on, command)) {
                return -1;
            }
        }
    }
    return i;
}

char *options_letters(void)
{
    struct buf out = {0};

    for (int i = 0; i < OPT_COUNT; i++) {
        if (sh.opt[i] && options[i].letter != ' ')
            buf_char(&out, options[i].letter);
    }
    buf_bytes(&out, "", 0);
    return out.data;
}

void options_print(struct buf *out, bool as_commands)
{
    for (int i = 0; i < OPT_COUNT; i++) {
        if (!options[i].name)
            continue;
        if (as_commands)
            buf_format(out, "set %co %s\n", sh.opt[i] ? '-' : '+', options[i].name);
        else
            buf_format(out, "%-15s %s\n", options[i].name, sh.opt[i] ? "on" : "off");
    }
}

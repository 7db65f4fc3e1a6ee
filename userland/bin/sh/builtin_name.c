/* Built-ins for names of commands: alias unalias command type hash. */
#include <string.h>

#include "alias.h"
#include "builtin.h"
#include "error.h"
#include "eval.h"
#include "exec.h"
#include "func.h"
#include "out.h"
#include "parse.h"
#include "quote.h"

int builtin_alias(int argc, char **argv)
{
    struct buf out = {0};
    int first = argc > 1 && strcmp(argv[1], "--") == 0 ? 2 : 1;
    int status = 0;

    if (argc <= first)
        alias_print_all(&out);
    for (int i = first; i < argc; i++) {
        const char *equals = argv[i][0] ? strchr(argv[i] + 1, '=') : NULL;
        const struct alias *alias;

        if (equals) {
            alias_set(scratch_strndup(argv[i], (size_t)(equals - argv[i])), equals + 1);
        } else if ((alias = alias_find(argv[i])) != NULL) {
            alias_print(&out, alias);
        } else {
            sh_warn("alias: %s: not found", argv[i]);
            status = 1;
        }
    }
    return out_flush(argv[0], &out) | status;
}

int builtin_unalias(int argc, char **argv)
{
    struct option_loop options = {.argv = argv};
    int letter = next_option(&options, "a");
    int status = 0;

    if (letter == '?')
        return 2;
    if (letter == 'a')
        alias_unset_all();
    else if (options.next >= argc)
        return builtin_error("unalias: a name is missing");
    for (int i = options.next; i < argc; i++) {
        if (!alias_unset(argv[i])) {
            sh_warn("unalias: %s: not found", argv[i]);
            status = 1;
        }
    }
    return status;
}

/* command -v: what would run, in a form that the shell takes back. False if nothing would. */
static bool show_short(struct buf *out, const char *name, const char *search_path)
{
    const struct alias *alias = alias_find(name);
    const char *path;

    if (alias) {
        buf_text(out, "alias ");
        alias_print(out, alias);
        return true;
    }
    if (is_reserved(name) || func_find(name) || builtin_find(name)) {
        buf_format(out, "%s\n", name);
        return true;
    }
    path = exec_find(name, search_path);
    if (!path || !exec_is_program(path))
        return false;
    buf_format(out, "%s\n", path);
    return true;
}

/* type and command -V: the same in words. */
static bool show_long(struct buf *out, const char *name, const char *search_path)
{
    const struct alias *alias = alias_find(name);
    const struct builtin *builtin = builtin_find(name);
    const char *path;

    if (alias)
        buf_format(out, "%s is an alias for %s\n", name, alias->value);
    else if (is_reserved(name))
        buf_format(out, "%s is a shell keyword\n", name);
    else if (builtin && builtin->special)
        buf_format(out, "%s is a special shell builtin\n", name);
    else if (func_find(name))
        buf_format(out, "%s is a shell function\n", name);
    else if (builtin)
        buf_format(out, "%s is a shell builtin\n", name);
    else if ((path = exec_find(name, search_path)) != NULL && exec_is_program(path))
        buf_format(out, "%s is %s\n", name, path);
    else
        return false;
    return true;
}

static int show_all(char **names, bool in_words, const char *search_path)
{
    struct buf out = {0};
    int status = 0;

    for (; *names; names++) {
        if (in_words ? show_long(&out, *names, search_path) : show_short(&out, *names, search_path))
            continue;
        if (in_words)
            sh_warn("%s: not found", *names);
        status = 127;
    }
    return out_flush("command", &out) | status;
}

int builtin_type(int argc, char **argv)
{
    int first = argc > 1 && strcmp(argv[1], "--") == 0 ? 2 : 1;

    return show_all(argv + first, true, NULL);
}

/* With options; `command name` alone is handled where simple commands run. */
int builtin_command(int argc, char **argv)
{
    struct option_loop options = {.argv = argv};
    const struct builtin *builtin;
    const char *search_path = NULL;
    char show = 0;
    int letter;

    while ((letter = next_option(&options, "pvV")) != 0) {
        if (letter == '?')
            return 2;
        if (letter == 'p')
            search_path = DEFAULT_PATH;
        else
            show = (char)letter;
    }
    argv += options.next;
    if (argc == options.next)
        return 0;
    if (show)
        return show_all(argv, show == 'V', search_path);
    builtin = builtin_find(argv[0]);
    if (builtin)
        return builtin->run(argc - options.next, argv);
    return eval_program(argv, search_path);
}

int builtin_hash(int argc, char **argv)
{
    struct option_loop options = {.argv = argv};
    int letter = next_option(&options, "r");
    struct buf out = {0};
    int status = 0;

    if (letter == '?')
        return 2;
    if (letter == 'r')
        exec_forget_paths();
    else if (options.next >= argc)
        exec_print_paths(&out);
    for (int i = options.next; i < argc; i++) {
        if (!func_find(argv[i]) && !builtin_find(argv[i]) && !exec_find(argv[i], NULL)) {
            sh_warn("hash: %s: not found", argv[i]);
            status = 1;
        }
    }
    return out_flush(argv[0], &out) | status;
}

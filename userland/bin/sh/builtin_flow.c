/* Built-ins that change what runs next: : break continue . eval exec exit return false times trap.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/times.h>
#include <unistd.h>

#include "builtin.h"
#include "error.h"
#include "eval.h"
#include "exec.h"
#include "out.h"
#include "redir.h"
#include "shell.h"
#include "trap.h"

int builtin_colon(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

int builtin_false(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return 1;
}

/* The operand as a number from the minimum up, or the default; -1 after a message. */
static int operand(int argc, char **argv, int minimum, int missing)
{
    int first = argc > 1 && strcmp(argv[1], "--") == 0 ? 2 : 1;
    int number;

    if (argc <= first)
        return missing;
    number = parse_number(argv[first]);
    if (number < minimum) {
        builtin_error("%s: bad number: %s", argv[0], argv[first]);
        return -1;
    }
    return number;
}

/* break and continue */
int builtin_break(int argc, char **argv)
{
    int levels = operand(argc, argv, 1, 1);

    if (levels < 0)
        return 2;
    if (sh.loops == 0)
        return 0;
    sh.skip = argv[0][0] == 'b' ? SKIP_BREAK : SKIP_CONTINUE;
    sh.skip_loops = levels > sh.loops ? sh.loops : levels;
    return 0;
}

int builtin_return(int argc, char **argv)
{
    int status = operand(argc, argv, 0, sh.status);

    if (status < 0)
        return 2;
    sh.skip = SKIP_RETURN;
    return status & 0xff;
}

int builtin_exit(int argc, char **argv)
{
    int status = operand(argc, argv, 0, sh.status);

    if (status < 0)
        return 2;
    sh_exit(status & 0xff);
}

int builtin_eval(int argc, char **argv)
{
    struct buf text = {0};
    int first = argc > 1 && strcmp(argv[1], "--") == 0 ? 2 : 1;

    for (int i = first; i < argc; i++) {
        if (i > first)
            buf_char(&text, ' ');
        buf_text(&text, argv[i]);
    }
    return eval_text(buf_string(&text), EVAL_AND_GO_ON);
}

/* A name without a slash is searched in $PATH; it need not be executable (XCU dot). */
static int open_script(const char *name)
{
    const char *path = exec_find(name, NULL);
    int fd = path ? open(path, O_RDONLY) : -1;

    if (!path)
        errno = ENOENT;
    return fd < 0 ? fd : redir_move_up(fd);
}

int builtin_dot(int argc, char **argv)
{
    struct option_loop options = {.argv = argv};
    struct input in;
    const char *script = sh.script;
    int line = sh.line;
    int fd, status;

    if (next_option(&options, "") == '?')
        return 2;
    if (options.next >= argc)
        return builtin_error(".: a file name is missing");
    fd = open_script(argv[options.next]);
    if (fd < 0)
        return builtin_error(".: cannot open %s: %s", argv[options.next], strerror(errno));
    input_open(&in, INPUT_FILE, fd);
    sh.script = argv[options.next];
    status = eval_input(&in, EVAL_AND_GO_ON);
    if (sh.skip == SKIP_RETURN) {
        sh.skip = SKIP_NONE;
        status = sh.status;
    }
    sh.script = script;
    sh.line = line;
    input_close(&in);
    return status;
}

int builtin_exec(int argc, char **argv)
{
    int first = argc > 1 && strcmp(argv[1], "--") == 0 ? 2 : 1;
    const char *path;

    if (argc <= first)
        return 0;
    path = exec_find(argv[first], NULL);
    if (!path) {
        sh_warn("exec: %s: not found", argv[first]);
        builtin_failed = true;
        return 127;
    }
    exec_run(path, argv + first);
}

static void print_time(struct buf *out, clock_t ticks, char after)
{
    long hertz = sysconf(_SC_CLK_TCK);
    long seconds = (long)ticks / hertz;
    long fraction = (long)ticks % hertz * 100 / hertz;

    buf_format(out, "%ldm%ld.%02lds%c", seconds / 60, seconds % 60, fraction, after);
}

int builtin_times(int argc, char **argv)
{
    struct buf out = {0};
    struct tms t;

    (void)argc;
    if (times(&t) == (clock_t)-1)
        return builtin_error("times: %s", strerror(errno));
    print_time(&out, t.tms_utime, ' ');
    print_time(&out, t.tms_stime, '\n');
    print_time(&out, t.tms_cutime, ' ');
    print_time(&out, t.tms_cstime, '\n');
    return out_flush(argv[0], &out);
}

static int print_traps(char **conditions, bool with_default)
{
    struct buf out = {0};
    int status = 0;

    for (int i = 0; !*conditions && i < TRAP_LIMIT; i++)
        trap_print(&out, i, with_default && signal_name(i));
    for (; *conditions; conditions++) {
        int number = signal_number(*conditions);

        if (number >= 0)
            trap_print(&out, number, true);
        else
            status = builtin_error("trap: %s: no such condition", *conditions);
    }
    return out_flush("trap", &out) | status;
}

int builtin_trap(int argc, char **argv)
{
    struct option_loop options = {.argv = argv};
    int letter = next_option(&options, "p");
    int first = options.next;
    const char *action = NULL;
    int status = 0;

    if (letter == '?')
        return 2;
    if (letter == 'p' || first >= argc)
        return print_traps(argv + first, letter == 'p');
    trap_forget_inherited();
    /* A number in the place of the action, or no conditions: reset all of them. */
    if (parse_number(argv[first]) < 0 && argc > first + 1)
        action = argv[first++];
    if (action && strcmp(action, "-") == 0)
        action = NULL;
    for (; first < argc; first++) {
        int number = signal_number(argv[first]);

        if (number < 0) {
            sh_warn("trap: %s: no such condition", argv[first]);
            status = 1;
        } else {
            trap_set(number, action);
        }
    }
    return status;
}

/*
 * xargs: construct argument lists and invoke utility.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/xargs.html
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util.h"

extern char **environ;

/* What the environment and 2,048 spare bytes leave of ARG_MAX, and no more than is useful. */
enum { SPARE = 2048, USEFUL = 131072 };

static const char *eof_string;
static const char *replace; /* -I */
static bool by_nul;
static bool exit_if_large;
static bool prompting;
static bool tracing;
static bool not_if_empty;
static uintmax_t max_lines;
static uintmax_t max_arguments;
static size_t max_size;

static char **command; /* the utility and its initial arguments, then the list */
static size_t initial;
static size_t count;
static size_t size; /* bytes of the command line so far, NULs included */
static int status;

/* One item of the input; `ends_line` says that a newline, not preceded by a blank, came behind. */
struct item {
    char *text;
    size_t length;
    bool ends_line;
};

static void append(struct item *item, int c)
{
    item->text = xgrow(item->text, item->length, 1);
    item->text[item->length++] = (char)c;
}

static bool is_blank(int c)
{
    return c == ' ' || c == '\t';
}

/* Skips what separates items; the first byte of the next, or EOF. */
static int skip_separators(void)
{
    int c;
    do
        c = getchar();
    while (is_blank(c) || (c == '\n'));
    return c;
}

/* Everything up to the closing quote, which must be on the same line. */
static void read_quoted(struct item *item, int quote)
{
    int c;
    while ((c = getchar()) != quote) {
        if (c == EOF || c == '\n')
            diex("unmatched %s quote", quote == '"' ? "double" : "single");
        append(item, c);
    }
}

static bool read_nul_item(struct item *item)
{
    int c = getchar();
    if (c == EOF)
        return false;
    for (; c != '\0' && c != EOF; c = getchar())
        append(item, c);
    append(item, '\0');
    item->ends_line = true;
    return true;
}

/* With -I an item is a whole line without its leading blanks; quotes and backslashes still work. */
static bool read_item(struct item *item)
{
    *item = (struct item){0};
    if (by_nul)
        return read_nul_item(item);
    int c = skip_separators();
    if (c == EOF)
        return false;
    for (; c != EOF && c != '\n' && (replace != NULL || !is_blank(c)); c = getchar()) {
        if (c == '"' || c == '\'')
            read_quoted(item, c);
        else if (c == '\\' && (c = getchar()) == EOF)
            break;
        else
            append(item, c);
    }
    append(item, '\0');
    item->ends_line = c == '\n';
    return eof_string == NULL || strcmp(item->text, eof_string) != 0;
}

/* -p: the question is asked of the terminal, as standard input holds the items. */
static bool confirmed(void)
{
    FILE *terminal = fopen("/dev/tty", "r");
    if (terminal == NULL)
        die("/dev/tty");
    fputs("?...", stderr);
    int first = getc(terminal);
    for (int c = first; c != '\n' && c != EOF;)
        c = getc(terminal);
    fclose(terminal);
    return first == 'y' || first == 'Y';
}

static void finish(int wait_status)
{
    if (WIFSIGNALED(wait_status))
        diex("%s: ended by signal %d", command[0], WTERMSIG(wait_status));
    int result = WEXITSTATUS(wait_status);
    if (result == 126 || result == 127)
        exit(result);
    if (result == 255) {
        warnx("%s: exited with status 255", command[0]);
        exit(124);
    }
    if (result != 0)
        status = 123;
}

static void run(char **arguments)
{
    if (tracing || prompting) {
        for (char **word = arguments; *word != NULL; word++)
            fprintf(stderr, "%s%s", word == arguments ? "" : " ", *word);
        if (!prompting)
            fputc('\n', stderr);
        else if (!confirmed())
            return;
    }
    fflush(stdout);
    pid_t child = fork();
    if (child < 0)
        die("cannot start a process");
    if (child == 0) {
        /* The items are not for the utility to read. */
        int nothing = open("/dev/null", O_RDONLY);
        if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0)
            die("/dev/null");
        execvp(command[0], arguments);
        int result = errno == ENOENT ? 127 : 126;
        warn("%s", arguments[0]);
        _exit(result);
    }
    int wait_status;
    while (waitpid(child, &wait_status, 0) < 0)
        if (errno != EINTR)
            die("cannot wait");
    finish(wait_status);
}

static void run_batch(void)
{
    command[count] = NULL;
    run(command);
    for (size_t i = initial; i < count; i++) {
        size -= strlen(command[i]) + 1;
        free(command[i]);
    }
    count = initial;
}

static void add(char *text)
{
    command[count++] = text;
    command = xgrow(command, count, sizeof *command);
    size += strlen(text) + 1;
}

/* The argument with each replacement string replaced. */
static char *substitute(const char *argument, const char *text)
{
    size_t step = strlen(replace);
    size_t length = strlen(text);
    char *result = NULL;
    size_t used = 0;
    while (*argument != '\0') {
        bool here = strncmp(argument, replace, step) == 0;
        const char *from = here ? text : argument;
        for (size_t i = 0; i < (here ? length : 1); i++) {
            result = xgrow(result, used, 1);
            result[used++] = from[i];
        }
        argument += here ? step : 1;
    }
    result = xgrow(result, used, 1);
    result[used] = '\0';
    return result;
}

static void run_replaced(const char *text)
{
    char **arguments = xrealloc(NULL, initial + 1, sizeof *arguments);
    size_t total = 0;
    for (size_t i = 0; i < initial; i++) {
        arguments[i] = i == 0 ? xstrdup(command[0]) : substitute(command[i], text);
        total += strlen(arguments[i]) + 1;
    }
    arguments[initial] = NULL;
    if (total > max_size)
        diex("argument list too long");
    run(arguments);
    for (size_t i = 0; i < initial; i++)
        free(arguments[i]);
    free(arguments);
}

static void collect(void)
{
    struct item item;
    uintmax_t lines = 0;
    bool any = false;
    while (read_item(&item)) {
        any = true;
        if (replace != NULL) {
            run_replaced(item.text);
            free(item.text);
            continue;
        }
        if (size + item.length > max_size) {
            if (count == initial || exit_if_large)
                diex("argument list too long");
            run_batch();
        }
        add(item.text);
        lines += item.ends_line;
        if ((max_arguments > 0 && count - initial >= max_arguments) ||
            (max_lines > 0 && lines >= max_lines)) {
            run_batch();
            lines = 0;
        }
    }
    bool nothing = !any && !not_if_empty && replace == NULL;
    if (count > initial || nothing)
        run_batch();
}

static size_t default_size(void)
{
    long limit = sysconf(_SC_ARG_MAX);
    size_t environment = 0;
    for (char **entry = environ; *entry != NULL; entry++)
        environment += strlen(*entry) + 1 + sizeof *entry;
    if (limit <= 0)
        return USEFUL;
    size_t taken = environment + SPARE;
    size_t left = (size_t)limit > taken ? (size_t)limit - taken : SPARE;
    return left < USEFUL ? left : USEFUL;
}

static uintmax_t positive(const char *text)
{
    uintmax_t value;
    if (!parse_number(text, INT32_MAX, &value) || value == 0)
        diex("%s: not a positive number", text);
    return value;
}

static void parse_options(int argc, char *argv[])
{
    int option;
    while ((option = getopt(argc, argv, "0E:I:L:n:prs:tx")) != -1) {
        switch (option) {
        case '0':
            by_nul = true;
            break;
        case 'E':
            eof_string = *optarg != '\0' ? optarg : NULL;
            break;
        case 'I':
            replace = optarg;
            max_lines = max_arguments = 0;
            break;
        case 'L': /* of -I, -L and -n the last one counts */
            max_lines = positive(optarg);
            max_arguments = 0;
            replace = NULL;
            break;
        case 'n':
            max_arguments = positive(optarg);
            max_lines = 0;
            replace = NULL;
            break;
        case 'p':
            prompting = true;
            break;
        case 'r':
            not_if_empty = true;
            break;
        case 's':
            max_size = positive(optarg) < max_size ? (size_t)positive(optarg) : max_size;
            break;
        case 't':
            tracing = true;
            break;
        case 'x':
            exit_if_large = true;
            break;
        default:
            usage();
        }
    }
    if (replace != NULL && *replace == '\0')
        diex("-I needs a replacement string");
    exit_if_large |= replace != NULL || max_lines > 0;
}

int main(int argc, char *argv[])
{
    util_start(argv,
               "xargs [-prtx] [-E eofstr|-0] [-I replstr|-L number|-n number] [-s size]\n"
               "      [utility [argument ...]]",
               1);
    static char echo[] = "echo";
    static char *echo_command[] = {echo, NULL};
    max_size = default_size();
    parse_options(argc, argv);
    char **words = optind < argc ? argv + optind : echo_command;
    command = xgrow(NULL, 0, sizeof *command);
    for (; *words != NULL; words++)
        add(*words);
    initial = count;
    collect();
    if (!input_close(stdin, "standard input"))
        status = 1;
    return status;
}

/* message.c: the program's name, its diagnostics and its end. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"

static const char *program = "?";
static const char *program_synopsis = "";
static int failure_status = 1;

void util_start(char *const argv[], const char *synopsis, int failure)
{
    if (argv[0] != NULL)
        program = path_last(argv[0]);
    program_synopsis = synopsis;
    failure_status = failure;
}

int util_end(int status)
{
    /* A reader may have seen an earlier write fail without looking: ferror() remembers. */
    bool failed = ferror(stdout) != 0;
    if (fflush(stdout) != 0 || failed) {
        warn("standard output");
        return failure_status;
    }
    return status;
}

void usage(void)
{
    const char *lead = "usage: ";
    for (const char *line = program_synopsis; line != NULL; lead = "       ") {
        const char *end = strchr(line, '\n');
        int length = end ? (int)(end - line) : (int)strlen(line);
        fprintf(stderr, "%s%.*s\n", lead, length, line);
        line = end ? end + 1 : NULL;
    }
    exit(failure_status);
}

static void report(const char *reason, const char *format, va_list arguments)
{
    fflush(stdout); /* what was printed before the error comes before it */
    fprintf(stderr, "%s: ", program);
    vfprintf(stderr, format, arguments);
    if (reason != NULL)
        fprintf(stderr, ": %s", reason);
    fputc('\n', stderr);
}

void warn(const char *format, ...)
{
    const char *reason = strerror(errno);
    va_list arguments;
    va_start(arguments, format);
    report(reason, format, arguments);
    va_end(arguments);
}

void warnx(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report(NULL, format, arguments);
    va_end(arguments);
}

void die(const char *format, ...)
{
    const char *reason = strerror(errno);
    va_list arguments;
    va_start(arguments, format);
    report(reason, format, arguments);
    va_end(arguments);
    exit(failure_status);
}

void diex(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report(NULL, format, arguments);
    va_end(arguments);
    exit(failure_status);
}

bool ask(const char *format, ...)
{
    fflush(stdout);
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s: ", program);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputs("? ", stderr);
    int first = getchar();
    for (int c = first; c != '\n' && c != EOF;)
        c = getchar();
    return first == 'y' || first == 'Y';
}

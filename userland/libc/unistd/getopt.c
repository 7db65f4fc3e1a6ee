/* getopt (POSIX.1-2024 XSH getopt, XBD 12.2): stops at the first operand. */
#include <unistd.h>
#include <stdio.h>
#include <string.h>

char *optarg;
int optind = 1, opterr = 1, optopt;

static int complain(const char *program, const char *text, const char *options)
{
    int quiet = *options == ':';
    if (opterr && !quiet)
        fprintf(stderr, "%s: %s -- %c\n", program, text, optopt);
    return quiet;
}

int getopt(int argc, char *const argv[], const char *options)
{
    static int at = 1; /* in argv[optind] */
    static int index;  /* the optind that `at` belongs to: a caller may start again at 1 or 0 */
    if (optind == 0)
        optind = 1;
    if (index != optind) {
        index = optind;
        at = 1;
    }
    char *argument = optind < argc ? argv[optind] : NULL;
    optarg = NULL;
    if (argument == NULL || argument[0] != '-' || argument[1] == '\0')
        return -1;
    if (strcmp(argument, "--") == 0) {
        index = ++optind;
        return -1;
    }
    optopt = (unsigned char)argument[at++];
    const char *found = optopt != ':' ? strchr(options, optopt) : NULL;
    int last = argument[at] == '\0';
    if (last || (found != NULL && found[1] == ':')) {
        index = ++optind;
        if (!last)
            optarg = argument + at;
        at = 1;
    }
    if (found == NULL) {
        complain(argv[0], "unknown option", options);
        return '?';
    }
    if (found[1] == ':' && optarg == NULL) {
        if (optind >= argc)
            return complain(argv[0], "option needs an argument", options) ? ':' : '?';
        optarg = argv[optind];
        index = ++optind;
    }
    return optopt;
}

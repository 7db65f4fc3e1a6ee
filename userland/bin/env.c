/*
 * env: set the environment for command invocation.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/env.html
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util.h"

extern char **environ;

int main(int argc, char *argv[])
{
    util_start(argv, "env [-i] [name=value]... [utility [argument...]]", 125);
    static char *empty[] = {NULL};
    int option;
    while ((option = getopt(argc, argv, "i")) != -1) {
        if (option == '?')
            usage();
        environ = empty;
    }
    char **operand = argv + optind;
    for (; *operand != NULL && strchr(*operand, '=') != NULL; operand++) {
        /* putenv() takes the operand itself, which lives as long as the environment does. */
        if (**operand == '=' || putenv(*operand) != 0)
            diex("%s: cannot be set", *operand);
    }
    if (*operand != NULL) {
        execvp(*operand, operand);
        int status = errno == ENOENT ? 127 : 126;
        warn("%s", *operand);
        return status;
    }
    for (char **entry = environ; *entry != NULL; entry++)
        puts(*entry);
    return util_end(0);
}

/*
 * basename: return non-directory portion of a pathname.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/basename.html
 */
#include <string.h>
#include <unistd.h>

#include "util.h"

/* Steps 2 to 6 of the standard: trailing slashes, prefix, suffix; in place. */
static const char *base(char *path, const char *suffix)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        path[--length] = '\0';
    const char *name = path_last(path);
    length = strlen(name);
    size_t cut = strlen(suffix);
    if (cut < length && strcmp(name + length - cut, suffix) == 0)
        path[(size_t)(name - path) + length - cut] = '\0';
    return name;
}

int main(int argc, char *argv[])
{
    util_start(argv, "basename string [suffix]", 1);
    if (getopt(argc, argv, "") != -1)
        usage();
    int operands = argc - optind;
    if (operands < 1 || operands > 2)
        usage();
    puts(base(argv[optind], operands == 2 ? argv[optind + 1] : ""));
    return util_end(0);
}

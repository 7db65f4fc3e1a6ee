/*
 * dirname: return the directory portion of a pathname.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/dirname.html
 */
#include <string.h>
#include <unistd.h>

#include "util.h"

/* The steps of the standard, in place; "" and a name without slash are in ".". */
static const char *directory(char *path)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    while (length > 0 && path[length - 1] != '/')
        length--;
    if (length == 0)
        return ".";
    while (length > 1 && path[length - 1] == '/')
        length--;
    path[length] = '\0';
    return path;
}

int main(int argc, char *argv[])
{
    util_start(argv, "dirname string", 1);
    if (getopt(argc, argv, "") != -1 || argc - optind != 1)
        usage();
    puts(directory(argv[optind]));
    return util_end(0);
}

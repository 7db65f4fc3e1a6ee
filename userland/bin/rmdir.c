/*
 * rmdir: remove directories.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/rmdir.html
 */
#include <string.h>
#include <unistd.h>

#include "util.h"

/* Removes the directory and, with -p, each prefix of the path that was given. */
static bool remove_path(char *path, bool parents)
{
    for (;;) {
        if (rmdir(path) != 0) {
            warn("%s", path);
            return false;
        }
        size_t length = strlen(path);
        while (length > 0 && path[length - 1] == '/')
            length--;
        while (length > 0 && path[length - 1] != '/')
            length--;
        while (length > 0 && path[length - 1] == '/')
            length--;
        if (!parents || length == 0)
            return true;
        path[length] = '\0';
    }
}

int main(int argc, char *argv[])
{
    util_start(argv, "rmdir [-p] dir ...", 1);
    bool parents = false;
    int option;
    while ((option = getopt(argc, argv, "p")) != -1) {
        if (option == '?')
            usage();
        parents = true;
    }
    if (optind == argc)
        usage();
    int status = 0;
    for (int i = optind; i < argc; i++)
        if (!remove_path(argv[i], parents))
            status = 1;
    return status;
}

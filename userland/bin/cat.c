/*
 * cat: concatenate files.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/cat.html
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "util.h"

/* Copies unbuffered, so -u has nothing left to do. */
static bool copy(int fd, const char *name)
{
    static char buffer[65536];
    ssize_t size;
    while ((size = read(fd, buffer, sizeof buffer)) != 0) {
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0) {
            warn("%s", name);
            return false;
        }
        if (!write_all(STDOUT_FILENO, buffer, (size_t)size))
            die("standard output");
    }
    return true;
}

static bool cat(const char *name)
{
    if (strcmp(name, "-") == 0)
        return copy(STDIN_FILENO, name);
    int fd = open(name, O_RDONLY);
    if (fd < 0) {
        warn("%s", name);
        return false;
    }
    bool good = copy(fd, name);
    close(fd);
    return good;
}

int main(int argc, char *argv[])
{
    util_start(argv, "cat [-u] [file ...]", 1);
    int option;
    while ((option = getopt(argc, argv, "u")) != -1)
        if (option != 'u')
            usage();
    if (optind == argc)
        return !cat("-");
    int status = 0;
    for (int i = optind; i < argc; i++)
        if (!cat(argv[i]))
            status = 1;
    return status;
}

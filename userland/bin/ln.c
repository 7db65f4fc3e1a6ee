/*
 * ln: link files.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/ln.html
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util.h"

static bool force;
static bool symbolic;
static int follow; /* linkat()'s flag: link to what a symbolic link names, or to itself */

/* Makes room for the link; never by removing the only name of the file to be linked. */
static bool make_room(const char *from, const char *to)
{
    struct stat source;
    struct stat target;
    if (lstat(to, &target) != 0)
        return true;
    if (!force) {
        errno = EEXIST;
        warn("%s", to);
        return false;
    }
    if ((symbolic ? lstat : stat)(from, &source) == 0 && source.st_dev == target.st_dev &&
        source.st_ino == target.st_ino) {
        warnx("%s and %s are the same file", from, to);
        return false;
    }
    if (unlink(to) != 0) {
        warn("%s", to);
        return false;
    }
    return true;
}

static bool link_file(const char *from, const char *to)
{
    struct stat st;
    if (!symbolic && (follow ? stat : lstat)(from, &st) != 0) {
        warn("%s", from);
        return false;
    }
    if (!make_room(from, to))
        return false;
    int result = symbolic ? symlink(from, to) : linkat(AT_FDCWD, from, AT_FDCWD, to, follow);
    if (result != 0)
        warn("%s to %s", to, from);
    return result == 0;
}

static bool link_into(const char *from, const char *directory)
{
    char *to = path_into(directory, from);
    bool good = link_file(from, to);
    free(to);
    return good;
}

int main(int argc, char *argv[])
{
    util_start(argv,
               "ln [-fs] [-L|-P] source_file target_file\n"
               "ln [-fs] [-L|-P] source_file ... target_dir",
               1);
    int option;
    while ((option = getopt(argc, argv, "LPfs")) != -1) {
        if (option == 'f')
            force = true;
        else if (option == 's')
            symbolic = true;
        else if (option == 'L' || option == 'P')
            follow = option == 'L' ? AT_SYMLINK_FOLLOW : 0;
        else
            usage();
    }
    int count = argc - optind;
    if (count < 2)
        usage();
    const char *target = argv[argc - 1];
    if (!is_directory(target)) {
        if (count == 2)
            return !link_file(argv[optind], target);
        errno = ENOTDIR;
        die("%s", target);
    }
    int status = 0;
    for (int i = optind; i < argc - 1; i++)
        if (!link_into(argv[i], target))
            status = 1;
    return status;
}

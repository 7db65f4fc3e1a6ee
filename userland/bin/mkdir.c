/*
 * mkdir: make directories.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/mkdir.html
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mode.h"
#include "util.h"

/* Makes the directories above the last component: umask's mode, and always u+wx. */
static bool make_parents(char *path, mode_t mask)
{
    for (char *slash = path + strspn(path, "/"); (slash = strchr(slash, '/')) != NULL;) {
        char *next = slash + strspn(slash, "/");
        if (*next == '\0')
            return true;
        *slash = '\0';
        bool made = mkdir(path, 0777) == 0;
        int error = errno;
        if (made && (mask & 0300) != 0)
            made = chmod(path, (0777 & (mode_t)~mask) | 0300) == 0;
        errno = error;
        if (!made && !is_directory(path)) {
            warn("%s", path);
            return false;
        }
        *slash = '/';
        slash = next;
    }
    return true;
}

static bool make(char *path, const char *mode_argument, bool parents, mode_t mask)
{
    mode_t mode = 0777;
    if (parents && !make_parents(path, mask))
        return false;
    if (mode_argument != NULL)
        mode_apply(mode_argument, S_IFDIR | 0777, mask, &mode);
    if (mkdir(path, mode & 0777) != 0) {
        int error = errno;
        if (parents && error == EEXIST && is_directory(path))
            return true;
        errno = error;
        warn("%s", path);
        return false;
    }
    if (mode_argument != NULL && chmod(path, mode & 07777) != 0) {
        warn("%s", path);
        return false;
    }
    return true;
}

int main(int argc, char *argv[])
{
    util_start(argv, "mkdir [-p] [-m mode] dir ...", 1);
    const char *mode = NULL;
    bool parents = false;
    mode_t parsed;
    int option;
    while ((option = getopt(argc, argv, "pm:")) != -1) {
        if (option == 'p')
            parents = true;
        else if (option == 'm')
            mode = optarg;
        else
            usage();
    }
    if (optind == argc)
        usage();
    mode_t mask = umask(0);
    umask(mask);
    if (mode != NULL && !mode_apply(mode, S_IFDIR | 0777, mask, &parsed))
        diex("%s: not a mode", mode);
    int status = 0;
    for (int i = optind; i < argc; i++)
        if (!make(argv[i], mode, parents, mask))
            status = 1;
    return status;
}

/*
 * mv: move files.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/mv.html
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tree.h"
#include "util.h"

static bool force;
static bool interactive;

/* To another file system: copy all of it with its attributes, then remove the source. */
static bool move_across(const char *from, const char *to)
{
    static const struct copy_rules copy = {.recursive = true, .preserve = true, .follow = 'P'};
    static const struct remove_rules removal = {.recursive = true, .force = true};
    struct stat st;
    if (lstat(to, &st) == 0 && (S_ISDIR(st.st_mode) ? rmdir(to) : unlink(to)) != 0) {
        warn("%s", to);
        return false;
    }
    return tree_copy(from, to, &copy) && tree_remove(from, &removal);
}

static bool may_replace(const char *to)
{
    if (interactive)
        return ask("replace %s", to);
    if (force || access(to, W_OK) == 0 || !isatty(STDIN_FILENO))
        return true;
    return ask("replace write-protected %s", to);
}

static bool move(const char *from, const char *to)
{
    struct stat source;
    struct stat target;
    if (lstat(from, &source) != 0) {
        warn("%s", from);
        return false;
    }
    if (lstat(to, &target) == 0) {
        if (source.st_dev == target.st_dev && source.st_ino == target.st_ino) {
            warnx("%s and %s are the same file", from, to);
            return false;
        }
        if (!S_ISLNK(target.st_mode) && !may_replace(to))
            return true;
    }
    if (rename(from, to) == 0)
        return true;
    if (errno == EXDEV)
        return move_across(from, to);
    warn("%s to %s", from, to);
    return false;
}

static bool move_into(const char *from, const char *directory)
{
    char *to = path_into(directory, from);
    bool good = move(from, to);
    free(to);
    return good;
}

int main(int argc, char *argv[])
{
    util_start(argv, "mv [-if] source_file target_file\nmv [-if] source_file ... target_dir", 1);
    int option;
    while ((option = getopt(argc, argv, "fi")) != -1) {
        if (option == '?')
            usage();
        force = option == 'f'; /* the last one wins */
        interactive = option == 'i';
    }
    int count = argc - optind;
    if (count < 2)
        usage();
    const char *target = argv[argc - 1];
    if (!is_directory(target)) {
        if (count == 2)
            return !move(argv[optind], target);
        errno = ENOTDIR;
        die("%s", target);
    }
    int status = 0;
    for (int i = optind; i < argc - 1; i++)
        if (!move_into(argv[i], target))
            status = 1;
    return status;
}

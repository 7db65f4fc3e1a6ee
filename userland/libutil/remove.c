/*
 * remove.c: rm's walk.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/rm.html
 */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tree.h"
#include "util.h"

static bool removed(int result, const char *path, const struct remove_rules *rules)
{
    if (result != 0) {
        if (rules->force && errno == ENOENT)
            return true;
        warn("%s", path);
        return false;
    }
    if (rules->verbose)
        printf("removed %s\n", path);
    return true;
}

/* A question is due under -i, or for what cannot be written, asked only of a person. */
static bool refused(const char *verb, const char *path, const struct stat *st,
                    const struct remove_rules *rules)
{
    if (rules->interactive)
        return !ask("%s %s", verb, path);
    if (rules->force || S_ISLNK(st->st_mode) || access(path, W_OK) == 0 || !isatty(STDIN_FILENO))
        return false;
    return !ask("%s write-protected %s", verb, path);
}

static bool remove_inner(const char *path, const void *rules)
{
    return tree_remove(path, rules);
}

static bool remove_directory(const char *path, const struct stat *st,
                             const struct remove_rules *rules)
{
    if (!rules->recursive && !rules->directories) {
        errno = EISDIR;
        warn("%s", path);
        return false;
    }
    if (rules->recursive) {
        /* An empty directory is one question, not two. */
        char **names = directory_names(path);
        bool empty = names != NULL && names[0] == NULL;
        if (names != NULL)
            directory_names_free(names);
        if (!empty) {
            if (refused("descend into directory", path, st, rules))
                return true;
            if (!directory_each(path, remove_inner, rules))
                return false;
        }
    }
    if (refused("remove directory", path, st, rules))
        return true;
    return removed(rmdir(path), path, rules);
}

bool tree_remove(const char *path, const struct remove_rules *rules)
{
    struct stat st;
    if (lstat(path, &st) != 0)
        return removed(-1, path, rules);
    if (S_ISDIR(st.st_mode))
        return remove_directory(path, &st, rules);
    if (refused("remove", path, &st, rules))
        return true;
    return removed(unlink(path), path, rules);
}

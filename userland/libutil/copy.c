/*
 * copy.c: cp's walk. One path at a time, so a hierarchy is as deep as a path is long.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/cp.html
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tree.h"
#include "util.h"

/* The directories above the one being copied: a loop of links, or a copy into itself, meets one. */
struct ancestor {
    const struct ancestor *above;
    dev_t device;
    ino_t inode;
};

struct copy {
    const struct copy_rules *rules;
    const struct ancestor *sources;
    const struct ancestor *targets;
};

static bool copy_path(const char *from, const char *to, const struct copy *copy);

static bool is_among(const struct ancestor *list, const struct stat *st)
{
    for (; list != NULL; list = list->above)
        if (list->device == st->st_dev && list->inode == st->st_ino)
            return true;
    return false;
}

static bool fail(const char *path)
{
    warn("%s", path);
    return false;
}

/* Times, owner and mode of the source, in this order: chown() clears the set-ID bits. */
static bool preserve(const char *to, const struct stat *from)
{
    struct timespec times[2] = {from->st_atim, from->st_mtim};
    int flags = S_ISLNK(from->st_mode) ? AT_SYMLINK_NOFOLLOW : 0;
    bool good = utimensat(AT_FDCWD, to, times, flags) == 0 || fail(to);
    mode_t mode = from->st_mode & 07777;
    if (lchown(to, from->st_uid, from->st_gid) != 0)
        mode &= 01777; /* another owner's set-ID bits must not become ours */
    if (!S_ISLNK(from->st_mode) && chmod(to, mode) != 0)
        good = fail(to);
    return good;
}

static bool copy_bytes(int in, int out, const char *from, const char *to)
{
    static char buffer[32768];
    for (;;) {
        ssize_t size = read(in, buffer, sizeof buffer);
        if (size == 0)
            return true;
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return fail(from);
        if (!write_all(out, buffer, (size_t)size))
            return fail(to);
    }
}

static int open_target(const char *to, const struct stat *source, const struct stat *target,
                       const struct copy_rules *rules)
{
    if (target == NULL)
        return open(to, O_WRONLY | O_CREAT | O_EXCL, source->st_mode & 0777);
    int fd = open(to, O_WRONLY | O_TRUNC);
    if (fd >= 0 || !rules->force)
        return fd;
    if (unlink(to) != 0)
        return -1;
    return open(to, O_WRONLY | O_CREAT | O_EXCL, source->st_mode & 0777);
}

static bool copy_file(const char *from, const char *to, const struct stat *source,
                      const struct stat *target, const struct copy_rules *rules)
{
    int in = open(from, O_RDONLY);
    if (in < 0)
        return fail(from);
    int out = open_target(to, source, target, rules);
    bool good = out >= 0 ? copy_bytes(in, out, from, to) : fail(to);
    if (out >= 0 && close(out) != 0 && good)
        good = fail(to);
    close(in);
    return good;
}

static bool copy_entries(const char *from, const char *to, const struct copy *copy)
{
    char **names = directory_names(from);
    if (names == NULL)
        return fail(from);
    bool good = true;
    for (char **name = names; *name != NULL; name++) {
        char *inner_from = path_join(from, *name);
        char *inner_to = path_join(to, *name);
        good = copy_path(inner_from, inner_to, copy) && good;
        free(inner_from);
        free(inner_to);
    }
    directory_names_free(names);
    return good;
}

static bool copy_directory(const char *from, const char *to, const struct stat *source,
                           const struct stat *target, const struct copy *copy)
{
    if (is_among(copy->sources, source) || is_among(copy->targets, source)) {
        warnx("%s: a directory cannot be copied into itself", from);
        return false;
    }
    if (target != NULL && !S_ISDIR(target->st_mode)) {
        errno = ENOTDIR;
        return fail(to);
    }
    /* The copy must be writable while it is filled, whatever the source's mode. */
    struct stat made;
    if (target == NULL && mkdir(to, (source->st_mode & 0777) | S_IRWXU) != 0)
        return fail(to);
    if (stat(to, &made) != 0)
        return fail(to);
    struct ancestor from_link = {copy->sources, source->st_dev, source->st_ino};
    struct ancestor to_link = {copy->targets, made.st_dev, made.st_ino};
    struct copy inner = {copy->rules, &from_link, &to_link};
    bool good = copy_entries(from, to, &inner);
    mode_t kept = source->st_mode & S_IRWXU;
    if (target == NULL && kept != S_IRWXU &&
        chmod(to, (made.st_mode & 07777 & (mode_t)~S_IRWXU) | kept) != 0)
        good = fail(to);
    return good;
}

static bool copy_link(const char *from, const char *to, const struct stat *target,
                      const struct copy_rules *rules)
{
    char *text = read_link(from);
    if (text == NULL)
        return fail(from);
    if (target != NULL && rules->force)
        unlink(to);
    bool good = symlink(text, to) == 0 || fail(to);
    free(text);
    return good;
}

static bool copy_special(const char *from, const char *to, const struct stat *source)
{
    if (S_ISFIFO(source->st_mode))
        return mkfifo(to, source->st_mode & 0777) == 0 || fail(to);
    warnx("%s: a device or socket cannot be copied", from);
    return false;
}

static bool may_overwrite(const char *from, const char *to, const struct stat *source,
                          const struct stat *target, const struct copy_rules *rules, bool *good)
{
    if (source->st_dev == target->st_dev && source->st_ino == target->st_ino) {
        warnx("%s and %s are the same file", from, to);
        *good = false;
        return false;
    }
    if (S_ISDIR(target->st_mode) && !S_ISDIR(source->st_mode)) {
        errno = EISDIR;
        *good = fail(to);
        return false;
    }
    *good = true;
    return S_ISDIR(target->st_mode) || !rules->interactive || ask("overwrite %s", to);
}

static bool copy_path(const char *from, const char *to, const struct copy *copy)
{
    const struct copy_rules *rules = copy->rules;
    struct stat source;
    struct stat target_stat;
    bool operand = copy->sources == NULL;
    bool follow = rules->follow == 'L' || (rules->follow == 'H' && operand);
    if ((follow ? stat : lstat)(from, &source) != 0)
        return fail(from);
    const struct stat *target = NULL;
    bool link = S_ISLNK(source.st_mode);
    if ((link ? lstat : stat)(to, &target_stat) == 0)
        target = &target_stat;
    if (S_ISDIR(source.st_mode) && !rules->recursive) {
        warnx("%s: is a directory (not copied without -R)", from);
        return false;
    }
    bool good;
    if (target != NULL && !may_overwrite(from, to, &source, target, rules, &good))
        return good;
    if (S_ISDIR(source.st_mode))
        good = copy_directory(from, to, &source, target, copy);
    else if (link)
        good = copy_link(from, to, target, rules);
    else if (S_ISREG(source.st_mode) || !rules->recursive)
        good = copy_file(from, to, &source, target, rules);
    else
        good = copy_special(from, to, &source);
    if (good && rules->preserve)
        good = preserve(to, &source);
    return good;
}

bool tree_copy(const char *from, const char *to, const struct copy_rules *rules)
{
    struct copy copy = {rules, NULL, NULL};
    return copy_path(from, to, &copy);
}

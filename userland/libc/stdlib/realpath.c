/* realpath: walks the path component by component; links put their target before what is left. */
#include <stdlib.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct walk {
    char done[PATH_MAX]; /* absolute, no links; "" is the root while walking */
    size_t done_size;
    char left[PATH_MAX];
    int links;
};

static int fail(int number)
{
    errno = number;
    return -1;
}

static void step_up(struct walk *walk)
{
    while (walk->done_size > 0 && walk->done[--walk->done_size] != '/')
        continue;
    walk->done[walk->done_size] = '\0';
}

/* Replaces the link that done now names by its target. */
static int follow(struct walk *walk, const char *rest)
{
    char target[PATH_MAX];
    ssize_t size = readlink(walk->done, target, sizeof target);
    if (size < 0)
        return -1;
    if (++walk->links > SYMLOOP_MAX)
        return fail(ELOOP);
    size_t rest_size = strlen(rest);
    if ((size_t)size + 1 + rest_size >= PATH_MAX)
        return fail(ENAMETOOLONG);
    memmove(walk->left + size + 1, rest, rest_size + 1);
    memcpy(walk->left, target, (size_t)size);
    walk->left[size] = '/';
    step_up(walk);
    if (target[0] == '/') {
        walk->done_size = 0;
        walk->done[0] = '\0';
    }
    return 0;
}

/* Takes the first component of left; 1 when nothing is left. */
static int step(struct walk *walk)
{
    char *name = walk->left + strspn(walk->left, "/");
    size_t size = strcspn(name, "/");
    char *rest = name + size;
    struct stat status;
    if (size == 0)
        return 1;
    if (size == 2 && name[0] == '.' && name[1] == '.') {
        step_up(walk);
    } else if (!(size == 1 && name[0] == '.')) {
        if (walk->done_size + 1 + size >= PATH_MAX)
            return fail(ENAMETOOLONG);
        walk->done[walk->done_size++] = '/';
        memcpy(walk->done + walk->done_size, name, size);
        walk->done_size += size;
        walk->done[walk->done_size] = '\0';
        if (lstat(walk->done, &status) < 0)
            return -1;
        if (S_ISLNK(status.st_mode))
            return follow(walk, rest);
        if (*rest != '\0' && !S_ISDIR(status.st_mode))
            return fail(ENOTDIR);
    }
    memmove(walk->left, rest, strlen(rest) + 1);
    return 0;
}

static int begin(struct walk *walk, const char *path)
{
    memset(walk, 0, sizeof *walk);
    if (*path == '\0')
        return fail(ENOENT);
    if (strlcpy(walk->left, path, sizeof walk->left) >= sizeof walk->left)
        return fail(ENAMETOOLONG);
    if (*path == '/')
        return 0;
    if (getcwd(walk->done, sizeof walk->done) == NULL)
        return -1;
    walk->done_size = strlen(walk->done);
    if (walk->done_size == 1)
        walk->done_size = 0;
    return 0;
}

char *realpath(const char *restrict path, char *restrict resolved)
{
    struct walk *walk = malloc(sizeof *walk);
    char *result = NULL;
    if (walk == NULL)
        return NULL;
    int state = path != NULL ? begin(walk, path) : fail(EINVAL);
    while (state == 0)
        state = step(walk);
    if (state > 0) {
        if (walk->done_size == 0)
            walk->done[walk->done_size++] = '/';
        walk->done[walk->done_size] = '\0';
        result = resolved != NULL ? resolved : malloc(walk->done_size + 1);
        if (result != NULL)
            memcpy(result, walk->done, walk->done_size + 1);
    }
    free(walk);
    return result;
}

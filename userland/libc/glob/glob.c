/*
 * glob: goes through the pattern component by component. Those without special characters are only
 * taken over; at the others the directory that stands so far is read.
 */
#include <glob.h>
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct globbing {
    int flags;
    int (*error)(const char *path, int number);
    glob_t *out;
    size_t room; /* of gl_pathv */
    char path[PATH_MAX];
};

static int walk(struct globbing *globbing, size_t size, const char *pattern);

static int add(struct globbing *globbing, const char *path, const char *tail)
{
    glob_t *out = globbing->out;
    size_t at = out->gl_offs + out->gl_pathc;
    if (out->gl_pathv == NULL || at + 2 > globbing->room) {
        size_t room = (at + 2) * 2;
        char **more = reallocarray(out->gl_pathv, room, sizeof *more);
        if (more == NULL)
            return GLOB_NOSPACE;
        out->gl_pathv = more;
        globbing->room = room;
    }
    size_t size = strlen(path), tail_size = strlen(tail);
    char *copy = malloc(size + tail_size + 1);
    if (copy == NULL)
        return GLOB_NOSPACE;
    memcpy(copy, path, size);
    memcpy(copy + size, tail, tail_size + 1);
    out->gl_pathv[at] = copy;
    out->gl_pathv[at + 1] = NULL;
    out->gl_pathc++;
    return 0;
}

/* The path is whole: it counts if it exists. */
static int finish(struct globbing *globbing, size_t size)
{
    struct stat status;
    globbing->path[size] = '\0';
    if (lstat(globbing->path, &status) < 0)
        return 0;
    if (S_ISLNK(status.st_mode))
        stat(globbing->path, &status);
    int slash = (globbing->flags & GLOB_MARK) && S_ISDIR(status.st_mode) && size > 0 &&
                globbing->path[size - 1] != '/';
    return add(globbing, globbing->path, slash ? "/" : "");
}

static int is_special(const char *text, size_t size, int flags)
{
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '*' || text[i] == '?' || text[i] == '[')
            return 1;
        if (text[i] == '\\' && !(flags & GLOB_NOESCAPE) && i + 1 < size)
            i++;
    }
    return 0;
}

/* Takes a component over, without its backslashes; the new size, or 0 if it is too long. */
static size_t append(struct globbing *globbing, size_t size, const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (text[i] == '\\' && !(globbing->flags & GLOB_NOESCAPE) && i + 1 < count)
            i++;
        if (size + 1 >= sizeof globbing->path)
            return 0;
        globbing->path[size++] = text[i];
    }
    return size;
}

/* Whether reading on is wanted after the directory could not be opened or read. */
static int report(struct globbing *globbing, const char *path, int number)
{
    int stop = globbing->error != NULL && globbing->error(path, number) != 0;
    return stop || (globbing->flags & GLOB_ERR) ? GLOB_ABORTED : 0;
}

/* Goes on with each entry that matches the component; rest is what stands behind it. */
static int read_entries(struct globbing *globbing, DIR *dir, size_t size, const char *component,
                        const char *rest)
{
    int flags = FNM_PERIOD | (globbing->flags & GLOB_NOESCAPE ? FNM_NOESCAPE : 0);
    struct dirent *entry;
    int result = 0;
    for (errno = 0; (entry = readdir(dir)) != NULL && result == 0; errno = 0) {
        size_t name_size = strlen(entry->d_name);
        if (fnmatch(component, entry->d_name, flags) != 0 ||
            size + name_size + 1 >= sizeof globbing->path)
            continue;
        if (*rest == '/' && entry->d_type != DT_DIR && entry->d_type != DT_LNK &&
            entry->d_type != DT_UNKNOWN)
            continue;
        memcpy(globbing->path + size, entry->d_name, name_size);
        result = walk(globbing, size + name_size, rest);
    }
    if (result == 0 && errno != 0) {
        int number = errno;
        globbing->path[size] = '\0';
        result = report(globbing, globbing->path, number);
    }
    return result;
}

static int expand(struct globbing *globbing, size_t size, const char *pattern, size_t count)
{
    char *component = strndup(pattern, count);
    if (component == NULL)
        return GLOB_NOSPACE;
    globbing->path[size] = '\0';
    const char *name = size > 0 ? globbing->path : ".";
    DIR *dir = opendir(name);
    int result;
    if (dir == NULL) {
        result = errno == ENOENT || errno == ENOTDIR ? 0 : report(globbing, name, errno);
    } else {
        result = read_entries(globbing, dir, size, component, pattern + count);
        closedir(dir);
    }
    free(component);
    return result;
}

/* Goes on behind the first `size` bytes of the path with what is left of the pattern. */
static int walk(struct globbing *globbing, size_t size, const char *pattern)
{
    for (;;) {
        for (; *pattern == '/'; pattern++) {
            if (size + 1 >= sizeof globbing->path)
                return 0;
            globbing->path[size++] = '/';
        }
        if (*pattern == '\0')
            return finish(globbing, size);
        size_t count = strcspn(pattern, "/");
        if (is_special(pattern, count, globbing->flags))
            return expand(globbing, size, pattern, count);
        size = append(globbing, size, pattern, count);
        if (size == 0)
            return 0;
        pattern += count;
    }
}

static int compare(const void *a, const void *b)
{
    return strcoll(*(char *const *)a, *(char *const *)b);
}

int glob(const char *pattern, int flags, int (*error)(const char *path, int number), glob_t *out)
{
    struct globbing globbing = {.flags = flags, .error = error, .out = out};
    if (!(flags & GLOB_APPEND)) {
        out->gl_pathc = 0;
        out->gl_pathv = NULL;
        if (!(flags & GLOB_DOOFFS))
            out->gl_offs = 0;
    }
    size_t before = out->gl_pathc;
    globbing.room = out->gl_pathv != NULL ? out->gl_offs + before + 1 : 0;
    if (out->gl_pathv == NULL && out->gl_offs > 0) {
        out->gl_pathv = calloc(out->gl_offs + 1, sizeof *out->gl_pathv);
        if (out->gl_pathv == NULL)
            return GLOB_NOSPACE;
        globbing.room = out->gl_offs + 1;
    }
    int result = *pattern != '\0' ? walk(&globbing, 0, pattern) : 0;
    if (result == 0 && out->gl_pathc == before) {
        if (!(flags & GLOB_NOCHECK))
            return GLOB_NOMATCH;
        result = add(&globbing, pattern, "");
    }
    if (!(flags & GLOB_NOSORT) && out->gl_pathc > before)
        qsort(out->gl_pathv + out->gl_offs + before, out->gl_pathc - before, sizeof(char *),
              compare);
    return result;
}

void globfree(glob_t *out)
{
    for (size_t i = 0; i < out->gl_pathc; i++)
        free(out->gl_pathv[out->gl_offs + i]);
    free(out->gl_pathv);
    out->gl_pathc = 0;
    out->gl_pathv = NULL;
}

/*
 * Pathname expansion: the pattern is matched component by component, down the directories. A
 * component without special characters is not looked up, only the finished path is.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "glob.h"
#include "pattern.h"

static void walk(const char *path, const char *pattern, struct fields *out);

/* Goes on behind the component, or ends: the path is a match if it exists. */
static void descend(const char *path, const char *rest, struct fields *out)
{
    struct stat status;

    if (*rest)
        walk(path, rest, out);
    else if (lstat(path, &status) == 0)
        fields_add(out, scratch_strdup(path));
}

static char *append(const char *path, const char *name, bool unescape)
{
    struct buf out = {0};

    buf_text(&out, path);
    for (; *name; name++) {
        if (unescape && *name == '\\' && name[1])
            name++;
        buf_char(&out, *name);
    }
    buf_bytes(&out, "", 0);
    return out.data;
}

static bool is_hidden(const char *name, const char *component)
{
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return true;
    return name[0] == '.' && component[component[0] == '\\'] != '.';
}

static void match_entries(const char *path, const char *component, const char *rest,
                          struct fields *out)
{
    DIR *dir = opendir(*path ? path : ".");
    struct fields names = {0};
    struct dirent *entry;

    if (!dir)
        return;
    while ((entry = readdir(dir)) != NULL) {
        const char *name = entry->d_name;

        if (!is_hidden(name, component) && pattern_match(component, name, strlen(name)))
            fields_add(&names, scratch_strdup(name));
    }
    closedir(dir);
    for (int i = 0; i < names.count; i++)
        descend(append(path, names.items[i], false), rest, out);
}

static void walk(const char *path, const char *pattern, struct fields *out)
{
    size_t slashes = strspn(pattern, "/");
    size_t len = strcspn(pattern + slashes, "/");
    const char *component = scratch_strndup(pattern + slashes, len);
    const char *rest = pattern + slashes + len;

    path = append(path, scratch_strndup(pattern, slashes), false);
    if (pattern_is_magic(component))
        match_entries(path, component, rest, out);
    else
        descend(append(path, component, true), rest, out);
}

static int compare(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

bool glob_expand(const char *pattern, struct fields *out)
{
    int before = out->count;

    walk("", pattern, out);
    if (out->count == before)
        return false;
    qsort(out->items + before, (size_t)(out->count - before), sizeof *out->items, compare);
    return true;
}

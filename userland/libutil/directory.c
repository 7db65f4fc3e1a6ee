/* directory.c: the names in a directory, read at once so that the directory may change meanwhile.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tree.h"
#include "util.h"

char **directory_names(const char *path)
{
    DIR *directory = opendir(path);
    if (directory == NULL)
        return NULL;
    char **names = xgrow(NULL, 0, sizeof *names);
    size_t count = 0;
    struct dirent *entry;
    while (errno = 0, (entry = readdir(directory)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        names[count++] = xstrdup(entry->d_name);
        names = xgrow(names, count, sizeof *names);
    }
    names[count] = NULL;
    int error = errno;
    closedir(directory);
    if (error == 0)
        return names;
    directory_names_free(names);
    errno = error;
    return NULL;
}

void directory_names_free(char **names)
{
    for (char **name = names; *name != NULL; name++)
        free(*name);
    free(names);
}

bool directory_each(const char *path, bool (*visit)(const char *inner, const void *context),
                    const void *context)
{
    char **names = directory_names(path);
    if (names == NULL) {
        warn("%s", path);
        return false;
    }
    bool good = true;
    for (char **name = names; *name != NULL; name++) {
        char *inner = path_join(path, *name);
        good = visit(inner, context) && good;
        free(inner);
    }
    directory_names_free(names);
    return good;
}

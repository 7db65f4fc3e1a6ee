/* scandir, alphasort */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int alphasort(const struct dirent **a, const struct dirent **b)
{
    return strcoll((*a)->d_name, (*b)->d_name);
}

static void discard(struct dirent **names, int count)
{
    while (count > 0)
        free(names[--count]);
    free(names);
}

/* Appends a copy of the entry; 0 where memory ends. */
static int add(struct dirent ***names, int count, const struct dirent *entry)
{
    struct dirent **more = reallocarray(*names, (size_t)count + 1, sizeof *more);
    if (more == NULL)
        return 0;
    *names = more;
    more[count] = malloc(entry->d_reclen);
    if (more[count] == NULL)
        return 0;
    memcpy(more[count], entry, entry->d_reclen);
    return 1;
}

int scandir(const char *path, struct dirent ***names, int (*select)(const struct dirent *),
            int (*compare)(const struct dirent **, const struct dirent **))
{
    struct dirent **found = NULL, *entry;
    int count = 0;
    DIR *dir = opendir(path);
    if (dir == NULL)
        return -1;
    for (errno = 0; (entry = readdir(dir)) != NULL; errno = 0)
        if (select == NULL || select(entry)) {
            if (!add(&found, count, entry))
                break;
            count++;
        }
    int failed = errno;
    closedir(dir);
    if (failed != 0) {
        discard(found, count);
        errno = failed;
        return -1;
    }
    if (compare != NULL && count > 1)
        qsort(found, (size_t)count, sizeof *found,
              (int (*)(const void *, const void *))(void *)compare);
    *names = found;
    return count;
}

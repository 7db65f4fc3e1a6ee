/* basename, dirname: in place (XSH basename, dirname). */
#include <libgen.h>
#include <string.h>

/* The length without slashes at the end; "/" and "//" keep one. */
static size_t trimmed(const char *path, size_t size)
{
    while (size > 1 && path[size - 1] == '/')
        size--;
    return size;
}

char *basename(char *path)
{
    static char dot[] = ".";
    if (path == NULL || *path == '\0')
        return strcpy(dot, ".");
    size_t size = trimmed(path, strlen(path));
    path[size] = '\0';
    char *slash = strrchr(path, '/');
    return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

char *dirname(char *path)
{
    static char dot[] = ".";
    if (path == NULL || *path == '\0')
        return strcpy(dot, ".");
    size_t size = trimmed(path, strlen(path));
    while (size > 0 && path[size - 1] != '/')
        size--;
    if (size == 0)
        return strcpy(dot, ".");
    path[trimmed(path, size)] = '\0';
    return path;
}

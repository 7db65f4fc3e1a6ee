/* execv, execl, execle, execvp, execlp, all over execve. */
#include <unistd.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_PATH "/bin:/sbin"

int execv(const char *path, char *const argv[])
{
    return execve(path, argv, environ);
}

/* A file without a format that execve knows is a script for sh (XSH exec). */
static int exec_script(const char *path, char *const argv[])
{
    size_t count = 0;
    while (argv[count] != NULL)
        count++;
    char **words = calloc(count + 3, sizeof *words);
    if (words == NULL)
        return -1;
    words[0] = (char *)"sh";
    words[1] = (char *)path;
    for (size_t i = 1; i < count; i++)
        words[i + 1] = argv[i];
    execve("/bin/sh", words, environ);
    free(words);
    return -1;
}

static int exec_or_script(const char *path, char *const argv[])
{
    execve(path, argv, environ);
    return errno == ENOEXEC ? exec_script(path, argv) : -1;
}

int execvp(const char *file, char *const argv[])
{
    const char *path = getenv("PATH");
    char name[PATH_MAX];
    int denied = 0;
    if (strchr(file, '/') != NULL)
        return exec_or_script(file, argv);
    if (*file == '\0') {
        errno = ENOENT;
        return -1;
    }
    for (const char *part = path != NULL ? path : DEFAULT_PATH; part != NULL;) {
        size_t size = strcspn(part, ":"), file_size = strlen(file);
        errno = ENAMETOOLONG;
        if (size + 1 + file_size < sizeof name) {
            memcpy(name, part, size);
            if (size > 0)
                name[size++] = '/';
            memcpy(name + size, file, file_size + 1);
            exec_or_script(name, argv);
        }
        if (errno == EACCES)
            denied = 1;
        else if (errno != ENOENT && errno != ENOTDIR && errno != ENAMETOOLONG)
            return -1;
        part = strchr(part, ':');
        if (part != NULL)
            part++;
    }
    errno = denied ? EACCES : ENOENT;
    return -1;
}

/* The arguments from arg0 to NULL as a vector; *rest stands behind the NULL. */
static char **collect(const char *arg0, va_list *rest)
{
    va_list ahead;
    size_t count = 1;
    va_copy(ahead, *rest);
    while (arg0 != NULL && va_arg(ahead, char *) != NULL)
        count++;
    va_end(ahead);
    char **words = calloc(count + 1, sizeof *words);
    if (words == NULL)
        return NULL;
    words[0] = (char *)arg0;
    for (size_t i = 1; arg0 != NULL && i <= count; i++)
        words[i] = va_arg(*rest, char *);
    return words;
}

int execl(const char *path, const char *arg0, ...)
{
    va_list rest;
    va_start(rest, arg0);
    char **words = collect(arg0, &rest);
    va_end(rest);
    if (words != NULL)
        execve(path, words, environ);
    free(words);
    return -1;
}

int execlp(const char *file, const char *arg0, ...)
{
    va_list rest;
    va_start(rest, arg0);
    char **words = collect(arg0, &rest);
    va_end(rest);
    if (words != NULL)
        execvp(file, words);
    free(words);
    return -1;
}

int execle(const char *path, const char *arg0, ...)
{
    va_list rest;
    va_start(rest, arg0);
    char **words = collect(arg0, &rest);
    if (words != NULL)
        execve(path, words, va_arg(rest, char **));
    va_end(rest);
    free(words);
    return -1;
}

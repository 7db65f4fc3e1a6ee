/* Programs: the search of $PATH with its memory, and execve. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "exec.h"
#include "shell.h"
#include "var.h"

#define BUCKETS 32

struct found {
    struct found *next;
    char *path;
    const char *name; /* the end of path */
};

static struct found *table[BUCKETS];

static struct found **bucket(const char *name)
{
    unsigned hash = 0;

    for (; *name; name++)
        hash = hash * 31 + (unsigned char)*name;
    return &table[hash % BUCKETS];
}

void exec_forget_paths(void)
{
    for (int i = 0; i < BUCKETS; i++) {
        while (table[i]) {
            struct found *f = table[i];

            table[i] = f->next;
            free(f->path);
            free(f);
        }
    }
}

void exec_print_paths(struct buf *out)
{
    for (int i = 0; i < BUCKETS; i++) {
        for (const struct found *f = table[i]; f; f = f->next)
            buf_format(out, "%s\n", f->path);
    }
}

bool exec_is_program(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

/* The first program of that name in the folders; also one that may not be executed, if no other. */
static char *search(const char *name, const char *path)
{
    char *refused = NULL;

    for (;;) {
        size_t len = strcspn(path, ":");
        struct buf file = {0};
        struct stat status;

        buf_bytes(&file, path, len);
        if (len > 0)
            buf_char(&file, '/');
        buf_text(&file, name);
        if (exec_is_program(file.data))
            return file.data;
        if (!refused && stat(file.data, &status) == 0 && S_ISREG(status.st_mode))
            refused = file.data;
        if (!path[len])
            return refused;
        path += len + 1;
    }
}

static const char *remember(const char *name, const char *path)
{
    struct found **at = bucket(name);
    struct found *f = xmalloc(sizeof *f);

    *f = (struct found){*at, xstrdup(path), NULL};
    f->name = f->path + strlen(path) - strlen(name);
    *at = f;
    return f->path;
}

const char *exec_find(const char *name, const char *search_path)
{
    const char *path = search_path ? search_path : var_get("PATH");

    if (strchr(name, '/'))
        return name;
    if (!*name || !path)
        return NULL;
    if (!search_path) {
        for (struct found *f = *bucket(name); f; f = f->next) {
            if (strcmp(f->name, name) == 0)
                return f->path;
        }
    }
    path = search(name, path);
    return path && path[0] == '/' && !search_path ? remember(name, path) : path;
}

/* A file that is executable but no program: a script for this shell. */
static void run_script(const char *path, char **argv)
{
    size_t count = 0;
    char **with_shell;

    while (argv[count])
        count++;
    with_shell = scratch_alloc((count + 2) * sizeof *with_shell);
    with_shell[0] = argv[0];
    memcpy(with_shell + 1, argv, count * sizeof *argv);
    with_shell[1] = scratch_strdup(path);
    execve("/bin/sh", with_shell, var_environment());
}

void exec_run(const char *path, char **argv)
{
    int status;

    execve(path, argv, var_environment());
    if (errno == ENOEXEC)
        run_script(path, argv);
    status = errno == ENOENT || errno == ENOTDIR ? 127 : 126;
    sh_warn("%s: %s", argv[0], status == 127 ? "not found" : strerror(errno));
    sh_exit(status);
}

bool exec_same_file(const char *left, const char *right)
{
    struct stat a, b;

    return left[0] == '/' && stat(left, &a) == 0 && stat(right, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

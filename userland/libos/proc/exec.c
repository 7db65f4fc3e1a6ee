/*
 * Exec. The new program's stack is built in the stage, a region that the server moves to the
 * stack's place page by page once it has found that the program can be run:
 *
 *      POSIX_STACK_TOP   strings of argv, then of envp
 *                        (16-byte aligned)
 *      sp                argc, argv[0] .. NULL, envp[0] .. NULL
 */
#include "libos.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    ARGUMENTS_MAX = 16384, /* pointers: half of what the stage holds */
    INTERPRETER_LINE = 256,
};

#define STAGE_SHIFT (POSIX_STACK_TOP - POSIX_STAGE_TOP) /* from the stage to where it will be */

struct stack_image {
    uintptr_t sp;                     /* in the stage */
    uintptr_t strings, argv_end, top; /* argv's strings are [strings, argv_end) */
};

static size_t count(char *const vector[], size_t *bytes)
{
    size_t n = 0;
    for (; vector && vector[n]; n++)
        *bytes += strlen(vector[n]) + 1;
    return n;
}

/* Copies the strings to `at` on and stores their later addresses; the place behind them. */
static uintptr_t put_strings(char *const vector[], size_t n, uintptr_t at, uint64_t *words)
{
    for (size_t i = 0; i < n; i++) {
        size_t size = strlen(vector[i]) + 1;
        memcpy((void *)at, vector[i], size);
        words[i] = at + STAGE_SHIFT;
        at += size;
    }
    words[n] = 0;
    return at;
}

static int build_stack(char *const argv[], char *const envp[], struct stack_image *image)
{
    size_t bytes = 0;
    size_t argc = count(argv, &bytes);
    size_t envc = count(envp, &bytes);
    size_t words = argc + envc + 3;
    if (argc > ARGUMENTS_MAX || envc > ARGUMENTS_MAX || bytes + words * 8 + 32 > POSIX_STAGE_SIZE)
        return -E2BIG;
    /* It may be there already, from an exec that failed. */
    libos_call(POSIX_MMAP, POSIX_STAGE_TOP, POSIX_STAGE_SIZE, 0, 0, NULL);
    image->top = POSIX_STAGE_TOP;
    image->strings = image->top - bytes;
    image->sp = (image->strings - words * 8) & ~(uintptr_t)15;
    uint64_t *at = (uint64_t *)image->sp;
    at[0] = argc;
    image->argv_end = put_strings(argv, argc, image->strings, at + 1);
    put_strings(envp, envc, image->argv_end, at + argc + 2);
    return 0;
}

static int exec_program(const char *path, char *const argv[], char *const envp[])
{
    struct stack_image image;
    int64_t status = build_stack(argv, envp, &image);
    if (status < 0)
        return (int)status;
    libos_enter();
    status = -ENAMETOOLONG;
    if (libos_put_path(path, 0)) /* answers only where it fails */
        status = libos_call(POSIX_EXEC, image.top - image.sp, image.sp + STAGE_SHIFT,
                            image.strings + STAGE_SHIFT, image.argv_end + STAGE_SHIFT, NULL);
    libos_leave();
    return (int)status;
}

/* The words of a first line "#! interpreter [argument]"; -ENOEXEC where it is none. */
static int read_interpreter(const char *path, char line[INTERPRETER_LINE], char *words[2])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : read(fd, line, INTERPRETER_LINE - 1);
    if (fd >= 0)
        close(fd);
    if (size < 2 || line[0] != '#' || line[1] != '!')
        return -ENOEXEC;
    line[size] = '\0';
    line[strcspn(line, "\n")] = '\0';
    words[0] = line + 2 + strspn(line + 2, " \t");
    char *end = words[0] + strcspn(words[0], " \t");
    words[1] = end + strspn(end, " \t");
    *end = '\0';
    if (*words[1] == '\0')
        words[1] = NULL;
    return *words[0] != '\0' ? 0 : -ENOEXEC;
}

static int exec_script(const char *path, char *const argv[], char *const envp[])
{
    char line[INTERPRETER_LINE];
    char *words[2];
    size_t unused = 0;
    size_t argc = count(argv, &unused);
    if (argc > ARGUMENTS_MAX)
        return -E2BIG;
    int status = read_interpreter(path, line, words);
    if (status < 0)
        return status;
    char **vector = malloc((argc + 4) * sizeof(*vector));
    if (!vector)
        return -ENOMEM;
    size_t n = 0;
    vector[n++] = words[0];
    if (words[1])
        vector[n++] = words[1];
    vector[n++] = (char *)path;
    for (size_t i = 1; i < argc; i++)
        vector[n++] = argv[i];
    vector[n] = NULL;
    status = exec_program(words[0], vector, envp);
    free(vector);
    return status;
}

int execve(const char *path, char *const argv[], char *const envp[])
{
    int status = exec_program(path, argv, envp);
    if (status == -ENOEXEC)
        status = exec_script(path, argv, envp);
    return (int)libos_result(status);
}

/* input.c: operands as streams, and whole writes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util.h"

char **input_names(char **operands)
{
    static char dash[] = "-";
    static char *standard_input[] = {dash, NULL};
    return *operands != NULL ? operands : standard_input;
}

FILE *input_open(const char *name)
{
    if (strcmp(name, "-") == 0)
        return stdin;
    FILE *file = fopen(name, "r");
    if (file == NULL)
        warn("%s", name);
    return file;
}

bool input_close(FILE *file, const char *name)
{
    bool good = ferror(file) == 0;
    if (!good)
        warn("%s", name);
    if (file == stdin)
        clearerr(file); /* `-` may be named again, and a terminal's end of file is not for ever */
    else
        fclose(file);
    return good;
}

bool write_all(int fd, const void *bytes, size_t size)
{
    const char *at = bytes;
    while (size > 0) {
        ssize_t done = write(fd, at, size);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        at += done;
        size -= (size_t)done;
    }
    return true;
}

char *read_link(const char *path)
{
    /* A link in a pseudo file system may state no size, so the size is found by trying. */
    for (size_t size = 128;; size *= 2) {
        char *text = xmalloc(size);
        ssize_t length = readlink(path, text, size);
        if (length >= 0 && (size_t)length < size) {
            text[length] = '\0';
            return text;
        }
        free(text);
        if (length < 0)
            return NULL;
    }
}

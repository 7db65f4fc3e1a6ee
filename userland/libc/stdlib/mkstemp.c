/*
 * mkstemp, mkostemp, mkdtemp. The six letters come from the clock, the process and a counter: they
 * need not be secret, since O_EXCL and mkdir refuse a name that exists.
 */
#include <stdlib.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LETTERS 6
#define ATTEMPTS 1000

static void fill(char *letters)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    static uint64_t counter;
    struct timespec now = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t mixed = (uint64_t)now.tv_nsec ^ (uint64_t)now.tv_sec << 30 ^ (uint64_t)getpid() << 16;
    mixed = (mixed + ++counter * 0x9e3779b97f4a7c15ULL) * 0xbf58476d1ce4e5b9ULL;
    mixed ^= mixed >> 31;
    for (int i = 0; i < LETTERS; i++, mixed /= 62)
        letters[i] = alphabet[mixed % 62];
}

/* Tries names until make() does not say EEXIST. */
static int attempt(char *template, int flags, int (*make)(const char *path, int flags))
{
    size_t size = strlen(template);
    if (size < LETTERS || strcmp(template + size - LETTERS, "XXXXXX") != 0) {
        errno = EINVAL;
        return -1;
    }
    for (int i = 0; i < ATTEMPTS; i++) {
        fill(template + size - LETTERS);
        int result = make(template, flags);
        if (result >= 0 || errno != EEXIST)
            return result;
    }
    return -1;
}

static int make_file(const char *path, int flags)
{
    return open(path, flags | O_RDWR | O_CREAT | O_EXCL, 0600);
}

static int make_directory(const char *path, int flags)
{
    (void)flags;
    return mkdir(path, 0700);
}

int mkostemp(char *template, int flags)
{
    return attempt(template, flags & ~O_ACCMODE, make_file);
}

int mkstemp(char *template)
{
    return mkostemp(template, 0);
}

char *mkdtemp(char *template)
{
    return attempt(template, 0, make_directory) < 0 ? NULL : template;
}

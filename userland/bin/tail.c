/*
 * tail: copy the last part of a file.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/tail.html
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util.h"

static uintmax_t count = 10;
static bool bytes;
static bool from_start; /* +number */
static bool reverse;

/* Where the last `count` lines or bytes of the buffer begin. */
static size_t tail_start(const char *buffer, size_t size)
{
    if (bytes)
        return size > count ? size - (size_t)count : 0;
    if (count == 0)
        return size;
    uintmax_t lines = 0;
    for (size_t i = size; i > 0; i--)
        if (buffer[i - 1] == '\n' && i != size && ++lines >= count)
            return i;
    return 0;
}

/* Reads all, and drops what cannot be in the tail any more instead of growing. */
static char *read_tail(FILE *file, bool keep_all, size_t *size)
{
    size_t room = 65536;
    char *buffer = xmalloc(room);
    size_t used = 0;
    size_t got;
    while ((got = fread(buffer + used, 1, room - used, file)) > 0) {
        used += got;
        if (used < room)
            continue;
        size_t start = keep_all ? 0 : tail_start(buffer, used);
        used -= start;
        memmove(buffer, buffer + start, used);
        if (used > room / 2) {
            buffer = xrealloc(buffer, room, 2);
            room *= 2;
        }
    }
    *size = used;
    return buffer;
}

static void copy_from(FILE *file)
{
    int c;
    for (uintmax_t left = count > 0 ? count - 1 : 0; left > 0 && (c = getc(file)) != EOF;)
        if (bytes || c == '\n')
            left--;
    while ((c = getc(file)) != EOF)
        putchar(c);
}

static void copy_reversed(const char *buffer, size_t size, uintmax_t lines)
{
    while (size > 0 && lines-- > 0) {
        size_t start = size - 1;
        while (start > 0 && buffer[start - 1] != '\n')
            start--;
        fwrite(buffer + start, 1, size - start, stdout);
        size = start;
    }
}

static void tail(FILE *file, bool all_lines)
{
    if (from_start) {
        copy_from(file);
        return;
    }
    size_t size;
    char *buffer = read_tail(file, reverse, &size);
    if (reverse) {
        copy_reversed(buffer, size, all_lines ? UINTMAX_MAX : count);
    } else {
        size_t start = tail_start(buffer, size);
        fwrite(buffer + start, 1, size - start, stdout);
    }
    free(buffer);
}

/* A pipe ends; only a file can still grow. */
static void follow(FILE *file)
{
    struct stat st;
    if (fstat(fileno(file), &st) != 0 || S_ISFIFO(st.st_mode))
        return;
    for (;;) {
        fflush(stdout);
        sleep(1);
        clearerr(file);
        int c;
        while ((c = getc(file)) != EOF)
            putchar(c);
        if (ferror(stdout))
            return;
    }
}

static void set_count(const char *text, bool in_bytes)
{
    bytes = in_bytes;
    from_start = *text == '+';
    const char *digits = *text == '+' || *text == '-' ? text + 1 : text;
    if (!parse_number(digits, UINTMAX_MAX, &count))
        diex("%s: not a number", text);
}

int main(int argc, char *argv[])
{
    util_start(argv, "tail [-f] [-c number|-n number] [file]\ntail -r [-n number] [file]", 1);
    bool following = false;
    bool all_lines = true;
    int option;
    while ((option = getopt(argc, argv, "c:fn:r")) != -1) {
        if (option == 'f')
            following = true;
        else if (option == 'r')
            reverse = true;
        else if (option == 'c' || option == 'n')
            set_count(optarg, option == 'c');
        else
            usage();
        all_lines = all_lines && option != 'n';
    }
    if (argc - optind > 1 || (reverse && (bytes || from_start || following)))
        usage();
    const char *name = input_names(argv + optind)[0];
    FILE *file = input_open(name);
    if (file == NULL)
        return 1;
    tail(file, all_lines);
    if (following)
        follow(file);
    bool good = input_close(file, name);
    return util_end(!good);
}

/*
 * cut: cut out selected fields of each line of a file. In the POSIX locale a character is a byte.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/cut.html
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util.h"

struct range {
    size_t first, last; /* from 1; both are in it */
};

static struct range *ranges;
static size_t range_count;
static char mode;
static char delimiter = '\t';
static bool only_delimited;

static bool is_selected(size_t position)
{
    for (size_t i = 0; i < range_count; i++)
        if (position >= ranges[i].first && position <= ranges[i].last)
            return true;
    return false;
}

/* One number of a range, or `missing` where there is none. */
static size_t position(const char **text, size_t missing)
{
    if (**text < '0' || **text > '9')
        return missing;
    char *end;
    size_t value = strtoul(*text, &end, 10);
    *text = end;
    return value;
}

/* Ranges N, N-M, N-, -M, separated by commas or blanks. */
static void parse_list(const char *list)
{
    const char *s = list;
    do {
        struct range range;
        bool open = *s == '-';
        range.first = position(&s, open ? 1 : 0);
        range.last = range.first;
        if (*s == '-') {
            s++;
            if (open && (*s < '0' || *s > '9'))
                diex("%s: not a list of positions", list);
            range.last = position(&s, SIZE_MAX);
        }
        if (range.first == 0 || range.last < range.first ||
            (*s != '\0' && strchr(", \t", *s) == NULL))
            diex("%s: not a list of positions", list);
        ranges = xgrow(ranges, range_count, sizeof *ranges);
        ranges[range_count++] = range;
    } while (*s++ != '\0');
}

static void cut_bytes(const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (is_selected(i + 1))
            putchar(line[i]);
    putchar('\n');
}

static void cut_fields(const char *line, size_t length)
{
    if (memchr(line, delimiter, length) == NULL) {
        if (!only_delimited) {
            fwrite(line, 1, length, stdout);
            putchar('\n');
        }
        return;
    }
    bool printed = false;
    const char *end = line + length;
    for (size_t number = 1; line <= end; number++) {
        const char *stop = memchr(line, delimiter, (size_t)(end - line));
        if (stop == NULL)
            stop = end;
        if (is_selected(number)) {
            if (printed)
                putchar(delimiter);
            fwrite(line, 1, (size_t)(stop - line), stdout);
            printed = true;
        }
        line = stop + 1;
    }
    putchar('\n');
}

static void cut(FILE *file)
{
    static char *line;
    static size_t room;
    ssize_t length;
    while ((length = getline(&line, &room, file)) > 0) {
        if (line[length - 1] == '\n')
            length--;
        if (mode == 'f')
            cut_fields(line, (size_t)length);
        else
            cut_bytes(line, (size_t)length);
    }
}

int main(int argc, char *argv[])
{
    util_start(argv,
               "cut -b list [-n] [file ...]\n"
               "cut -c list [file ...]\n"
               "cut -f list [-d delim] [-s] [file ...]",
               1);
    bool fields_only = false;
    int option;
    while ((option = getopt(argc, argv, "b:c:d:f:ns")) != -1) {
        if (option == 'b' || option == 'c' || option == 'f') {
            if (mode != 0)
                usage();
            mode = (char)option;
            parse_list(optarg);
        } else if (option == 'd') {
            if (optarg[0] == '\0' || optarg[1] != '\0')
                diex("%s: the delimiter is not one character", optarg);
            delimiter = optarg[0];
            fields_only = true;
        } else if (option == 's') {
            only_delimited = fields_only = true;
        } else if (option != 'n') {
            usage();
        }
    }
    if (mode == 0 || (fields_only && mode != 'f'))
        usage();
    int status = 0;
    for (char **names = input_names(argv + optind); *names != NULL; names++) {
        FILE *file = input_open(*names);
        if (file == NULL) {
            status = 1;
            continue;
        }
        cut(file);
        if (!input_close(file, *names))
            status = 1;
    }
    return util_end(status);
}

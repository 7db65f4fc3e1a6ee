/*
 * uniq: report or filter out repeated lines in a file.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/uniq.html
 */
#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "util.h"

struct line {
    char *text;
    size_t room;
    size_t length; /* without the newline */
};

static uintmax_t skip_fields;
static uintmax_t skip_chars;

/* What is compared: the line behind -f's fields (blanks and what follows them) and -s's bytes. */
static const char *key(const struct line *line, size_t *length)
{
    const char *s = line->text;
    const char *end = s + line->length;
    for (uintmax_t i = 0; i < skip_fields && s < end; i++) {
        while (s < end && isblank((unsigned char)*s))
            s++;
        while (s < end && !isblank((unsigned char)*s))
            s++;
    }
    s += skip_chars < (uintmax_t)(end - s) ? (size_t)skip_chars : (size_t)(end - s);
    *length = (size_t)(end - s);
    return s;
}

static bool same(const struct line *a, const struct line *b)
{
    size_t length_a;
    size_t length_b;
    const char *key_a = key(a, &length_a);
    const char *key_b = key(b, &length_b);
    return length_a == length_b && memcmp(key_a, key_b, length_a) == 0;
}

static bool read_line(FILE *file, struct line *line)
{
    ssize_t length = getline(&line->text, &line->room, file);
    if (length <= 0)
        return false;
    line->length = (size_t)length - (line->text[length - 1] == '\n');
    return true;
}

static void print(const struct line *line, uintmax_t count, char mode)
{
    if ((mode == 'd' && count == 1) || (mode == 'u' && count > 1))
        return;
    if (mode == 'c')
        printf("%ju ", count);
    fwrite(line->text, 1, line->length, stdout);
    putchar('\n');
}

static void uniq(FILE *file, char mode)
{
    struct line lines[2] = {{0}, {0}};
    int current = 0;
    if (!read_line(file, &lines[current]))
        return;
    uintmax_t count = 1;
    while (read_line(file, &lines[!current])) {
        if (same(&lines[0], &lines[1])) {
            count++;
            continue;
        }
        print(&lines[current], count, mode);
        current = !current;
        count = 1;
    }
    print(&lines[current], count, mode);
}

int main(int argc, char *argv[])
{
    util_start(argv, "uniq [-c|-d|-u] [-f fields] [-s chars] [input_file [output_file]]", 1);
    char mode = 0;
    int option;
    while ((option = getopt(argc, argv, "cdf:s:u")) != -1) {
        if (option == '?')
            usage();
        if (option != 'f' && option != 's')
            mode = (char)option;
        else if (!parse_number(optarg, UINTMAX_MAX, option == 'f' ? &skip_fields : &skip_chars))
            diex("%s: not a number", optarg);
    }
    if (argc - optind > 2)
        usage();
    const char *name = input_names(argv + optind)[0];
    FILE *file = input_open(name);
    if (file == NULL)
        return 1;
    if (argc - optind == 2 && freopen(argv[optind + 1], "w", stdout) == NULL)
        die("%s", argv[optind + 1]);
    uniq(file, mode);
    bool good = input_close(file, name);
    return util_end(!good);
}

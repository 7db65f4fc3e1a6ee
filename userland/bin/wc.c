/*
 * wc: word, line, and byte or character count. In the POSIX locale a character is a byte.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/wc.html
 */
#include <ctype.h>
#include <unistd.h>

#include "util.h"

struct counts {
    uintmax_t lines, words, bytes;
};

static bool show_lines;
static bool show_words;
static bool show_bytes;

static struct counts count(FILE *file)
{
    static char buffer[32768];
    struct counts counts = {0};
    bool in_word = false;
    size_t size;
    while ((size = fread(buffer, 1, sizeof buffer, file)) > 0) {
        counts.bytes += size;
        for (size_t i = 0; i < size; i++) {
            bool space = isspace((unsigned char)buffer[i]);
            counts.lines += buffer[i] == '\n';
            counts.words += !space && !in_word;
            in_word = !space;
        }
    }
    return counts;
}

static void print(const struct counts *counts, const char *name)
{
    const char *gap = "";
    const struct {
        bool shown;
        uintmax_t value;
    } columns[] = {
        {show_lines, counts->lines}, {show_words, counts->words}, {show_bytes, counts->bytes}};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        if (!columns[i].shown)
            continue;
        printf("%s%ju", gap, columns[i].value);
        gap = " ";
    }
    if (name != NULL)
        printf(" %s", name);
    putchar('\n');
}

static bool count_file(const char *name, struct counts *total)
{
    FILE *file = input_open(name);
    if (file == NULL)
        return false;
    struct counts counts = count(file);
    if (!input_close(file, name))
        return false;
    print(&counts, name);
    total->lines += counts.lines;
    total->words += counts.words;
    total->bytes += counts.bytes;
    return true;
}

int main(int argc, char *argv[])
{
    util_start(argv, "wc [-c|-m] [-lw] [file ...]", 1);
    int option;
    while ((option = getopt(argc, argv, "clmw")) != -1) {
        if (option == '?')
            usage();
        show_lines |= option == 'l';
        show_words |= option == 'w';
        show_bytes |= option == 'c' || option == 'm';
    }
    if (!show_lines && !show_words && !show_bytes)
        show_lines = show_words = show_bytes = true;
    int status = 0;
    struct counts total = {0};
    if (optind == argc) {
        total = count(stdin);
        if (!input_close(stdin, "standard input"))
            status = 1;
        print(&total, NULL);
    }
    for (int i = optind; i < argc; i++)
        if (!count_file(argv[i], &total))
            status = 1;
    if (argc - optind > 1)
        print(&total, "total");
    return util_end(status);
}

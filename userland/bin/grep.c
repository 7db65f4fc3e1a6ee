/*
 * grep: search files for text matching a pattern.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/grep.html
 */
#include <ctype.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "util.h"

enum { SELECTED = 0, NONE_SELECTED = 1, TROUBLE = 2 };

struct pattern {
    char *text;
    regex_t regex; /* not with -F */
};

static struct pattern *patterns;
static size_t pattern_count;
static bool count_only;
static bool names_only;
static bool quiet;
static bool silent; /* -s: no word about files that cannot be read */
static bool inverted;
static bool whole_line;
static bool numbered;
static bool fixed;
static bool ignore_case;
static bool with_names;
static bool listed; /* patterns came by -e or -f, perhaps none */
static int regex_flags;

static void add_pattern(const char *text, size_t length)
{
    patterns = xgrow(patterns, pattern_count, sizeof *patterns);
    char *copy = xmalloc(length + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    patterns[pattern_count++].text = copy;
}

/* A pattern list: one pattern a line, an empty line being a pattern that matches everything. */
static void add_list(const char *list)
{
    for (;;) {
        size_t length = strcspn(list, "\n");
        add_pattern(list, length);
        if (list[length] == '\0')
            return;
        list += length + 1;
    }
}

static void add_file(const char *name)
{
    FILE *file = input_open(name);
    if (file == NULL)
        exit(TROUBLE);
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    while ((length = getline(&line, &room, file)) > 0)
        add_pattern(line, (size_t)length - (line[length - 1] == '\n'));
    free(line);
    if (!input_close(file, name))
        exit(TROUBLE);
}

static void compile(struct pattern *pattern)
{
    int error = regcomp(&pattern->regex, pattern->text, regex_flags);
    if (error != 0) {
        char reason[128];
        regerror(error, &pattern->regex, reason, sizeof reason);
        diex("%s: %s", pattern->text, reason);
    }
}

/*
 * A match is the longest of the leftmost ones, so for -x, where any match is the whole line, the
 * one that is found is.
 */
static bool matches_regex(const char *line, size_t length, const regex_t *regex)
{
    regmatch_t match;
    if (regexec(regex, line, whole_line ? 1 : 0, &match, 0) != 0)
        return false;
    return !whole_line || (match.rm_so == 0 && (size_t)match.rm_eo == length);
}

static bool same_bytes(const char *a, const char *b, size_t length)
{
    return (ignore_case ? strncasecmp : strncmp)(a, b, length) == 0;
}

static bool matches_fixed(const char *line, size_t length, const char *text)
{
    size_t wanted = strlen(text);
    if (whole_line)
        return length == wanted && same_bytes(line, text, wanted);
    if (!ignore_case)
        return strstr(line, text) != NULL;
    for (size_t i = 0; i + wanted <= length; i++)
        if (same_bytes(line + i, text, wanted))
            return true;
    return false;
}

static bool matches(const char *line, size_t length)
{
    for (size_t i = 0; i < pattern_count; i++) {
        if (fixed ? matches_fixed(line, length, patterns[i].text)
                  : matches_regex(line, length, &patterns[i].regex))
            return true;
    }
    return false;
}

static void print_line(const char *name, uintmax_t number, const char *line, size_t length)
{
    if (with_names)
        printf("%s:", name);
    if (numbered)
        printf("%ju:", number);
    fwrite(line, 1, length, stdout);
    putchar('\n');
}

/* True if a line was selected. */
static bool grep(FILE *file, const char *name)
{
    static char *line;
    static size_t room;
    uintmax_t number = 0;
    uintmax_t selected = 0;
    ssize_t length;
    while ((length = getline(&line, &room, file)) > 0) {
        number++;
        if (line[length - 1] == '\n')
            line[--length] = '\0';
        if (matches(line, (size_t)length) == inverted)
            continue;
        selected++;
        if (quiet || names_only)
            break;
        if (!count_only)
            print_line(name, number, line, (size_t)length);
    }
    if (quiet)
        return selected > 0;
    if (names_only && selected > 0)
        puts(name);
    if (count_only && with_names)
        printf("%s:%ju\n", name, selected);
    else if (count_only)
        printf("%ju\n", selected);
    return selected > 0;
}

static int grep_all(char **names)
{
    int status = NONE_SELECTED;
    bool trouble = false;
    for (; *names != NULL; names++) {
        bool standard = strcmp(*names, "-") == 0;
        FILE *file = silent && !standard ? fopen(*names, "r") : input_open(*names);
        if (file == NULL) {
            trouble = true;
            continue;
        }
        bool found = grep(file, standard ? "(standard input)" : *names);
        if (silent && ferror(file)) {
            trouble = true;
            clearerr(file);
        }
        if (!input_close(file, *names))
            trouble = true;
        if (found && quiet)
            return SELECTED;
        if (found)
            status = SELECTED;
    }
    return trouble ? TROUBLE : status;
}

static void parse_options(int argc, char *argv[])
{
    int option;
    while ((option = getopt(argc, argv, "EFce:f:ilnqsvx")) != -1) {
        switch (option) {
        case 'E':
            regex_flags |= REG_EXTENDED;
            break;
        case 'F':
            fixed = true;
            break;
        case 'c':
            count_only = true;
            break;
        case 'e':
            listed = true;
            add_list(optarg);
            break;
        case 'f':
            listed = true;
            add_file(optarg);
            break;
        case 'i':
            ignore_case = true;
            regex_flags |= REG_ICASE;
            break;
        case 'l':
            names_only = true;
            break;
        case 'n':
            numbered = true;
            break;
        case 'q':
            quiet = true;
            break;
        case 's':
            silent = true;
            break;
        case 'v':
            inverted = true;
            break;
        case 'x':
            whole_line = true;
            break;
        default:
            usage();
        }
    }
}

int main(int argc, char *argv[])
{
    util_start(argv,
               "grep [-E|-F] [-c|-l|-q] [-insvx] -e pattern_list [-e pattern_list]...\n"
               "     [-f pattern_file]... [file ...]\n"
               "grep [-E|-F] [-c|-l|-q] [-insvx] [-e pattern_list]... -f pattern_file\n"
               "     [-f pattern_file]... [file ...]\n"
               "grep [-E|-F] [-c|-l|-q] [-insvx] pattern_list [file ...]",
               TROUBLE);
    parse_options(argc, argv);
    if (!listed) {
        if (optind == argc)
            usage();
        add_list(argv[optind++]);
    }
    if (!whole_line)
        regex_flags |= REG_NOSUB;
    for (size_t i = 0; !fixed && i < pattern_count; i++)
        compile(&patterns[i]);
    if (names_only)
        count_only = false;
    with_names = argc - optind > 1;
    return util_end(grep_all(input_names(argv + optind)));
}

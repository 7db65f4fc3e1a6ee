/*
 * sort: sort, merge, or sequence check text files.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/sort.html
 *
 * All lines are in memory; -m merges streams. The sort is a merge sort, so equal keys keep the
 * order of the input, where the last resort of comparing whole lines does not decide.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util.h"

enum { SORTED = 0, DISORDER = 1, TROUBLE = 2 };

struct ordering {
    bool blanks_start; /* -b, for the start of a key */
    bool blanks_end;   /* -b, for its end */
    bool dictionary;
    bool fold;
    bool printable;
    bool numeric;
    bool reverse;
};

struct position {
    size_t field; /* from 1; 0: to the end of the line */
    size_t byte;  /* from 1; 0, of an end: the last byte of the field */
};

struct key {
    struct position start, end;
    struct ordering order;
    bool own_order; /* it has letters of its own and takes none from the options */
};

struct line {
    char *text;
    size_t length;
};

static struct key *keys;
static size_t key_count;
static struct ordering global;
static bool unique;
static int separator = -1;

static size_t skip_blanks(const struct line *line, size_t at)
{
    while (at < line->length && isblank((unsigned char)line->text[at]))
        at++;
    return at;
}

/* Where the field behind the one at `at` begins; without -t the blanks before it belong to it. */
static size_t next_field(const struct line *line, size_t at)
{
    if (separator >= 0) {
        const char *found = memchr(line->text + at, separator, line->length - at);
        return found != NULL ? (size_t)(found - line->text) + 1 : line->length;
    }
    at = skip_blanks(line, at);
    while (at < line->length && !isblank((unsigned char)line->text[at]))
        at++;
    return at;
}

static size_t key_start(const struct line *line, const struct key *key)
{
    size_t at = 0;
    for (size_t i = 1; i < key->start.field && at < line->length; i++)
        at = next_field(line, at);
    if (key->order.blanks_start)
        at = skip_blanks(line, at);
    at += key->start.byte - 1;
    return at < line->length ? at : line->length;
}

static size_t key_end(const struct line *line, const struct key *key)
{
    if (key->end.field == 0)
        return line->length;
    size_t at = 0;
    size_t before = key->end.byte == 0 ? key->end.field : key->end.field - 1;
    size_t fields = 0;
    for (; fields < before && at < line->length; fields++)
        at = next_field(line, at);
    if (key->end.byte == 0) {
        /* The separator behind the field is no part of it; a line may end without one. */
        bool ended = separator >= 0 && fields == before && at > 0 &&
                     line->text[at - 1] == separator && (at < line->length || before > 0);
        return ended ? at - 1 : at;
    }
    if (key->order.blanks_end)
        at = skip_blanks(line, at);
    at += key->end.byte;
    return at < line->length ? at : line->length;
}

static bool ignored(const struct ordering *order, unsigned char c)
{
    return (order->dictionary && !isalnum(c) && !isblank(c)) || (order->printable && !isprint(c));
}

static int compare_text(const char *a, const char *a_end, const char *b, const char *b_end,
                        const struct ordering *order)
{
    for (;; a++, b++) {
        while (a < a_end && ignored(order, (unsigned char)*a))
            a++;
        while (b < b_end && ignored(order, (unsigned char)*b))
            b++;
        if (a == a_end || b == b_end)
            return (a < a_end) - (b < b_end);
        int x = (unsigned char)*a;
        int y = (unsigned char)*b;
        if (order->fold) {
            x = toupper(x);
            y = toupper(y);
        }
        if (x != y)
            return x < y ? -1 : 1;
    }
}

/* A number as its sign and where its digits are: compared as text, so no length is too long. */
struct number {
    bool negative;
    const char *digits; /* of the whole part, without leading zeros */
    size_t whole;
    const char *fraction;
    size_t fraction_length; /* without trailing zeros */
};

static struct number parse_numeric(const char *s, const char *end)
{
    struct number n = {0};
    while (s < end && isblank((unsigned char)*s))
        s++;
    if (s < end && *s == '-') {
        n.negative = true;
        s++;
    }
    while (s < end && *s == '0')
        s++;
    n.digits = s;
    while (s < end && isdigit((unsigned char)*s))
        s++;
    n.whole = (size_t)(s - n.digits);
    n.fraction = s;
    if (s < end && *s == '.') {
        n.fraction = ++s;
        while (s < end && isdigit((unsigned char)*s))
            s++;
        while (s > n.fraction && s[-1] == '0')
            s--;
        n.fraction_length = (size_t)(s - n.fraction);
    }
    if (n.whole == 0 && n.fraction_length == 0)
        n.negative = false; /* minus nought is nought */
    return n;
}

static int compare_numeric(const char *a, const char *a_end, const char *b, const char *b_end)
{
    struct number x = parse_numeric(a, a_end);
    struct number y = parse_numeric(b, b_end);
    if (x.negative != y.negative)
        return x.negative ? -1 : 1;
    int order =
        x.whole != y.whole ? (x.whole < y.whole ? -1 : 1) : memcmp(x.digits, y.digits, x.whole);
    if (order == 0) {
        size_t common =
            x.fraction_length < y.fraction_length ? x.fraction_length : y.fraction_length;
        order = memcmp(x.fraction, y.fraction, common);
        if (order == 0)
            order = (x.fraction_length > common) - (y.fraction_length > common);
    }
    return x.negative ? -order : order;
}

static int compare_key(const struct line *a, const struct line *b, const struct key *key)
{
    size_t a_start = key_start(a, key);
    size_t b_start = key_start(b, key);
    size_t a_end = key_end(a, key);
    size_t b_end = key_end(b, key);
    const char *from_a = a->text + a_start;
    const char *from_b = b->text + b_start;
    const char *to_a = a_end > a_start ? a->text + a_end : from_a;
    const char *to_b = b_end > b_start ? b->text + b_end : from_b;
    int order = key->order.numeric ? compare_numeric(from_a, to_a, from_b, to_b)
                                   : compare_text(from_a, to_a, from_b, to_b, &key->order);
    return key->order.reverse ? -order : order;
}

static int compare_keys(const struct line *a, const struct line *b)
{
    for (size_t i = 0; i < key_count; i++) {
        int order = compare_key(a, b, &keys[i]);
        if (order != 0)
            return order;
    }
    return 0;
}

/* Lines with equal keys are ordered by all their bytes, but with -u they are the same line. */
static int compare(const struct line *a, const struct line *b)
{
    int order = compare_keys(a, b);
    if (order != 0 || unique)
        return order;
    size_t common = a->length < b->length ? a->length : b->length;
    order = memcmp(a->text, b->text, common);
    if (order == 0)
        order = (a->length > common) - (b->length > common);
    return global.reverse ? -order : order;
}

static void merge_sort(struct line *lines, struct line *spare, size_t count)
{
    if (count < 2)
        return;
    size_t half = count / 2;
    merge_sort(lines, spare, half);
    merge_sort(lines + half, spare, count - half);
    if (compare(&lines[half - 1], &lines[half]) <= 0)
        return;
    memcpy(spare, lines, half * sizeof *lines);
    size_t left = 0;
    size_t right = half;
    for (size_t at = 0; left < half; at++) {
        bool take_right = right < count && compare(&spare[left], &lines[right]) > 0;
        lines[at] = take_right ? lines[right++] : spare[left++];
    }
}

static bool read_line(FILE *file, struct line *line)
{
    size_t room = 0;
    line->text = NULL;
    ssize_t length = getline(&line->text, &room, file);
    if (length <= 0) {
        free(line->text);
        return false;
    }
    line->length = (size_t)length - (line->text[length - 1] == '\n');
    return true;
}

static FILE *open_or_die(const char *name)
{
    FILE *file = input_open(name);
    if (file == NULL)
        exit(TROUBLE);
    return file;
}

static void close_or_die(FILE *file, const char *name)
{
    if (!input_close(file, name))
        exit(TROUBLE);
}

static struct line *read_all(char **names, size_t *count)
{
    struct line *lines = NULL;
    *count = 0;
    for (; *names != NULL; names++) {
        FILE *file = open_or_die(*names);
        struct line line;
        while (read_line(file, &line)) {
            lines = xgrow(lines, *count, sizeof *lines);
            lines[(*count)++] = line;
        }
        close_or_die(file, *names);
    }
    return lines;
}

/* The inputs are read before this is called, so one of them may be the output. */
static void open_output(const char *name)
{
    if (name != NULL && freopen(name, "w", stdout) == NULL)
        die("%s", name);
}

static void print(const struct line *line)
{
    fwrite(line->text, 1, line->length, stdout);
    putchar('\n');
}

static void sort_files(char **names, const char *output)
{
    size_t count;
    struct line *lines = read_all(names, &count);
    struct line *spare = xrealloc(NULL, count / 2 + 1, sizeof *spare);
    merge_sort(lines, spare, count);
    open_output(output);
    for (size_t i = 0; i < count; i++)
        if (!unique || i == 0 || compare_keys(&lines[i - 1], &lines[i]) != 0)
            print(&lines[i]);
}

struct source {
    FILE *file;
    const char *name;
    struct line line;
    bool open;
};

static void advance(struct source *source)
{
    source->open = read_line(source->file, &source->line);
    if (!source->open)
        close_or_die(source->file, source->name);
}

static struct source *smallest(struct source *sources, size_t count)
{
    struct source *best = NULL;
    for (size_t i = 0; i < count; i++)
        if (sources[i].open && (best == NULL || compare(&sources[i].line, &best->line) < 0))
            best = &sources[i];
    return best;
}

static void merge_files(char **names)
{
    struct source *sources = NULL;
    size_t count = 0;
    for (; *names != NULL; names++) {
        sources = xgrow(sources, count, sizeof *sources);
        sources[count] = (struct source){.file = open_or_die(*names), .name = *names};
        advance(&sources[count++]);
    }
    struct line last = {0};
    struct source *best;
    while ((best = smallest(sources, count)) != NULL) {
        if (!unique || last.text == NULL || compare_keys(&last, &best->line) != 0)
            print(&best->line);
        free(last.text);
        last = best->line;
        advance(best);
    }
    free(last.text);
    free(sources);
}

static int check(const char *name, bool quiet)
{
    FILE *file = open_or_die(name);
    struct line last = {0};
    struct line line;
    for (uintmax_t number = 1; read_line(file, &line); number++) {
        int order = last.text != NULL ? compare(&last, &line) : -1;
        if (order > 0 || (unique && order == 0)) {
            if (!quiet)
                warnx("%s:%ju: disorder: %.*s", name, number, (int)line.length, line.text);
            return DISORDER;
        }
        free(last.text);
        last = line;
    }
    free(last.text);
    close_or_die(file, name);
    return SORTED;
}

static bool set_letter(struct ordering *order, char letter)
{
    switch (letter) {
    case 'd':
        order->dictionary = true;
        return true;
    case 'f':
        order->fold = true;
        return true;
    case 'i':
        order->printable = true;
        return true;
    case 'n':
        order->numeric = true;
        return true;
    case 'r':
        order->reverse = true;
        return true;
    default:
        return false;
    }
}

/* field[.byte][letters] of a -k; moves *s. */
static void parse_position(const char **s, struct position *position, struct key *key, bool *blanks)
{
    char *end;
    position->field = strtoul(*s, &end, 10);
    if (end == *s || **s == '-')
        diex("%s: not a key", *s);
    *s = end;
    if (**s == '.') {
        (*s)++;
        position->byte = strtoul(*s, &end, 10);
        if (end == *s)
            diex("%s: not a key", *s);
        *s = end;
    }
    for (; **s != '\0' && **s != ','; (*s)++) {
        key->own_order = true;
        if (**s == 'b')
            *blanks = true;
        else if (!set_letter(&key->order, **s))
            diex("%s: not a key's letter", *s);
    }
}

static void add_key(const char *text)
{
    struct key key = {.start.byte = 1};
    const char *s = text;
    parse_position(&s, &key.start, &key, &key.order.blanks_start);
    if (key.start.field == 0 || key.start.byte == 0)
        diex("%s: fields and bytes are numbered from 1", text);
    if (*s == ',') {
        s++;
        parse_position(&s, &key.end, &key, &key.order.blanks_end);
        if (key.end.field == 0)
            diex("%s: fields are numbered from 1", text);
    }
    if (*s != '\0')
        diex("%s: not a key", text);
    keys = xgrow(keys, key_count, sizeof *keys);
    keys[key_count++] = key;
}

/* Without -k the whole line is the key; keys without letters take those of the options. */
static void finish_keys(void)
{
    if (key_count == 0)
        add_key("1");
    for (size_t i = 0; i < key_count; i++)
        if (!keys[i].own_order)
            keys[i].order = global;
}

int main(int argc, char *argv[])
{
    util_start(argv,
               "sort [-m] [-o output] [-bdfinru] [-t char] [-k keydef]... [file ...]\n"
               "sort [-c|-C] [-bdfinru] [-t char] [-k keydef]... [file]",
               TROUBLE);
    const char *output = NULL;
    int checking = 0;
    bool merging = false;
    int option;
    while ((option = getopt(argc, argv, "bcCdfik:mno:rt:u")) != -1) {
        if (option == 'k')
            add_key(optarg);
        else if (option == 'o')
            output = optarg;
        else if (option == 'c' || option == 'C')
            checking = option;
        else if (option == 'm')
            merging = true;
        else if (option == 'u')
            unique = true;
        else if (option == 'b')
            global.blanks_start = global.blanks_end = true;
        else if (option == 't' && optarg[0] != '\0' && optarg[1] == '\0')
            separator = (unsigned char)optarg[0];
        else if (option == 't')
            diex("%s: the separator is not one character", optarg);
        else if (!set_letter(&global, (char)option))
            usage();
    }
    finish_keys();
    char **names = input_names(argv + optind);
    if (checking != 0 && argc - optind > 1)
        usage();
    if (checking != 0)
        return check(names[0], checking == 'C');
    if (merging && output == NULL)
        merge_files(names);
    else
        sort_files(names, output);
    return util_end(SORTED);
}

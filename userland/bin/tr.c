/*
 * tr: translate characters. In the POSIX locale a character is a byte.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/tr.html
 */
#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "util.h"

/* A string operand, expanded. A repeat without count stands for as many as string1 needs. */
struct set {
    unsigned char *bytes;
    size_t count;
    size_t fill_at;   /* where an open [x*] stands; its character is in `fill` */
    int fill;         /* -1: no open repeat */
    const char *fold; /* the class that may map case: "upper" or "lower" */
    size_t fold_at;
};

static void append(struct set *set, int byte)
{
    set->bytes = xgrow(set->bytes, set->count, 1);
    set->bytes[set->count++] = (unsigned char)byte;
}

static bool in_class(const char *name, int c)
{
    static const struct {
        const char *name;
        int (*test)(int);
    } classes[] = {{"alnum", isalnum}, {"alpha", isalpha}, {"blank", isblank},
                   {"cntrl", iscntrl}, {"digit", isdigit}, {"graph", isgraph},
                   {"lower", islower}, {"print", isprint}, {"punct", ispunct},
                   {"space", isspace}, {"upper", isupper}, {"xdigit", isxdigit}};
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (strcmp(name, classes[i].name) == 0)
            return classes[i].test(c) != 0;
    diex("[:%s:]: no such character class", name);
}

/* One character of the operand, with its escapes; moves *s. */
static int next(const char **s)
{
    if (**s == '\\' && (*s)[1] != '\0') {
        (*s)++;
        int byte = escape(s);
        return byte >= 0 ? byte : (unsigned char)*(*s)++;
    }
    return (unsigned char)*(*s)++;
}

/* [:class:] at s: its length, or 0. */
static size_t parse_class(const char *s, struct set *set)
{
    const char *end = s[0] == '[' && s[1] == ':' ? strstr(s + 2, ":]") : NULL;
    char name[16];
    if (end == NULL || (size_t)(end - s) - 2 >= sizeof name)
        return 0;
    size_t length = (size_t)(end - s) - 2;
    memcpy(name, s + 2, length);
    name[length] = '\0';
    if (strcmp(name, "upper") == 0 || strcmp(name, "lower") == 0) {
        set->fold = name[0] == 'u' ? "upper" : "lower";
        set->fold_at = set->count;
    }
    for (int c = 0; c < 256; c++)
        if (in_class(name, c))
            append(set, c);
    return length + 4;
}

/* [=x=] at s: in the POSIX locale a class of one. */
static size_t parse_equivalent(const char *s, struct set *set)
{
    if (s[0] != '[' || s[1] != '=' || s[2] == '\0')
        return 0;
    const char *at = s + 2;
    int byte = next(&at);
    if (at[0] != '=' || at[1] != ']')
        return 0;
    append(set, byte);
    return (size_t)(at - s) + 2;
}

/* [x*n] or [x*] at s, in string2 only; n is octal if it begins with 0. */
static size_t parse_repeat(const char *s, struct set *set)
{
    if (s[0] != '[' || s[1] == '\0')
        return 0;
    const char *at = s + 1;
    int byte = next(&at);
    if (*at++ != '*')
        return 0;
    size_t count = 0;
    size_t base = *at == '0' ? 8 : 10;
    for (; *at >= '0' && *at <= '9' && count < 65536; at++)
        count = count * base + (size_t)(*at - '0');
    if (*at != ']')
        return 0;
    if (count == 0) {
        set->fill = byte;
        set->fill_at = set->count;
    }
    while (count-- > 0)
        append(set, byte);
    return (size_t)(at - s) + 1;
}

static void expand(const char *s, bool second, struct set *set)
{
    *set = (struct set){.fill = -1};
    while (*s != '\0') {
        size_t length = parse_class(s, set);
        if (length == 0)
            length = parse_equivalent(s, set);
        if (length == 0 && second)
            length = parse_repeat(s, set);
        s += length;
        if (length != 0)
            continue;
        int first = next(&s);
        int last = first;
        if (s[0] == '-' && s[1] != '\0') {
            s++;
            last = next(&s);
            if (last < first)
                diex("range ends before it begins");
        }
        for (int c = first; c <= last; c++)
            append(set, c);
    }
}

static void complement(struct set *set)
{
    bool has[256] = {false};
    for (size_t i = 0; i < set->count; i++)
        has[set->bytes[i]] = true;
    set->count = 0;
    set->bytes = NULL;
    set->fold = NULL;
    for (int c = 0; c < 256; c++)
        if (!has[c])
            append(set, c);
}

/* Brings string2 to string1's length: at its open repeat, or by its last character. */
static void lengthen(struct set *set, size_t wanted)
{
    if (set->fill < 0 && set->count == 0)
        diex("string2 is empty");
    if (set->fill < 0)
        set->fill_at = set->count;
    int byte = set->fill >= 0 ? set->fill : set->bytes[set->count - 1];
    size_t tail = set->count - set->fill_at;
    while (set->count < wanted) {
        append(set, byte);
        memmove(set->bytes + set->fill_at + 1, set->bytes + set->fill_at, tail);
        set->bytes[set->fill_at++] = (unsigned char)byte;
    }
}

static void fill_map(unsigned char map[256], const struct set *from, struct set *to)
{
    /* Case mapping pairs letters with toupper() and tolower(), whatever the classes' order is. */
    bool folds = from->fold != NULL && to->fold != NULL && from->fold != to->fold &&
                 from->fold_at == to->fold_at;
    lengthen(to, from->count);
    for (int c = 0; c < 256; c++)
        map[c] = (unsigned char)c;
    for (size_t i = from->count; i-- > 0;)
        map[from->bytes[i]] = to->bytes[i];
    for (int c = 0; folds && c < 256; c++)
        if (in_class(from->fold, c))
            map[c] = (unsigned char)(to->fold[0] == 'u' ? toupper(c) : tolower(c));
}

static void mark(bool marks[256], const struct set *set)
{
    for (size_t i = 0; i < set->count; i++)
        marks[set->bytes[i]] = true;
}

static void translate(const unsigned char map[256], const bool deleted[256],
                      const bool squeezed[256])
{
    int last = EOF;
    int c;
    while ((c = getchar()) != EOF) {
        if (deleted[c])
            continue;
        c = map[c];
        if (c == last && squeezed[c])
            continue;
        putchar(c);
        last = c;
    }
}

int main(int argc, char *argv[])
{
    util_start(argv,
               "tr [-c|-C] [-s] string1 string2\n"
               "tr -s [-c|-C] string1\n"
               "tr -d [-c|-C] string1\n"
               "tr -ds [-c|-C] string1 string2",
               1);
    bool complemented = false;
    bool deletes = false;
    bool squeezes = false;
    int option;
    while ((option = getopt(argc, argv, "Ccds")) != -1) {
        if (option == '?')
            usage();
        complemented |= option == 'c' || option == 'C';
        deletes |= option == 'd';
        squeezes |= option == 's';
    }
    int count = argc - optind;
    bool one = deletes != squeezes && count == 1;
    bool two = deletes == squeezes || !deletes;
    if (!one && !(two && count == 2))
        usage();
    struct set from;
    struct set to = {.fill = -1};
    expand(argv[optind], false, &from);
    if (complemented)
        complement(&from);
    if (count == 2)
        expand(argv[optind + 1], true, &to);
    unsigned char map[256];
    bool deleted[256] = {false};
    bool squeezed[256] = {false};
    for (int c = 0; c < 256; c++)
        map[c] = (unsigned char)c;
    if (deletes)
        mark(deleted, &from);
    else if (count == 2)
        fill_map(map, &from, &to);
    if (squeezes)
        mark(squeezed, count == 2 ? &to : &from);
    translate(map, deleted, squeezed);
    bool good = input_close(stdin, "standard input");
    return util_end(!good);
}

/*
 * Regular expressions. Given "B|E PATTERN TEXT" lines on stdin, prints the groups found in each,
 * for the table in the Python test; without, compares random patterns with the host's matcher.
 */
#define _GNU_SOURCE
#include "libc_driver.h"
#include <regex.h>
#include <string.h>

struct exo_regex {
    size_t groups;
    void *program;
};

struct exo_match {
    long begin;
    long end;
};

int exo_regcomp(struct exo_regex *, const char *, int);
int exo_regexec(const struct exo_regex *, const char *, size_t, struct exo_match *, int);
void exo_regfree(struct exo_regex *);
size_t exo_regerror(int, const struct exo_regex *, char *, size_t);
char *exo_setlocale(int, const char *);

/* A random extended pattern, always well formed. */
static char *make(char *p, char *end, int depth)
{
    static const char *const repeats[] = {"*", "+", "?", "{2}", "{1,2}", "{0,1}", "{2,}"};
    static const char *const atoms[] = {"a", "b", "c", ".", "[ab]", "[^a]", "[b-c]"};
    unsigned items = 1 + below(3);
    for (unsigned i = 0; i < items && p + 40 < end; i++) {
        if (depth > 0 && below(3) == 0) {
            *p++ = '(';
            p = make(p, end, depth - 1);
            if (below(2)) {
                *p++ = '|';
                p = make(p, end, depth - 1);
            }
            *p++ = ')';
        } else {
            p = stpcpy(p, atoms[below(7)]);
        }
        if (below(3) == 0)
            p = stpcpy(p, repeats[below(7)]);
    }
    *p = '\0';
    return p;
}

static void check_random(void)
{
    int matched = 0;
    for (int round = 0; round < 8000; round++) {
        char pattern[200], text[16];
        char *p = pattern;
        if (below(10) == 0)
            *p++ = '^';
        p = make(p, pattern + 150, 2);
        if (below(10) == 0)
            strcpy(p, "$");
        unsigned size = below(15);
        for (unsigned i = 0; i < size; i++)
            text[i] = "abcA\n"[below(20) == 0 ? 3 + below(2) : below(3)];
        text[size] = '\0';
        int flags =
            REG_EXTENDED | (below(4) == 0 ? REG_ICASE : 0) | (below(4) == 0 ? REG_NEWLINE : 0);
        regex_t theirs;
        struct exo_regex ours;
        regmatch_t their[1];
        struct exo_match our[10];
        if (regcomp(&theirs, pattern, flags) != 0)
            continue;
        int error = exo_regcomp(&ours, pattern, flags);
        CHECK(error == 0, "regcomp '%s': %d", pattern, error);
        if (error != 0)
            continue;
        int a = exo_regexec(&ours, text, 10, our, 0), b = regexec(&theirs, text, 1, their, 0);
        CHECK(a == b, "'%s' '%s' %d: %d, not %d", pattern, text, flags, a, b);
        if (a == 0 && b == 0) {
            matched++;
            CHECK(our[0].begin == their[0].rm_so && our[0].end == their[0].rm_eo,
                  "'%s' '%s' %d: %ld-%ld, not %d-%d", pattern, text, flags, our[0].begin,
                  our[0].end, their[0].rm_so, their[0].rm_eo);
            for (int i = 1; i < 10; i++)
                CHECK(our[i].begin == -1 ||
                          (our[i].begin >= our[0].begin && our[i].end <= our[0].end),
                      "'%s' '%s': group %d outside", pattern, text, i);
        }
        exo_regfree(&ours);
        regfree(&theirs);
    }
    CHECK(matched > 2000, "only %d matches: the test is too weak", matched);
}

/* Patterns that make others take exponential time. */
static void check_blow_up(void)
{
    static const char *const patterns[] = {"(a*)*b",
                                           "(a|aa)+b",
                                           "(a+a+)+b",
                                           "((a*)*)*b",
                                           "(a|a|a)*b",
                                           "(a?){100}a{100}b",
                                           "(.*)(.*)(.*)(.*)(.*)b"};
    static char text[2001];
    memset(text, 'a', sizeof text - 1);
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        struct exo_regex regex;
        struct exo_match match[10];
        CHECK(exo_regcomp(&regex, patterns[i], REG_EXTENDED) == 0, "regcomp '%s'", patterns[i]);
        text[sizeof text - 2] = 'a';
        CHECK(exo_regexec(&regex, text, 10, match, 0) == REG_NOMATCH, "'%s'", patterns[i]);
        text[sizeof text - 2] = 'b';
        CHECK(exo_regexec(&regex, text, 10, match, 0) == 0, "'%s'", patterns[i]);
        exo_regfree(&regex);
    }
}

static void answer(char *line)
{
    char *kind = strtok(line, "\t\n"), *pattern = strtok(NULL, "\t\n"),
         *text = strtok(NULL, "\t\n");
    struct exo_regex regex;
    struct exo_match match[10];
    int flags = strchr(kind, 'E') != NULL ? REG_EXTENDED : 0;
    flags |= strchr(kind, 'i') != NULL ? REG_ICASE : 0;
    flags |= strchr(kind, 'n') != NULL ? REG_NEWLINE : 0;
    if (strcmp(text, "NULL") == 0)
        *text = '\0';
    exo_setlocale(0, strchr(kind, 'u') != NULL ? "C.UTF-8" : "C");
    int error = exo_regcomp(&regex, pattern, flags);
    if (error != 0) {
        printf("error %d\n", error);
        return;
    }
    error = exo_regexec(&regex, text, 10, match, 0);
    if (error != 0)
        printf("none");
    for (size_t i = 0; error == 0 && i <= regex.groups; i++)
        if (match[i].begin < 0)
            printf("(?,?)");
        else
            printf("(%ld,%ld)", match[i].begin, match[i].end);
    printf("\n");
    exo_regfree(&regex);
}

int main(int argc, char **argv)
{
    char line[500];
    if (argc > 1) {
        FILE *table = fopen(argv[1], "r");
        while (fgets(line, sizeof line, table) != NULL)
            answer(line);
        fclose(table);
        return 0;
    }
    check_random();
    check_blow_up();
    return failures != 0;
}

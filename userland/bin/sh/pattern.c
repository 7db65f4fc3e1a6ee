/*
 * Pattern matching by bytes, in the POSIX locale.
 *
 * A star is matched by trying again from one byte further when the rest fails; only the last star
 * is ever tried again, so the time is at most length of pattern times length of text.
 */
#include <ctype.h>
#include <string.h>

#include "pattern.h"

static const struct {
    const char *name;
    int (*is)(int);
} classes[] = {
    {"alnum", isalnum}, {"alpha", isalpha}, {"blank", isblank}, {"cntrl", iscntrl},
    {"digit", isdigit}, {"graph", isgraph}, {"lower", islower}, {"print", isprint},
    {"punct", ispunct}, {"space", isspace}, {"upper", isupper}, {"xdigit", isxdigit},
};

/* [:name:] at p; on success *end is behind it. */
static bool match_class(const char *p, const char **end, int c, bool *matched)
{
    const char *stop;

    if (p[0] != '[' || p[1] != ':' || !(stop = strstr(p + 2, ":]")))
        return false;
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        size_t len = strlen(classes[i].name);

        if ((size_t)(stop - p - 2) == len && memcmp(p + 2, classes[i].name, len) == 0) {
            *matched = classes[i].is(c) != 0;
            *end = stop + 2;
            return true;
        }
    }
    return false;
}

/* One end of a range: a byte, escaped byte, [.x.] or [=x=]. */
static const char *read_element(const char *p, int *c)
{
    if (p[0] == '[' && (p[1] == '.' || p[1] == '=') && p[2] && p[3] == p[1] && p[4] == ']') {
        *c = (unsigned char)p[2];
        return p + 5;
    }
    if (*p == '\\' && p[1])
        p++;
    *c = (unsigned char)*p;
    return p + 1;
}

/* The bracket expression after "["; null if it has no end, and so is no bracket expression. */
static const char *match_bracket(const char *p, int c, bool *matched)
{
    bool negated = *p == '!' || *p == '^';
    const char *first;

    p += negated;
    first = p;
    *matched = false;
    while (*p != ']' || p == first) {
        bool in_class;
        int low, high;

        if (!*p)
            return NULL;
        if (match_class(p, &p, c, &in_class)) {
            *matched |= in_class;
            continue;
        }
        p = read_element(p, &low);
        high = low;
        if (p[0] == '-' && p[1] && p[1] != ']')
            p = read_element(p + 1, &high);
        *matched |= low <= c && c <= high;
    }
    *matched ^= negated;
    return p + 1;
}

/* The end of the pattern's element at p if it matches c, else null. A star is none. */
static const char *match_one(const char *p, int c)
{
    bool matched;
    const char *end;

    switch (*p) {
    case '\0':
        return NULL;
    case '?':
        return p + 1;
    case '[':
        end = match_bracket(p + 1, c, &matched);
        if (end)
            return matched ? end : NULL;
        break;
    case '\\':
        if (p[1])
            p++;
        break;
    default:
        break;
    }
    return (unsigned char)*p == c ? p + 1 : NULL;
}

bool pattern_match(const char *pattern, const char *text, size_t len)
{
    const char *end = text + len;
    const char *star = NULL;  /* behind the last star */
    const char *retry = NULL; /* where its match ends now */

    for (;;) {
        const char *next;

        if (*pattern == '*') {
            star = ++pattern;
            retry = text;
            continue;
        }
        if (text == end && !*pattern)
            return true;
        next = text < end ? match_one(pattern, (unsigned char)*text) : NULL;
        if (next) {
            pattern = next;
            text++;
        } else if (star && retry < end) {
            text = ++retry;
            pattern = star;
        } else {
            return false;
        }
    }
}

bool pattern_is_magic(const char *pattern)
{
    for (; *pattern; pattern++) {
        if (*pattern == '*' || *pattern == '?')
            return true;
        if (*pattern == '[' && strchr(pattern, ']'))
            return true;
        if (*pattern == '\\' && pattern[1])
            pattern++;
    }
    return false;
}

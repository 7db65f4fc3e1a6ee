/*
 * fnmatch (POSIX.1-2024 XCU 2.14). One star is enough to come back to, the last: a text that the
 * last star can make match needs nothing of the earlier ones. With FNM_PATHNAME a star stops at a
 * slash, and since slashes pair off one by one, that holds there too.
 */
#include <fnmatch.h>
#include <stddef.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>
#include "locale_impl.h"

#define STRAY_BASE 0xdf00 /* UTF-8: a byte that begins no character */

struct matcher {
    int flags;
    const char *string; /* all of it: where a leading period may stand */
};

static wint_t decode(const char **text)
{
    unsigned char byte = (unsigned char)**text;
    if (byte < 0x80 || !__locale_utf8) {
        ++*text;
        return byte;
    }
    mbstate_t state = {0};
    wchar_t wide;
    size_t used = mbrtowc(&wide, *text, strnlen(*text, 4), &state);
    if (used >= (size_t)-2) {
        ++*text;
        return STRAY_BASE + byte;
    }
    *text += used;
    return (wint_t)wide;
}

static int same(const struct matcher *matcher, wint_t a, wint_t b)
{
    return a == b || ((matcher->flags & FNM_CASEFOLD) && towlower(a) == towlower(b));
}

/* A period here needs a period in the pattern. */
static int leading_period(const struct matcher *matcher, const char *at)
{
    if (*at != '.' || !(matcher->flags & FNM_PERIOD))
        return 0;
    return at == matcher->string || ((matcher->flags & FNM_PATHNAME) && at[-1] == '/');
}

/* [:name:], [.c.] or [=c=] at *p, behind the bracket: its end, or NULL if it is none of these. */
static const char *named_end(const char *p)
{
    char kind = *p;
    if (kind != ':' && kind != '.' && kind != '=')
        return NULL;
    for (p++; *p != '\0'; p++)
        if (p[0] == kind && p[1] == ']')
            return p;
    return NULL;
}

static int in_class(const struct matcher *matcher, const char *name, const char *end, wint_t c)
{
    char text[16];
    size_t size = (size_t)(end - name);
    if (size >= sizeof text)
        return 0;
    memcpy(text, name, size);
    text[size] = '\0';
    wctype_t class = wctype(text);
    if (c >= 0x80 && !__locale_utf8)
        return 0;
    if (iswctype(c, class))
        return 1;
    return (matcher->flags & FNM_CASEFOLD) &&
           (iswctype(towlower(c), class) || iswctype(towupper(c), class));
}

/* One end of a range; moves *p behind it. */
static wint_t bracket_char(const struct matcher *matcher, const char **p)
{
    if (**p == '[') {
        const char *end = named_end(*p + 1), *name = *p + 2;
        if (end != NULL && (*p)[1] != ':') {
            *p = end + 2;
            return decode(&name);
        }
    }
    if (**p == '\\' && !(matcher->flags & FNM_NOESCAPE) && (*p)[1] != '\0')
        ++*p;
    return decode(p);
}

/*
 * The bracket expression at *pattern, behind its bracket: 1 or 0, and *pattern moved behind it; -1
 * if it is not one, so that the bracket stands for itself.
 */
static int match_bracket(const struct matcher *matcher, const char **pattern, wint_t c)
{
    const char *p = *pattern, *first;
    int inside = 0, negated = *p == '!' || *p == '^';
    p += negated;
    for (first = p; *p != ']' || p == first;) {
        if (*p == '\0' || (*p == '/' && (matcher->flags & FNM_PATHNAME)))
            return -1;
        const char *end = p[0] == '[' && p[1] == ':' ? named_end(p + 1) : NULL;
        if (end != NULL) {
            inside |= in_class(matcher, p + 2, end, c);
            p = end + 2;
            continue;
        }
        wint_t low = bracket_char(matcher, &p), high = low;
        if (p[0] == '-' && p[1] != ']' && p[1] != '\0') {
            p++;
            high = bracket_char(matcher, &p);
        }
        inside |= c >= low && c <= high;
        if (matcher->flags & FNM_CASEFOLD)
            inside |= (towlower(c) >= low && towlower(c) <= high) ||
                      (towupper(c) >= low && towupper(c) <= high);
    }
    *pattern = p + 1;
    return inside != negated;
}

/* One character against one item of the pattern, which is no star; both are moved. */
static int match_one(const struct matcher *matcher, const char **pattern, const char **string)
{
    const char *at = *string;
    wint_t c = decode(string), wanted;
    int special = !leading_period(matcher, at) && !(c == '/' && (matcher->flags & FNM_PATHNAME));
    switch (**pattern) {
    case '?':
        ++*pattern;
        return special;
    case '[': {
        const char *p = *pattern + 1;
        int result = match_bracket(matcher, &p, c);
        if (result >= 0) {
            *pattern = p;
            return result && special;
        }
        break;
    }
    case '\\':
        if (!(matcher->flags & FNM_NOESCAPE)) {
            ++*pattern;
            if (**pattern == '\0')
                return 0;
        }
        break;
    default:
        break;
    }
    wanted = decode(pattern);
    return same(matcher, wanted, c);
}

int fnmatch(const char *pattern, const char *string, int flags)
{
    struct matcher matcher = {flags, string};
    const char *star = NULL, *star_string = NULL; /* behind the last star; what it has not taken */
    for (;;) {
        if (*pattern == '*') {
            if (leading_period(&matcher, string))
                return FNM_NOMATCH;
            star = ++pattern;
            star_string = string;
            continue;
        }
        if (*string == '\0' && *pattern == '\0')
            return 0;
        if (*string != '\0' && *pattern != '\0' && match_one(&matcher, &pattern, &string))
            continue;
        if (star == NULL || *star_string == '\0' || (*star_string == '/' && (flags & FNM_PATHNAME)))
            return FNM_NOMATCH;
        decode(&star_string);
        pattern = star;
        string = star_string;
    }
}

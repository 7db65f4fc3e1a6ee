/*
 * setlocale: "C", "POSIX" and "C.UTF-8". The two differ in LC_CTYPE only, but each category
 * remembers what it was set to.
 */
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "locale_impl.h"

static const char *const variables[LC_ALL] = {"LC_CTYPE",   "LC_NUMERIC",  "LC_TIME",
                                              "LC_COLLATE", "LC_MONETARY", "LC_MESSAGES"};
static char chosen[LC_ALL]; /* 1: C.UTF-8 */

/* 0: C, 1: C.UTF-8, -1: unknown. Any language's UTF-8 locale is taken as C.UTF-8. */
static int locale_number(const char *name)
{
    if (strcmp(name, "C") == 0 || strcmp(name, "POSIX") == 0)
        return 0;
    const char *charset = strchr(name, '.');
    if (charset != NULL &&
        (strcasecmp(charset, ".UTF-8") == 0 || strcasecmp(charset, ".utf8") == 0))
        return 1;
    return -1;
}

/* The name that the environment gives a category (XBD 8.2). */
static const char *from_environment(int category)
{
    const char *const names[] = {"LC_ALL", variables[category], "LANG"};
    for (int i = 0; i < 3; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && *value != '\0')
            return value;
    }
    return "C";
}

static const char *locale_name(int category)
{
    static char mixed[LC_ALL * 8 + 1];
    if (category < LC_ALL)
        return chosen[category] ? "C.UTF-8" : "C";
    if (memchr(chosen, !chosen[0], sizeof chosen) == NULL)
        return chosen[0] ? "C.UTF-8" : "C";
    mixed[0] = '\0';
    for (int i = 0; i < LC_ALL; i++) {
        strcat(mixed, chosen[i] ? "C.UTF-8" : "C");
        strcat(mixed, i + 1 < LC_ALL ? "/" : "");
    }
    return mixed;
}

/* One value for all, or as locale_name writes them: six, with slashes between. */
static int parse(const char *locale, int first, int last, char *wanted)
{
    for (int i = first; i <= last; i++) {
        char name[32];
        const char *source = *locale == '\0' ? from_environment(i) : locale;
        size_t size = strcspn(source, "/");
        if (size >= sizeof name)
            return -1;
        memcpy(name, source, size);
        name[size] = '\0';
        int number = locale_number(name);
        if (number < 0)
            return -1;
        wanted[i] = (char)number;
        if (source[size] == '/')
            locale = source + size + 1;
    }
    return 0;
}

char *setlocale(int category, const char *locale)
{
    char wanted[LC_ALL];
    if (category < 0 || category > LC_ALL)
        return NULL;
    memcpy(wanted, chosen, sizeof wanted);
    int first = category == LC_ALL ? 0 : category,
        last = category == LC_ALL ? LC_ALL - 1 : category;
    if (locale != NULL && parse(locale, first, last, wanted) < 0)
        return NULL;
    memcpy(chosen, wanted, sizeof chosen);
    __locale_utf8 = chosen[LC_CTYPE];
    return (char *)locale_name(category);
}

/* strcpy, stpcpy, strcat */
#include <string.h>

char *stpcpy(char *restrict to, const char *restrict from)
{
    size_t size = strlen(from);
    memcpy(to, from, size + 1);
    return to + size;
}

char *strcpy(char *restrict to, const char *restrict from)
{
    stpcpy(to, from);
    return to;
}

char *strcat(char *restrict to, const char *restrict from)
{
    stpcpy(to + strlen(to), from);
    return to;
}

/* strncpy, stpncpy, strncat */
#include <string.h>

char *stpncpy(char *restrict to, const char *restrict from, size_t size)
{
    size_t used = strnlen(from, size);
    memcpy(to, from, used);
    memset(to + used, 0, size - used);
    return to + used;
}

char *strncpy(char *restrict to, const char *restrict from, size_t size)
{
    stpncpy(to, from, size);
    return to;
}

char *strncat(char *restrict to, const char *restrict from, size_t count)
{
    char *end = to + strlen(to);
    size_t used = strnlen(from, count);
    memcpy(end, from, used);
    end[used] = '\0';
    return to;
}

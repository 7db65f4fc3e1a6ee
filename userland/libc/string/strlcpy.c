/* strlcpy, strlcat: return the length that the whole result would have. */
#include <string.h>

size_t strlcpy(char *restrict to, const char *restrict from, size_t size)
{
    size_t length = strlen(from);
    if (size > 0) {
        size_t used = length < size ? length : size - 1;
        memcpy(to, from, used);
        to[used] = '\0';
    }
    return length;
}

size_t strlcat(char *restrict to, const char *restrict from, size_t size)
{
    size_t used = strnlen(to, size);
    return used + strlcpy(to + used, from, size - used);
}

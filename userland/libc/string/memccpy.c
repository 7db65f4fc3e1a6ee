/* memccpy: copies up to and with the first byte c. */
#include <string.h>

void *memccpy(void *restrict to, const void *restrict from, int c, size_t size)
{
    const unsigned char *end = memchr(from, c, size);
    if (end == NULL) {
        memcpy(to, from, size);
        return NULL;
    }
    size_t count = (size_t)(end - (const unsigned char *)from) + 1;
    memcpy(to, from, count);
    return (unsigned char *)to + count;
}

/* memchr: whole aligned words, once the head is done byte by byte. */
#include <string.h>
#include "word.h"

void *memchr(const void *memory, int c, size_t size)
{
    const unsigned char *p = memory;
    unsigned char byte = (unsigned char)c;
    for (; size > 0 && (uintptr_t)p % 8 != 0; size--, p++)
        if (*p == byte)
            return (void *)p;
    word_t pattern = WORD_ONES * byte;
    for (; size >= 8; size -= 8, p += 8)
        if (word_zero(word_load(p) ^ pattern) != 0)
            break;
    for (; size > 0; size--, p++)
        if (*p == byte)
            return (void *)p;
    return NULL;
}

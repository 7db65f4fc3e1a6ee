/*
 * memchr: whole aligned words, once the head is done byte by byte. Like ISO C's reader, it looks at
 * nothing behind the byte it finds but the rest of that word, so size may be more than there is.
 */
#include <string.h>
#include "word.h"

OVERREAD void *memchr(const void *memory, int c, size_t size)
{
    const unsigned char *p = memory;
    unsigned char byte = (unsigned char)c;
    for (; size > 0 && (uintptr_t)p % 8 != 0; size--, p++)
        if (*p == byte)
            return (void *)p;
    word_t pattern = WORD_ONES * byte;
    const word_t *word = (const word_t *)(const void *)p;
    for (; size >= 8 && word_zero(*word ^ pattern) == 0; size -= 8)
        word++;
    for (p = (const unsigned char *)word; size > 0; size--, p++)
        if (*p == byte)
            return (void *)p;
    return NULL;
}

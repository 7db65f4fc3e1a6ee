/* memcmp: 8 bytes a turn; the first differing word is looked at byte by byte. */
#include <string.h>
#include "word.h"

int memcmp(const void *a, const void *b, size_t size)
{
    const unsigned char *p = a, *q = b;
    for (; size >= 8 && word_load(p) == word_load(q); size -= 8, p += 8, q += 8)
        continue;
    for (; size > 0; size--, p++, q++)
        if (*p != *q)
            return *p - *q;
    return 0;
}

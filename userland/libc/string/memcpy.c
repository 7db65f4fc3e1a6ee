/* memcpy: 64 bytes a turn, then 16; what is left overlaps what is done. */
#include <string.h>
#include "word.h"

static void copy_short(unsigned char *to, const unsigned char *from, size_t size)
{
    if (size >= 8) {
        word_t first = word_load(from), last = word_load(from + size - 8);
        word_store(to, first);
        word_store(to + size - 8, last);
    } else if (size >= 4) {
        uint32_t first = *(const half_any_t *)from;
        uint32_t last = *(const half_any_t *)(from + size - 4);
        *(half_any_t *)to = first;
        *(half_any_t *)(to + size - 4) = last;
    } else if (size > 0) {
        unsigned char first = from[0], middle = from[size / 2], last = from[size - 1];
        to[0] = first;
        to[size / 2] = middle;
        to[size - 1] = last;
    }
}

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    unsigned char *t = to;
    const unsigned char *f = from;
    if (size < 16) {
        copy_short(t, f, size);
        return to;
    }
    vector_t last = vector_load(f + size - 16);
    unsigned char *end = t + size - 16;
    for (; size >= 64; size -= 64, t += 64, f += 64) {
        vector_store(t, vector_load(f));
        vector_store(t + 16, vector_load(f + 16));
        vector_store(t + 32, vector_load(f + 32));
        vector_store(t + 48, vector_load(f + 48));
    }
    for (; size >= 16; size -= 16, t += 16, f += 16)
        vector_store(t, vector_load(f));
    vector_store(end, last);
    return to;
}

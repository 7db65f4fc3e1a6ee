/* memset: 64 bytes a turn, then 16; what is left overlaps what is done. */
#include <string.h>
#include "word.h"

static void set_short(unsigned char *to, word_t value, size_t size)
{
    if (size >= 8) {
        word_store(to, value);
        word_store(to + size - 8, value);
        return;
    }
    while (size-- > 0)
        to[size] = (unsigned char)value;
}

void *memset(void *memory, int c, size_t size)
{
    unsigned char *to = memory;
    word_t word = WORD_ONES * (unsigned char)c;
    if (size < 16) {
        set_short(to, word, size);
        return memory;
    }
    vector_t value = {word, word};
    vector_store(to + size - 16, value);
    for (; size >= 64; size -= 64, to += 64) {
        vector_store(to, value);
        vector_store(to + 16, value);
        vector_store(to + 32, value);
        vector_store(to + 48, value);
    }
    for (; size >= 16; size -= 16, to += 16)
        vector_store(to, value);
    return memory;
}

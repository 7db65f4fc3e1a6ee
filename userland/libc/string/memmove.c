/* memmove: from the end where the target begins inside the source, else as memcpy does. */
#include <string.h>
#include <stdint.h>
#include "word.h"

static void move_forward(unsigned char *to, const unsigned char *from, size_t size)
{
    for (; size >= 16; size -= 16, to += 16, from += 16)
        vector_store(to, vector_load(from));
    for (; size > 0; size--)
        *to++ = *from++;
}

static void move_backward(unsigned char *to, const unsigned char *from, size_t size)
{
    for (; size >= 16; size -= 16)
        vector_store(to + size - 16, vector_load(from + size - 16));
    while (size-- > 0)
        to[size] = from[size];
}

void *memmove(void *to, const void *from, size_t size)
{
    uintptr_t distance = (uintptr_t)to - (uintptr_t)from;
    if (distance < size)
        move_backward(to, from, size);
    else if (-distance < size)
        move_forward(to, from, size);
    else if (size > 0)
        memcpy(to, from, size);
    return to;
}

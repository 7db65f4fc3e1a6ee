/* memory.c: memory that is there, or the end of the program. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"

void *xrealloc(void *old, size_t count, size_t size)
{
    size_t bytes;
    errno = ENOMEM;
    if (__builtin_mul_overflow(count, size, &bytes))
        die("memory");
    void *memory = realloc(old, bytes ? bytes : 1);
    if (memory == NULL)
        die("memory");
    return memory;
}

void *xmalloc(size_t size)
{
    return xrealloc(NULL, size, 1);
}

char *xstrdup(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(xmalloc(size), text, size);
}

void *xgrow(void *array, size_t count, size_t size)
{
    /* Room is doubled at each power of two, so growing costs a constant per item. */
    if ((count & (count - 1)) != 0)
        return array;
    return xrealloc(array, count ? count * 2 : 1, size);
}

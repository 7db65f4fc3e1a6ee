/* strlen, strnlen */
#include <string.h>
#include "word.h"

OVERREAD size_t strlen(const char *text)
{
    const char *p = text;
    for (; (uintptr_t)p % 8 != 0; p++)
        if (*p == '\0')
            return (size_t)(p - text);
    const word_t *word = (const word_t *)(const void *)p;
    while (word_zero(*word) == 0)
        word++;
    for (p = (const char *)word; *p != '\0'; p++)
        continue;
    return (size_t)(p - text);
}

size_t strnlen(const char *text, size_t max)
{
    const char *end = memchr(text, '\0', max);
    return end != NULL ? (size_t)(end - text) : max;
}

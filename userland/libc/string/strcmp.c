/* strcmp, strncmp; strcoll and strxfrm, which in our locales compare bytes too. */
#include <string.h>

int strcmp(const char *a, const char *b)
{
    const unsigned char *p = (const unsigned char *)a, *q = (const unsigned char *)b;
    for (; *p == *q && *p != '\0'; p++, q++)
        continue;
    return *p - *q;
}

int strncmp(const char *a, const char *b, size_t count)
{
    const unsigned char *p = (const unsigned char *)a, *q = (const unsigned char *)b;
    if (count == 0)
        return 0;
    for (; --count > 0 && *p == *q && *p != '\0'; p++, q++)
        continue;
    return *p - *q;
}

int strcoll(const char *a, const char *b)
{
    return strcmp(a, b);
}

size_t strxfrm(char *restrict to, const char *restrict from, size_t size)
{
    return strlcpy(to, from, size);
}

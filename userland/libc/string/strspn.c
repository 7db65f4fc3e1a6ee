/* strspn, strcspn, strpbrk: the set is a bit map of 256 bits. */
#include <string.h>
#include <stdint.h>

static size_t span(const char *text, const char *set, int inside)
{
    uint64_t map[4] = {0};
    for (const unsigned char *p = (const unsigned char *)set; *p != '\0'; p++)
        map[*p / 64] |= 1ULL << (*p % 64);
    const unsigned char *p = (const unsigned char *)text;
    while (*p != '\0' && (int)(map[*p / 64] >> (*p % 64) & 1) == inside)
        p++;
    return (size_t)(p - (const unsigned char *)text);
}

size_t strspn(const char *text, const char *set)
{
    return span(text, set, 1);
}

size_t strcspn(const char *text, const char *set)
{
    return span(text, set, 0);
}

char *strpbrk(const char *text, const char *set)
{
    text += strcspn(text, set);
    return *text != '\0' ? (char *)text : NULL;
}

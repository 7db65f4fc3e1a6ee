/* Wide strings and memory. */
#include <wchar.h>
#include <string.h>

size_t wcslen(const wchar_t *text)
{
    size_t size = 0;
    while (text[size] != 0)
        size++;
    return size;
}

wchar_t *wcscpy(wchar_t *restrict to, const wchar_t *restrict from)
{
    return wmemcpy(to, from, wcslen(from) + 1);
}

wchar_t *wcscat(wchar_t *restrict to, const wchar_t *restrict from)
{
    wcscpy(to + wcslen(to), from);
    return to;
}

wchar_t *wcsncpy(wchar_t *restrict to, const wchar_t *restrict from, size_t size)
{
    size_t used = 0;
    for (; used < size && from[used] != 0; used++)
        to[used] = from[used];
    wmemset(to + used, 0, size - used);
    return to;
}

int wcsncmp(const wchar_t *a, const wchar_t *b, size_t count)
{
    if (count == 0)
        return 0;
    for (; --count > 0 && *a == *b && *a != 0; a++, b++)
        continue;
    return (*a > *b) - (*a < *b);
}

int wcscmp(const wchar_t *a, const wchar_t *b)
{
    return wcsncmp(a, b, (size_t)-1);
}

wchar_t *wcschr(const wchar_t *text, wchar_t c)
{
    for (; *text != c; text++)
        if (*text == 0)
            return NULL;
    return (wchar_t *)text;
}

wchar_t *wcsrchr(const wchar_t *text, wchar_t c)
{
    for (size_t at = wcslen(text) + 1; at-- > 0;)
        if (text[at] == c)
            return (wchar_t *)text + at;
    return NULL;
}

wchar_t *wmemchr(const wchar_t *memory, wchar_t c, size_t count)
{
    for (; count > 0; count--, memory++)
        if (*memory == c)
            return (wchar_t *)memory;
    return NULL;
}

int wmemcmp(const wchar_t *a, const wchar_t *b, size_t count)
{
    for (; count > 0; count--, a++, b++)
        if (*a != *b)
            return *a > *b ? 1 : -1;
    return 0;
}

wchar_t *wmemcpy(wchar_t *restrict to, const wchar_t *restrict from, size_t count)
{
    return memcpy(to, from, count * sizeof *to);
}

wchar_t *wmemset(wchar_t *memory, wchar_t c, size_t count)
{
    for (size_t i = 0; i < count; i++)
        memory[i] = c;
    return memory;
}

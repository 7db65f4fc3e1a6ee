/* mblen, mbtowc, wctomb, mbstowcs, wcstombs: our encodings have no state between characters. */
#include <stdlib.h>
#include <errno.h>
#include <string.h>
#include <wchar.h>

int mbtowc(wchar_t *restrict wide, const char *restrict bytes, size_t size)
{
    mbstate_t state = {0};
    if (bytes == NULL)
        return 0;
    size_t used = mbrtowc(wide, bytes, size, &state);
    if (used == (size_t)-2)
        errno = EILSEQ;
    return used >= (size_t)-2 ? -1 : (int)used;
}

int mblen(const char *bytes, size_t size)
{
    return mbtowc(NULL, bytes, size);
}

int wctomb(char *bytes, wchar_t wide)
{
    return bytes != NULL ? (int)wcrtomb(bytes, wide, NULL) : 0;
}

size_t mbstowcs(wchar_t *restrict wide, const char *restrict bytes, size_t count)
{
    mbstate_t state = {0};
    const char *from = bytes;
    return mbsrtowcs(wide, &from, count, &state);
}

size_t wcstombs(char *restrict bytes, const wchar_t *restrict wide, size_t size)
{
    mbstate_t state = {0};
    const wchar_t *from = wide;
    return wcsrtombs(bytes, &from, size, &state);
}

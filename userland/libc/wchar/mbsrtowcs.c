/* mbsrtowcs, wcsrtombs: whole strings. */
#include <wchar.h>
#include <limits.h>
#include <string.h>

size_t mbsrtowcs(wchar_t *restrict wide, const char **restrict bytes, size_t count,
                 mbstate_t *restrict state)
{
    static mbstate_t own;
    const char *from = *bytes;
    size_t done = 0;
    if (state == NULL)
        state = &own;
    for (; wide == NULL || done < count; done++) {
        wchar_t one;
        size_t used = mbrtowc(&one, from, MB_LEN_MAX, state);
        if (used == (size_t)-1) {
            if (wide != NULL)
                *bytes = from;
            return used;
        }
        if (wide != NULL)
            wide[done] = one;
        if (used == 0) {
            if (wide != NULL)
                *bytes = NULL;
            return done;
        }
        from += used;
    }
    *bytes = from;
    return done;
}

size_t wcsrtombs(char *restrict bytes, const wchar_t **restrict wide, size_t size,
                 mbstate_t *restrict state)
{
    const wchar_t *from = *wide;
    size_t done = 0;
    for (;; from++) {
        char one[MB_LEN_MAX];
        size_t used = wcrtomb(one, *from, state);
        if (used == (size_t)-1 || (bytes != NULL && done + used > size)) {
            if (bytes != NULL)
                *wide = from;
            return used == (size_t)-1 ? used : done;
        }
        if (bytes != NULL)
            memcpy(bytes + done, one, used);
        if (*from == 0)
            break;
        done += used;
    }
    if (bytes != NULL)
        *wide = NULL;
    return done;
}

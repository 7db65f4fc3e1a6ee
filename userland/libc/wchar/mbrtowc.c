/*
 * mbrtowc, wcrtomb and what is built on them. UTF-8 as the Unicode Standard, table 3-7, has it: no
 * overlong forms, no surrogates, nothing above U+10FFFF. In the C locale a byte of 0x80 and above
 * is the wide character BYTE_BASE + byte, in the surrogate range, so that every byte converts and
 * none is taken for a character (POSIX.1-2024 XBD 6.2).
 */
#include <wchar.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "locale_impl.h"

#define BYTE_BASE 0xdf00

#define INVALID ((size_t)-1)
#define INCOMPLETE ((size_t)-2)

static size_t invalid(void)
{
    errno = EILSEQ;
    return INVALID;
}

/* The first byte of a character of two bytes or more. */
static int begin(mbstate_t *state, unsigned char byte)
{
    if (byte >= 0xc2 && byte <= 0xdf)
        *state = (mbstate_t){byte & 0x1fU, 1, 2};
    else if (byte >= 0xe0 && byte <= 0xef)
        *state = (mbstate_t){byte & 0x0fU, 2, 3};
    else if (byte >= 0xf0 && byte <= 0xf4)
        *state = (mbstate_t){byte & 0x07U, 3, 4};
    else
        return 0;
    return 1;
}

/* A later byte; the second decides about overlong forms, surrogates and too large values. */
static int proceed(mbstate_t *state, unsigned char byte)
{
    unsigned value = state->__value << 6 | (byte & 0x3fU);
    if ((byte & 0xc0) != 0x80)
        return 0;
    if (state->__length == 3 && state->__missing == 2 &&
        (value < 0x20 || (value & ~0x1fU) == 0x360))
        return 0;
    if (state->__length == 4 && state->__missing == 3 && (value < 0x10 || value >= 0x110))
        return 0;
    state->__value = value;
    state->__missing--;
    return 1;
}

static size_t decode_utf8(wchar_t *wide, const unsigned char *bytes, size_t size, mbstate_t *state)
{
    size_t used = 0;
    if (state->__missing == 0) {
        if (bytes[0] < 0x80) {
            *wide = bytes[0];
            return bytes[0] != 0;
        }
        if (!begin(state, bytes[used++]))
            return invalid();
    }
    for (; state->__missing > 0; used++) {
        if (used == size)
            return INCOMPLETE;
        if (!proceed(state, bytes[used])) {
            memset(state, 0, sizeof *state);
            return invalid();
        }
    }
    *wide = (wchar_t)state->__value;
    memset(state, 0, sizeof *state);
    return used;
}

size_t mbrtowc(wchar_t *restrict wide, const char *restrict bytes, size_t size,
               mbstate_t *restrict state)
{
    static mbstate_t own;
    wchar_t unused;
    if (state == NULL)
        state = &own;
    if (bytes == NULL)
        return mbrtowc(NULL, "", 1, state);
    if (size == 0)
        return INCOMPLETE;
    if (wide == NULL)
        wide = &unused;
    if (__locale_utf8)
        return decode_utf8(wide, (const unsigned char *)bytes, size, state);
    unsigned char byte = (unsigned char)*bytes;
    *wide = byte < 0x80 ? byte : BYTE_BASE + byte;
    return byte != 0;
}

static size_t encode_utf8(char *bytes, unsigned value)
{
    if (value < 0x80) {
        bytes[0] = (char)value;
        return 1;
    }
    if (value < 0x800) {
        bytes[0] = (char)(0xc0 | value >> 6);
        bytes[1] = (char)(0x80 | (value & 0x3f));
        return 2;
    }
    if (value < 0x10000) {
        if (value >= 0xd800 && value < 0xe000)
            return invalid();
        bytes[0] = (char)(0xe0 | value >> 12);
        bytes[1] = (char)(0x80 | (value >> 6 & 0x3f));
        bytes[2] = (char)(0x80 | (value & 0x3f));
        return 3;
    }
    if (value >= 0x110000)
        return invalid();
    bytes[0] = (char)(0xf0 | value >> 18);
    bytes[1] = (char)(0x80 | (value >> 12 & 0x3f));
    bytes[2] = (char)(0x80 | (value >> 6 & 0x3f));
    bytes[3] = (char)(0x80 | (value & 0x3f));
    return 4;
}

size_t wcrtomb(char *restrict bytes, wchar_t wide, mbstate_t *restrict state)
{
    if (state != NULL)
        memset(state, 0, sizeof *state);
    if (bytes == NULL)
        return 1;
    if (__locale_utf8)
        return encode_utf8(bytes, (unsigned)wide);
    int c = wctob((wint_t)wide);
    if (c == EOF)
        return invalid();
    bytes[0] = (char)c;
    return 1;
}

size_t mbrlen(const char *restrict bytes, size_t size, mbstate_t *restrict state)
{
    static mbstate_t own;
    return mbrtowc(NULL, bytes, size, state != NULL ? state : &own);
}

int mbsinit(const mbstate_t *state)
{
    return state == NULL || state->__missing == 0;
}

wint_t btowc(int c)
{
    if (c < 0 || c > 255)
        return WEOF;
    if (c < 0x80)
        return (wint_t)c;
    return __locale_utf8 ? WEOF : BYTE_BASE + (wint_t)c;
}

int wctob(wint_t wide)
{
    if (wide < 0x80)
        return (int)wide;
    if (!__locale_utf8 && wide >= BYTE_BASE + 0x80 && wide <= BYTE_BASE + 0xff)
        return (int)(wide - BYTE_BASE);
    return EOF;
}

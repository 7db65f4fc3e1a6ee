/* <wchar.h>: wide characters, as far as text utilities need them. */
#pragma once

#include <bits/types.h>
#include <stdint.h> /* WCHAR_MIN, WCHAR_MAX */
#define __need_wchar_t
#include <stddef.h>

typedef unsigned int wint_t;
typedef unsigned long wctype_t;

/* A multibyte character that has begun: its bits so far, how many bytes lack, its least value. */
typedef struct {
    unsigned __value;
    unsigned char __missing;
    unsigned char __length;
} mbstate_t;

#define WEOF 0xffffffffU
wint_t btowc(int c);
int wctob(wint_t wide);
int mbsinit(const mbstate_t *state);
size_t mbrlen(const char *restrict bytes, size_t size, mbstate_t *restrict state);
size_t mbrtowc(wchar_t *restrict wide, const char *restrict bytes, size_t size,
               mbstate_t *restrict state);
size_t wcrtomb(char *restrict bytes, wchar_t wide, mbstate_t *restrict state);
size_t mbsrtowcs(wchar_t *restrict wide, const char **restrict bytes, size_t count,
                 mbstate_t *restrict state);
size_t wcsrtombs(char *restrict bytes, const wchar_t **restrict wide, size_t size,
                 mbstate_t *restrict state);

wchar_t *wcscat(wchar_t *restrict to, const wchar_t *restrict from);
wchar_t *wcschr(const wchar_t *text, wchar_t c);
int wcscmp(const wchar_t *a, const wchar_t *b);
wchar_t *wcscpy(wchar_t *restrict to, const wchar_t *restrict from);
size_t wcslen(const wchar_t *text);
int wcsncmp(const wchar_t *a, const wchar_t *b, size_t count);
wchar_t *wcsncpy(wchar_t *restrict to, const wchar_t *restrict from, size_t size);
wchar_t *wcsrchr(const wchar_t *text, wchar_t c);
wchar_t *wmemchr(const wchar_t *memory, wchar_t c, size_t count);
int wmemcmp(const wchar_t *a, const wchar_t *b, size_t count);
wchar_t *wmemcpy(wchar_t *restrict to, const wchar_t *restrict from, size_t count);
wchar_t *wmemset(wchar_t *memory, wchar_t c, size_t count);

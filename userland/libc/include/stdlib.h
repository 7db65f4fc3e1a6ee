/* <stdlib.h>: numbers, memory, environment, the end of a process. */
#pragma once

#include <bits/types.h>
#define __need_wchar_t
#include <stddef.h>
#include <sys/wait.h>

#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1
#define RAND_MAX 0x7fffffff
size_t __mb_cur_max(void);
#define MB_CUR_MAX (__mb_cur_max())

typedef struct {
    int quot;
    int rem;
} div_t;

typedef struct {
    long quot;
    long rem;
} ldiv_t;

typedef struct {
    long long quot;
    long long rem;
} lldiv_t;

int atoi(const char *text);
long atol(const char *text);
long long atoll(const char *text);
double atof(const char *text);
long strtol(const char *restrict text, char **restrict end, int base);
long long strtoll(const char *restrict text, char **restrict end, int base);
unsigned long strtoul(const char *restrict text, char **restrict end, int base);
unsigned long long strtoull(const char *restrict text, char **restrict end, int base);
double strtod(const char *restrict text, char **restrict end);
float strtof(const char *restrict text, char **restrict end);
long double strtold(const char *restrict text, char **restrict end);

void *calloc(size_t count, size_t size);
void free(void *memory);
void *malloc(size_t size);
void *realloc(void *memory, size_t size);
void *reallocarray(void *memory, size_t count, size_t size);
void *aligned_alloc(size_t alignment, size_t size);
int posix_memalign(void **memory, size_t alignment, size_t size);

_Noreturn void abort(void);
int atexit(void (*function)(void));
_Noreturn void exit(int status);
_Noreturn void _Exit(int status);
int system(const char *command);

char *getenv(const char *name);
int putenv(char *text);
int setenv(const char *name, const char *value, int overwrite);
int unsetenv(const char *name);

int abs(int value);
long labs(long value);
long long llabs(long long value);
div_t div(int numerator, int denominator);
ldiv_t ldiv(long numerator, long denominator);
lldiv_t lldiv(long long numerator, long long denominator);

void *bsearch(const void *key, const void *base, size_t count, size_t size,
              int (*compare)(const void *, const void *));
void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *));
void qsort_r(void *base, size_t count, size_t size,
             int (*compare)(const void *, const void *, void *), void *context);

int rand(void);
void srand(unsigned seed);
long random(void);
void srandom(unsigned seed);

int mkostemp(char *template, int flags);
int mkstemp(char *template);
char *mkdtemp(char *template);
char *realpath(const char *restrict path, char *restrict resolved);
int getsubopt(char **option, char *const *keys, char **value);

int mblen(const char *bytes, size_t size);
int mbtowc(wchar_t *restrict wide, const char *restrict bytes, size_t size);
int wctomb(char *bytes, wchar_t wide);
size_t mbstowcs(wchar_t *restrict wide, const char *restrict bytes, size_t count);
size_t wcstombs(char *restrict bytes, const wchar_t *restrict wide, size_t size);

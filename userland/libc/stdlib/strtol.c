/* strtol, strtoul and their kin: one scanner of sign, prefix and digits. */
#include <stdlib.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include "digit.h"

/* 0 without a valid prefix stays base 8 (or 10); 0x needs a hexadecimal digit behind it. */
static const char *scan_prefix(const char *text, int *base)
{
    if (*text != '0') {
        if (*base == 0)
            *base = 10;
        return text;
    }
    if ((*base == 0 || *base == 16) && (text[1] == 'x' || text[1] == 'X') &&
        digit_value(text[2]) < 16) {
        *base = 16;
        return text + 2;
    }
    if ((*base == 0 || *base == 2) && (text[1] == 'b' || text[1] == 'B') &&
        digit_value(text[2]) < 2) {
        *base = 2;
        return text + 2;
    }
    if (*base == 0)
        *base = 8;
    return text;
}

/*
 * The magnitude of the number at text, at most limit (then *overflow is set), its sign, and its
 * end: text itself if there is no number.
 */
static unsigned long long scan(const char *text, char **end, int base, int *negative, int *overflow)
{
    unsigned long long value = 0;
    const char *p = text;
    *negative = *overflow = 0;
    if (end != NULL)
        *end = (char *)text;
    if (base < 0 || base == 1 || base > 36) {
        errno = EINVAL;
        return 0;
    }
    while (isspace((unsigned char)*p))
        p++;
    if (*p == '+' || *p == '-')
        *negative = *p++ == '-';
    p = scan_prefix(p, &base);
    if (digit_value(*p) >= base)
        return 0;
    for (int digit; (digit = digit_value(*p)) < base; p++)
        if (__builtin_mul_overflow(value, (unsigned)base, &value) ||
            __builtin_add_overflow(value, (unsigned)digit, &value))
            *overflow = 1;
    if (end != NULL)
        *end = (char *)p;
    return value;
}

unsigned long long strtoull(const char *restrict text, char **restrict end, int base)
{
    int negative, overflow;
    unsigned long long value = scan(text, end, base, &negative, &overflow);
    if (overflow) {
        errno = ERANGE;
        return ULLONG_MAX;
    }
    return negative ? -value : value;
}

long long strtoll(const char *restrict text, char **restrict end, int base)
{
    int negative, overflow;
    unsigned long long value = scan(text, end, base, &negative, &overflow);
    if (overflow || value > (unsigned long long)LLONG_MAX + (unsigned)negative) {
        errno = ERANGE;
        return negative ? LLONG_MIN : LLONG_MAX;
    }
    return (long long)(negative ? -value : value);
}

unsigned long strtoul(const char *restrict text, char **restrict end, int base)
{
    return strtoull(text, end, base);
}

long strtol(const char *restrict text, char **restrict end, int base)
{
    return strtoll(text, end, base);
}

intmax_t strtoimax(const char *restrict text, char **restrict end, int base)
{
    return strtoll(text, end, base);
}

uintmax_t strtoumax(const char *restrict text, char **restrict end, int base)
{
    return strtoull(text, end, base);
}

long long atoll(const char *text)
{
    return strtoll(text, NULL, 10);
}

long atol(const char *text)
{
    return strtoll(text, NULL, 10);
}

int atoi(const char *text)
{
    return (int)strtoll(text, NULL, 10);
}

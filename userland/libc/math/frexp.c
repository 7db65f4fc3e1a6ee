/* frexp, ldexp, and for long double: exact steps by powers of two. */
#include <math.h>
#include "long_double.h"

/* 2 ** (2 ** i); the last is the largest that long double has both ways. */
static const long double powers[] = {0x1p1L,    0x1p2L,    0x1p4L,    0x1p8L,   0x1p16L,
                                     0x1p32L,   0x1p64L,   0x1p128L,  0x1p256L, 0x1p512L,
                                     0x1p1024L, 0x1p2048L, 0x1p4096L, 0x1p8192L};
#define POWERS ((int)(sizeof powers / sizeof powers[0]))

long double ldexpl(long double x, int exponent)
{
    int left = exponent < 0 ? -exponent : exponent;
    if (left > 65535)
        left = 65535;
    for (; left >= 8192; left -= 8192)
        x = exponent < 0 ? x / powers[13] : x * powers[13];
    for (int i = 0; i < POWERS - 1; i++)
        if (left >> i & 1)
            x = exponent < 0 ? x / powers[i] : x * powers[i];
    return x;
}

long double frexpl(long double x, int *exponent)
{
    *exponent = 0;
    if (x == 0 || !isfinite(x))
        return x;
    int negative = x < 0;
    if (negative)
        x = -x;
    for (int i = POWERS - 1; i >= 0; i--) {
        if (x >= powers[i]) {
            x /= powers[i];
            *exponent += 1 << i;
        } else if (x * powers[i] < 1) {
            x *= powers[i];
            *exponent -= 1 << i;
        }
    }
    if (x >= 1) {
        x /= 2;
        *exponent += 1;
    }
    while (x < 0.5L) {
        x *= 2;
        *exponent -= 1;
    }
    return negative ? -x : x;
}

double frexp(double x, int *exponent)
{
    return (double)frexpl(x, exponent);
}

double ldexp(double x, int exponent)
{
    return (double)ldexpl(x, exponent);
}

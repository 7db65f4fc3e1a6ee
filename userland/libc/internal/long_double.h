/* long double's share of <math.h>, for libc's own conversions. */
#pragma once

#define HUGE_VALL __builtin_huge_vall()

/* x is mantissa * 2 ** *exponent, mantissa from 0.5 to below 1; 0, infinities and NaN are returned.
 */
long double frexpl(long double x, int *exponent);
/* x * 2 ** exponent; exact unless the result is too small or too large. */
long double ldexpl(long double x, int exponent);

/* fabs, modf */
#include <math.h>
#include <stdint.h>

double fabs(double x)
{
    return __builtin_fabs(x);
}

double modf(double x, double *whole)
{
    if (isinf(x)) {
        *whole = x;
        return __builtin_copysign(0.0, x);
    }
    if (!(fabs(x) < 0x1p52)) { /* no fraction, or NaN */
        *whole = x;
        return isnan(x) ? x : __builtin_copysign(0.0, x);
    }
    *whole = __builtin_copysign((double)(int64_t)x, x);
    return __builtin_copysign(x - *whole, x);
}

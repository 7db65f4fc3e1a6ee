/* ffs, ffsl, ffsll: the number, from 1, of the lowest set bit; 0 if there is none. */
#include <strings.h>

int ffsll(long long value)
{
    return value != 0 ? __builtin_ctzll((unsigned long long)value) + 1 : 0;
}

int ffsl(long value)
{
    return ffsll(value);
}

int ffs(int value)
{
    return ffsll(value);
}

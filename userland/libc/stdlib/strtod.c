/*
 * strtod, strtof, strtold: correctly rounded, to nearest even.
 *
 * The digits become a big integer, the power of ten a power of two (which costs nothing) and one of
 * five, by which the integer is multiplied or, lengthened first so that 66 bits and more are left,
 * divided; a remainder only matters as "something more than that". No halfway point between doubles
 * has more than 767 digits, so of more than DIGITS_KEPT it only matters that they are not all zero.
 */
#include <stdlib.h>
#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include "digit.h"
#include "long_double.h"
#include "strtod.h"

#define DIGITS_KEPT 800
#define WORDS 640 /* 800 digits times 5 ** 4932, or 66 bits times 5 ** 5800 */
#define FIVE_13 1220703125U

struct big {
    int count;
    uint32_t word[WORDS]; /* least significant first; the last is not zero */
};

static void big_multiply_add(struct big *big, uint32_t factor, uint32_t addend)
{
    uint64_t carry = addend;
    for (int i = 0; i < big->count; i++) {
        carry += (uint64_t)big->word[i] * factor;
        big->word[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry != 0)
        big->word[big->count++] = (uint32_t)carry;
}

static uint32_t big_divide(struct big *big, uint32_t divisor)
{
    uint64_t rest = 0;
    for (int i = big->count - 1; i >= 0; i--) {
        rest = rest << 32 | big->word[i];
        big->word[i] = (uint32_t)(rest / divisor);
        rest %= divisor;
    }
    while (big->count > 0 && big->word[big->count - 1] == 0)
        big->count--;
    return (uint32_t)rest;
}

static void big_shift_words(struct big *big, int words)
{
    memmove(big->word + words, big->word, (size_t)big->count * 4);
    memset(big->word, 0, (size_t)words * 4);
    big->count += words;
}

static int big_bits(const struct big *big)
{
    if (big->count == 0)
        return 0;
    return big->count * 32 - __builtin_clz(big->word[big->count - 1]);
}

static int big_bit(const struct big *big, int at)
{
    return at >= 0 ? (int)(big->word[at / 32] >> (at % 32) & 1) : 0;
}

/* Whether any bit below `at` is set. */
static int big_any_below(const struct big *big, int at)
{
    for (int i = 0; i < at / 32; i++)
        if (big->word[i] != 0)
            return 1;
    return at > 0 && at % 32 != 0 && (big->word[at / 32] & ((1U << (at % 32)) - 1)) != 0;
}

/* big * 2 ** *exponent becomes big * 10 ** power * 2 ** *exponent; true: something was cut off. */
static int big_scale(struct big *big, long power, int *exponent)
{
    int lost = 0;
    *exponent += (int)power;
    for (; power >= 13; power -= 13)
        big_multiply_add(big, FIVE_13, 0);
    for (; power > 0; power--)
        big_multiply_add(big, 5, 0);
    if (power == 0)
        return 0;
    long fives_bits = -power * 7 / 3 + 1;
    long lacking = 66 + fives_bits - big_bits(big);
    int words = lacking > 0 ? (int)(lacking / 32) + 1 : 0;
    big_shift_words(big, words);
    *exponent -= words * 32;
    for (; power <= -13; power += 13)
        lost |= big_divide(big, FIVE_13) != 0;
    for (; power < 0; power++)
        lost |= big_divide(big, 5) != 0;
    return lost;
}

/* Rounds big * 2 ** exponent (and a little more, if lost) to the format. */
static long double big_round(const struct big *big, int exponent, int lost,
                             const struct float_format *format)
{
    int bits = big_bits(big);
    int lead = exponent + bits - 1; /* exponent of the first bit */
    int kept = format->precision;
    if (lead < format->least)
        kept -= format->least - lead;
    if (lead > format->most) {
        errno = ERANGE;
        return HUGE_VALL;
    }
    if (kept < 0) {
        errno = ERANGE;
        return 0;
    }
    uint64_t mantissa = 0;
    for (int i = 1; i <= kept; i++)
        mantissa = mantissa << 1 | (unsigned)big_bit(big, bits - i);
    int half = big_bit(big, bits - kept - 1);
    int more = lost || big_any_below(big, bits - kept - 1);
    if (kept < format->precision && (half || more))
        errno = ERANGE;
    exponent = lead - kept + 1;
    if (half && (more || (mantissa & 1)) && ++mantissa == 0) {
        mantissa = 1ULL << 63;
        exponent++;
    }
    long double value = ldexpl(mantissa, exponent);
    if (value > format->largest) {
        errno = ERANGE;
        return HUGE_VALL;
    }
    return value;
}

/* [eE][+-]digits, or the same with p; text unmoved if it is not whole. */
static const char *scan_exponent(const char *text, char letter, long *exponent)
{
    const char *p = text;
    int negative = 0;
    *exponent = 0;
    if ((*p | 32) != letter)
        return text;
    p++;
    if (*p == '+' || *p == '-')
        negative = *p++ == '-';
    if (!isdigit((unsigned char)*p))
        return text;
    for (; isdigit((unsigned char)*p); p++)
        if (*exponent < 100000000)
            *exponent = *exponent * 10 + (*p - '0');
    if (negative)
        *exponent = -*exponent;
    return p;
}

/* What both bases share: digits with one point. */
struct scanned {
    struct big big;
    long exponent; /* in digits */
    int kept;      /* significant digits in big */
    int any;
    int lost;
};

static void scan_begin(struct scanned *out)
{
    out->big.count = 0; /* the words above count are never read */
    out->exponent = 0;
    out->kept = out->any = out->lost = 0;
}

static const char *scan_digits(const char *p, int base, int most, struct scanned *out)
{
    int point = 0;
    for (;; p++) {
        int digit = digit_value(*p);
        if (*p == '.' && !point) {
            point = 1;
            continue;
        }
        if (digit >= base)
            return p;
        out->any = 1;
        out->exponent -= point;
        if (out->kept == 0 && digit == 0)
            continue;
        if (out->kept < most) {
            big_multiply_add(&out->big, (uint32_t)base, (uint32_t)digit);
            out->kept++;
        } else {
            out->lost |= digit != 0;
            out->exponent++;
        }
    }
}

/* Behind "0x". A sticky last bit stands for the digits that were cut off. */
static long double scan_hex(const char *text, const char **end, const struct float_format *format)
{
    struct scanned scanned;
    long exponent;
    scan_begin(&scanned);
    const char *p = scan_digits(text, 16, 32, &scanned);
    if (!scanned.any) {
        *end = text - 1; /* the 0 alone is the number */
        return 0;
    }
    p = scan_exponent(p, 'p', &exponent);
    *end = p;
    if (scanned.big.count == 0)
        return 0;
    exponent += scanned.exponent * 4;
    if (exponent > 40000)
        exponent = 40000;
    if (exponent < -40000)
        exponent = -40000;
    return big_round(&scanned.big, (int)exponent, scanned.lost, format);
}

static long double scan_decimal(const char *text, const char **end,
                                const struct float_format *format)
{
    static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                  1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    struct scanned scanned;
    long exponent;
    scan_begin(&scanned);
    const char *p = scan_digits(text, 10, DIGITS_KEPT, &scanned);
    *end = text;
    if (!scanned.any)
        return 0;
    p = scan_exponent(p, 'e', &exponent);
    *end = p;
    exponent += scanned.exponent;
    if (scanned.big.count == 0)
        return 0;
    if (scanned.kept <= 15 && exponent >= -22 && exponent <= 22 &&
        format->precision == DBL_MANT_DIG) {
        double value = scanned.big.word[0]; /* both exact, so one rounding */
        if (scanned.big.count > 1)
            value += scanned.big.word[1] * 4294967296.0;
        return exponent < 0 ? value / tens[-exponent] : value * tens[exponent];
    }
    if (exponent + scanned.kept > 4940) {
        errno = ERANGE;
        return HUGE_VALL;
    }
    if (exponent + scanned.kept < -4970) {
        errno = ERANGE;
        return 0;
    }
    if (scanned.lost) { /* one digit more, not zero, stands for all that were cut off */
        big_multiply_add(&scanned.big, 10, 1);
        exponent--;
    }
    int binary = 0;
    int lost = big_scale(&scanned.big, exponent, &binary);
    return big_round(&scanned.big, binary, lost, format);
}

/* nan(letters, digits and underscores): the sequence is accepted and means nothing. */
static const char *scan_nan_tail(const char *text)
{
    const char *p = text;
    if (*p != '(')
        return text;
    for (p++; isalnum((unsigned char)*p) || *p == '_'; p++)
        continue;
    return *p == ')' ? p + 1 : text;
}

long double __scan_float(const char *text, char **end, const struct float_format *format)
{
    const char *p = text, *stop;
    long double value;
    while (isspace((unsigned char)*p))
        p++;
    int negative = *p == '-';
    if (*p == '+' || *p == '-')
        p++;
    if (strncasecmp(p, "inf", 3) == 0) {
        stop = strncasecmp(p, "infinity", 8) == 0 ? p + 8 : p + 3;
        value = HUGE_VALL;
    } else if (strncasecmp(p, "nan", 3) == 0) {
        stop = scan_nan_tail(p + 3);
        value = NAN;
    } else if (p[0] == '0' && (p[1] | 32) == 'x') {
        value = scan_hex(p + 2, &stop, format);
    } else {
        value = scan_decimal(p, &stop, format);
        if (stop == p) {
            stop = text;
            negative = 0;
        }
    }
    if (end != NULL)
        *end = (char *)stop;
    return negative ? -value : value;
}

const struct float_format __float_formats[] = {
    {FLT_MANT_DIG, FLT_MIN_EXP - 1, FLT_MAX_EXP - 1, FLT_MAX},
    {DBL_MANT_DIG, DBL_MIN_EXP - 1, DBL_MAX_EXP - 1, DBL_MAX},
    {LDBL_MANT_DIG, LDBL_MIN_EXP - 1, LDBL_MAX_EXP - 1, LDBL_MAX},
};

float strtof(const char *restrict text, char **restrict end)
{
    return (float)__scan_float(text, end, &__float_formats[0]);
}

double strtod(const char *restrict text, char **restrict end)
{
    return (double)__scan_float(text, end, &__float_formats[1]);
}

long double strtold(const char *restrict text, char **restrict end)
{
    return __scan_float(text, end, &__float_formats[2]);
}

double atof(const char *text)
{
    return strtod(text, NULL);
}

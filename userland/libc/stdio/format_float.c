/*
 * a, e, f and g for printf, exact to the last digit that is asked for, rounded half to even.
 *
 * A number becomes limbs of nine decimal digits each, most significant first: those up to `point`
 * are its integer part, those behind it its fraction. Both are exact: multiplying by two carries to
 * the left, dividing by two to the right.
 */
#include "format.h"
#include <ctype.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <string.h>
#include "long_double.h"

#define LIMB 1000000000U
#define LIMB_DIGITS 9
/* The integer part of the greatest and the fraction of the least number, both in nines of digits.
 */
#define WHOLE_LIMBS (LDBL_MAX_10_EXP / LIMB_DIGITS + 3)
#define LIMBS (WHOLE_LIMBS + (LDBL_MANT_DIG - LDBL_MIN_EXP) / LIMB_DIGITS + 12)

struct decimal {
    int first; /* the most significant limb that is not zero; point + 1 or more: no integer part */
    int point; /* the limb that holds the units */
    int end;   /* one past the last limb */
    uint32_t limb[LIMBS];
};

static const uint32_t tens[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};

/* Multiplies by 2 ** bits, bits at most 29. */
static void shift_left(struct decimal *d, int bits)
{
    uint32_t carry = 0;
    for (int i = d->end - 1; i >= d->first; i--) {
        uint64_t value = ((uint64_t)d->limb[i] << bits) + carry;
        d->limb[i] = (uint32_t)(value % LIMB);
        carry = (uint32_t)(value / LIMB);
    }
    if (carry != 0)
        d->limb[--d->first] = carry;
}

/* Divides by 2 ** bits, bits at most 9, since 2 ** 9 divides LIMB. */
static void shift_right(struct decimal *d, int bits)
{
    uint32_t carry = 0, unit = LIMB >> bits, mask = (1U << bits) - 1;
    for (int i = d->first; i < d->end; i++) {
        uint32_t value = d->limb[i];
        d->limb[i] = (value >> bits) + carry;
        carry = (value & mask) * unit;
    }
    if (carry != 0)
        d->limb[d->end++] = carry;
    while (d->first < d->end && d->limb[d->first] == 0)
        d->first++;
}

/* value is finite and not negative. */
static void decimal_from(struct decimal *d, long double value)
{
    int exponent;
    value = frexpl(value, &exponent);
    d->point = WHOLE_LIMBS;
    d->first = d->end = d->point + 1;
    if (value == 0)
        return;
    d->limb[d->point] = 0;
    d->first = d->point;
    while (value != 0) { /* 29 bits of the mantissa at a time */
        value *= 0x1p29L;
        exponent -= 29;
        uint32_t piece = (uint32_t)value;
        value -= piece;
        shift_left(d, 29);
        uint64_t sum = (uint64_t)d->limb[d->point] + piece;
        d->limb[d->point] = (uint32_t)(sum % LIMB);
        for (int i = d->point - 1; sum >= LIMB; i--) {
            if (i < d->first)
                d->limb[d->first = i] = 0;
            sum = d->limb[i] + 1ULL;
            d->limb[i] = (uint32_t)(sum % LIMB);
        }
    }
    for (; exponent >= 29; exponent -= 29)
        shift_left(d, 29);
    if (exponent > 0)
        shift_left(d, exponent);
    for (; exponent <= -9; exponent += 9)
        shift_right(d, 9);
    if (exponent < 0)
        shift_right(d, -exponent);
    while (d->first < d->end && d->limb[d->first] == 0)
        d->first++;
}

/* The limb that holds the digit worth 10 ** place, and what that digit is worth in it. */
static int limb_of(const struct decimal *d, int place, uint32_t *worth)
{
    int within = place % LIMB_DIGITS;
    if (within < 0)
        within += LIMB_DIGITS;
    *worth = tens[within];
    return d->point - (place - within) / LIMB_DIGITS;
}

static int digit_at(const struct decimal *d, int place)
{
    uint32_t worth;
    int limb = limb_of(d, place, &worth);
    if (limb < d->first || limb >= d->end)
        return 0;
    return (int)(d->limb[limb] / worth % 10);
}

/* The place of the first digit that is not zero; 0 for zero. */
static int lead_of(const struct decimal *d)
{
    int digits = 0;
    if (d->first >= d->end)
        return 0;
    for (uint32_t value = d->limb[d->first]; value >= 10; value /= 10)
        digits++;
    return (d->point - d->first) * LIMB_DIGITS + digits;
}

static int any_below(const struct decimal *d, int place)
{
    uint32_t worth;
    int limb = limb_of(d, place, &worth);
    if (limb < d->first)
        return d->first < d->end;
    if (limb < d->end && d->limb[limb] % worth != 0)
        return 1;
    for (int i = limb + 1; i < d->end; i++)
        if (d->limb[i] != 0)
            return 1;
    return 0;
}

/* Adds one at the place. */
static void increment(struct decimal *d, int place)
{
    uint32_t one;
    int limb = limb_of(d, place, &one);
    while (limb >= d->end)
        d->limb[d->end++] = 0;
    for (;; limb--, one = 1) {
        while (limb < d->first)
            d->limb[--d->first] = 0;
        d->limb[limb] += one;
        if (d->limb[limb] < LIMB)
            break;
        d->limb[limb] -= LIMB;
    }
}

/* Makes all digits below the place zero. */
static void cut_below(struct decimal *d, int place)
{
    uint32_t worth;
    int limb = limb_of(d, place, &worth);
    if (limb < d->first) {
        d->end = d->first;
    } else if (limb < d->end) {
        d->limb[limb] -= d->limb[limb] % worth;
        d->end = limb + 1;
    }
    while (d->first < d->end && d->limb[d->first] == 0)
        d->first++;
}

/* Makes the digit worth 10 ** place the last that is not zero. */
static void round_at(struct decimal *d, int place)
{
    int next = digit_at(d, place - 1);
    if (next > 5 || (next == 5 && (any_below(d, place - 1) || digit_at(d, place) % 2 != 0)))
        increment(d, place);
    cut_below(d, place);
}

/* What stands before and behind the digits of e and f, and how many digits there are. */
struct layout {
    int from;     /* place of the first digit */
    int before;   /* digits before the point */
    int behind;   /* digits behind it */
    int point;    /* whether the point is written */
    char tail[8]; /* e+00 */
    size_t tail_size;
};

static void put_digits(struct sink *sink, const struct decimal *d, int from, int count, int last)
{
    char block[64];
    size_t used = 0;
    for (; count > 0 && from >= last; count--, from--) {
        block[used++] = (char)('0' + digit_at(d, from));
        if (used == sizeof block) {
            __sink_put(sink, block, used);
            used = 0;
        }
    }
    __sink_put(sink, block, used);
    __sink_fill(sink, '0', count);
}

static void put_laid_out(struct sink *sink, const struct conversion *conversion, char sign,
                         const struct decimal *d, const struct layout *layout)
{
    /* Below the last limb there are only zeros: %.9999f need not ask for each. */
    int last = (d->point + 1 - d->end) * LIMB_DIGITS;
    long size = (long)(sign != 0) + layout->before + layout->point + layout->behind +
                (long)layout->tail_size;
    long fill = conversion->width - size;
    int left = (conversion->flags & FORMAT_LEFT) != 0;
    int zero = !left && (conversion->flags & FORMAT_ZERO);
    if (!left && !zero)
        __sink_fill(sink, ' ', fill);
    __sink_put(sink, &sign, sign != 0);
    if (zero)
        __sink_fill(sink, '0', fill);
    put_digits(sink, d, layout->from, layout->before, last);
    __sink_put(sink, ".", (size_t)layout->point);
    put_digits(sink, d, layout->from - layout->before, layout->behind, last);
    __sink_put(sink, layout->tail, layout->tail_size);
    if (left)
        __sink_fill(sink, ' ', fill);
}

/* Letter, sign and at least `least` digits of an exponent. */
static size_t put_exponent(char *text, char letter, int exponent, int least)
{
    char digits[8];
    size_t count = 0, used = 0;
    unsigned value = exponent < 0 ? 0U - (unsigned)exponent : (unsigned)exponent;
    text[used++] = letter;
    text[used++] = exponent < 0 ? '-' : '+';
    for (; value != 0 || (int)count < least; value /= 10)
        digits[count++] = (char)('0' + value % 10);
    while (count > 0)
        text[used++] = digits[--count];
    return used;
}

static struct layout layout_fixed(struct decimal *d, int precision)
{
    struct layout layout = {.behind = precision};
    round_at(d, -precision);
    layout.from = lead_of(d) > 0 ? lead_of(d) : 0;
    layout.before = layout.from + 1;
    return layout;
}

static struct layout layout_scientific(struct decimal *d, int precision, char letter)
{
    struct layout layout = {.before = 1, .behind = precision};
    round_at(d, lead_of(d) - precision); /* a carry into a new digit leaves only a zero behind */
    layout.from = lead_of(d);
    layout.tail_size = put_exponent(layout.tail, letter, layout.from, 2);
    return layout;
}

/* Takes the zeros at the end of the fraction away. */
static void strip_zeros(const struct decimal *d, struct layout *layout)
{
    int place = layout->from - layout->before - layout->behind + 1;
    while (layout->behind > 0 && digit_at(d, place) == 0) {
        layout->behind--;
        place++;
    }
}

static struct layout layout_general(struct decimal *d, const struct conversion *conversion,
                                    int precision)
{
    struct layout layout;
    if (precision == 0)
        precision = 1;
    round_at(d, lead_of(d) - (precision - 1));
    int lead = lead_of(d);
    if (lead < -4 || lead >= precision) {
        layout = layout_scientific(d, precision - 1, (char)(conversion->letter - ('g' - 'e')));
    } else {
        layout = (struct layout){.behind = precision - 1 - lead};
        layout.from = lead > 0 ? lead : 0;
        layout.before = layout.from + 1;
    }
    if (!(conversion->flags & FORMAT_ALTERNATE))
        strip_zeros(d, &layout);
    return layout;
}

static void format_decimal(struct sink *sink, const struct conversion *conversion, char sign,
                           long double value)
{
    struct decimal d;
    struct layout layout;
    char letter = conversion->letter;
    int precision = conversion->precision < 0 ? 6 : conversion->precision;
    decimal_from(&d, value);
    if ((letter | 32) == 'f')
        layout = layout_fixed(&d, precision);
    else if ((letter | 32) == 'e')
        layout = layout_scientific(&d, precision, letter);
    else
        layout = layout_general(&d, conversion, precision);
    layout.point = layout.behind > 0 || (conversion->flags & FORMAT_ALTERNATE);
    put_laid_out(sink, conversion, sign, &d, &layout);
}

/* 64 bits of mantissa, rounded to `digits` hexadecimal digits behind the first, which is one bit.
 */
static uint64_t round_hex(uint64_t mantissa, int digits, int *exponent)
{
    int dropped = 63 - digits * 4;
    if (dropped <= 0)
        return mantissa;
    uint64_t rest = mantissa & ((1ULL << dropped) - 1), half = 1ULL << (dropped - 1);
    uint64_t kept = mantissa >> dropped;
    if (rest > half || (rest == half && (kept & 1)))
        kept++;
    if (kept >> (64 - dropped) != 0) {
        kept >>= 1;
        ++*exponent;
    }
    return kept << dropped;
}

static void format_hex(struct sink *sink, const struct conversion *conversion, char sign,
                       long double value)
{
    int upper = conversion->letter == 'A', exponent = 0;
    const char *set = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    char prefix[3], text[48];
    size_t prefix_size = 0, used = 0;
    if (sign != 0)
        prefix[prefix_size++] = sign;
    prefix[prefix_size++] = '0';
    prefix[prefix_size++] = upper ? 'X' : 'x';
    uint64_t mantissa = (uint64_t)ldexpl(frexpl(value, &exponent), 64);
    exponent -= mantissa != 0;
    int digits = conversion->precision;
    if (digits >= 0 && digits < 16)
        mantissa = round_hex(mantissa, digits, &exponent);
    text[used++] = (char)('0' + (mantissa >> 63));
    mantissa <<= 1;
    if (digits != 0 && (mantissa != 0 || digits > 0))
        text[used++] = '.';
    else if (conversion->flags & FORMAT_ALTERNATE)
        text[used++] = '.';
    int given = 0;
    for (; given < 16 && (digits < 0 ? mantissa != 0 : given < digits); given++, mantissa <<= 4)
        text[used++] = set[mantissa >> 60];
    char tail[8];
    size_t tail_size = put_exponent(tail, upper ? 'P' : 'p', exponent, 1);
    struct conversion head = *conversion;
    long zeros = digits > given ? digits - given : 0;
    long rest = zeros + (long)tail_size;
    head.width = conversion->width > rest ? conversion->width - (int)rest : 0;
    if (head.flags & FORMAT_LEFT)
        head.width = 0;
    __format_field(sink, &head, prefix, prefix_size, text, used);
    __sink_fill(sink, '0', zeros);
    __sink_put(sink, tail, tail_size);
    if (conversion->flags & FORMAT_LEFT)
        __sink_fill(sink, ' ', conversion->width - (long)(prefix_size + used) - rest);
}

void __format_float(struct sink *sink, const struct conversion *conversion, long double value)
{
    int negative = signbit(value), upper = conversion->letter < 'a';
    char sign = '\0';
    if (negative)
        sign = '-';
    else if (conversion->flags & FORMAT_PLUS)
        sign = '+';
    else if (conversion->flags & FORMAT_SPACE)
        sign = ' ';
    if (!isfinite(value)) {
        struct conversion field = *conversion;
        field.flags &= ~(unsigned)FORMAT_ZERO;
        const char *name = isnan(value) ? (upper ? "NAN" : "nan") : (upper ? "INF" : "inf");
        __format_field(sink, &field, &sign, sign != '\0', name, 3);
        return;
    }
    if (negative)
        value = -value;
    if ((conversion->letter | 32) == 'a')
        format_hex(sink, conversion, sign, value);
    else
        format_decimal(sink, conversion, sign, value);
}

/* The scanner behind strtod, for scanf too. */
#pragma once

/* Precision in bits, exponents of the leading bit of the least and most normal number. */
struct float_format {
    int precision;
    int least;
    int most;
    long double largest;
};

/* float, double, long double */
extern const struct float_format __float_formats[];

long double __scan_float(const char *text, char **end, const struct float_format *format);

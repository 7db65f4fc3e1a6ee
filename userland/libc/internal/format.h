/* The formatter behind the printf family. */
#pragma once

#include <stdarg.h>
#include <stddef.h>

/* Where the text goes. put() never fails; it remembers, and the caller of __format asks. */
struct sink {
    void (*put)(struct sink *sink, const char *text, size_t size);
    size_t total; /* bytes so far, whether or not they found room */
};

#define FORMAT_LEFT 0x1
#define FORMAT_PLUS 0x2
#define FORMAT_SPACE 0x4
#define FORMAT_ALTERNATE 0x8
#define FORMAT_ZERO 0x10

/* One conversion: "%flags width .precision length conversion". */
struct conversion {
    unsigned flags;
    int width;
    int precision; /* -1: none was given */
    int length;    /* 'H' for hh, 'q' for ll, else the letter, or 0 */
    char letter;
    int argument; /* n of "%n$", or 0; the same for the two stars, -1: no star */
    int width_argument;
    int precision_argument;
};

/* Returns the number of bytes, or -1 with errno EINVAL, EOVERFLOW or EILSEQ. */
int __format(struct sink *sink, const char *format, va_list arguments);

void __sink_put(struct sink *sink, const char *text, size_t size);
void __sink_fill(struct sink *sink, char c, long count);
/* prefix and digits in the field of the conversion; zeros, if wanted, go between the two. */
void __format_field(struct sink *sink, const struct conversion *conversion, const char *prefix,
                    size_t prefix_size, const char *digits, size_t size);
/* a, e, f, g and their capitals. */
void __format_float(struct sink *sink, const struct conversion *conversion, long double value);

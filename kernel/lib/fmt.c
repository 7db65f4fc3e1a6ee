/*
 * Formatted text, see fmt.h.
 */
#include "lib/fmt.h"

#include <stdbool.h>
#include <stdint.h>

struct spec {
    unsigned width;
    char pad;
    bool wide;
};

static void put_string(fmt_put *put, void *context, const char *s)
{
    for (; *s; s++)
        put(*s, context);
}

static void put_number(fmt_put *put, void *context, uint64_t value, unsigned base, struct spec spec)
{
    char digits[20];
    unsigned count = 0;

    do
        digits[count++] = "0123456789abcdef"[value % base];
    while (value /= base);
    for (unsigned i = count; i < spec.width; i++)
        put(spec.pad, context);
    while (count > 0)
        put(digits[--count], context);
}

static const char *parse_spec(const char *format, struct spec *spec)
{
    *spec = (struct spec){.pad = ' '};
    if (*format == '0') {
        spec->pad = '0';
        format++;
    }
    for (; *format >= '0' && *format <= '9'; format++)
        spec->width = spec->width * 10 + (unsigned)(*format - '0');
    for (; *format == 'l'; format++)
        spec->wide = true;
    return format;
}

void fmt_write(fmt_put *put, void *context, const char *format, va_list args)
{
    struct spec spec;
    int64_t number;

    for (; *format; format++) {
        if (*format != '%') {
            put(*format, context);
            continue;
        }
        format = parse_spec(format + 1, &spec);
        switch (*format) {
        case 's':
            put_string(put, context, va_arg(args, const char *));
            break;
        case 'c':
            put((char)va_arg(args, int), context);
            break;
        case 'd':
            number = spec.wide ? va_arg(args, int64_t) : va_arg(args, int);
            if (number < 0)
                put('-', context);
            put_number(put, context, number < 0 ? -(uint64_t)number : (uint64_t)number, 10, spec);
            break;
        case 'u':
        case 'x':
            put_number(put, context, spec.wide ? va_arg(args, uint64_t) : va_arg(args, unsigned),
                       *format == 'u' ? 10 : 16, spec);
            break;
        case '\0':
            return;
        default:
            put(*format, context);
        }
    }
}

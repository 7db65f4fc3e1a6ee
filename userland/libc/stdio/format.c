/*
 * The formatter behind the printf family (POSIX.1-2024 XSH fprintf): reads conversions, fetches
 * arguments, in order or by number, and writes all but floating point, which is format_float.c.
 */
#include "format.h"
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <wchar.h>

union argument {
    intmax_t integer;
    long double real;
    void *pointer;
};

/* What an argument is passed as. */
enum kind { KIND_NONE, KIND_INT, KIND_LONG, KIND_DOUBLE, KIND_LONG_DOUBLE, KIND_POINTER };

struct arguments {
    va_list *list;
    int numbered; /* all were fetched into value */
    union argument value[NL_ARGMAX + 1];
};

void __sink_put(struct sink *sink, const char *text, size_t size)
{
    if (size == 0)
        return;
    sink->put(sink, text, size);
    sink->total += size;
}

void __sink_fill(struct sink *sink, char c, long count)
{
    char block[32];
    memset(block, c, sizeof block);
    for (; count > 0; count -= (long)sizeof block)
        __sink_put(sink, block, count < (long)sizeof block ? (size_t)count : sizeof block);
}

void __format_field(struct sink *sink, const struct conversion *conversion, const char *prefix,
                    size_t prefix_size, const char *digits, size_t size)
{
    long fill = conversion->width - (long)(prefix_size + size);
    int left = (conversion->flags & FORMAT_LEFT) != 0;
    int zero = !left && (conversion->flags & FORMAT_ZERO);
    if (!left && !zero)
        __sink_fill(sink, ' ', fill);
    __sink_put(sink, prefix, prefix_size);
    if (zero)
        __sink_fill(sink, '0', fill);
    __sink_put(sink, digits, size);
    if (left)
        __sink_fill(sink, ' ', fill);
}

/* Decimal digits at *text; -1 if the number does not fit an int. */
static int scan_number(const char **text)
{
    long value = 0;
    for (; **text >= '0' && **text <= '9'; (*text)++)
        if (value <= INT_MAX)
            value = value * 10 + (**text - '0');
    return value <= INT_MAX ? (int)value : -1;
}

/* "n$" at *text: n, 1 to NL_ARGMAX; 0 if there is none, and *text unmoved. */
static int scan_position(const char **text)
{
    const char *p = *text;
    int number = scan_number(&p);
    if (*p != '$' || number < 1 || number > NL_ARGMAX)
        return 0;
    *text = p + 1;
    return number;
}

static unsigned scan_flags(const char **text)
{
    static const char letters[] = "-+ #0'"; /* ' groups nothing in our locales */
    unsigned flags = 0;
    for (const char *found; **text != '\0' && (found = strchr(letters, **text)) != NULL; (*text)++)
        flags |= 1U << (found - letters);
    return flags & 0x1f;
}

static int scan_length(const char **text)
{
    char letter = **text;
    if (letter == '\0' || strchr("hlLjzt", letter) == NULL)
        return 0;
    (*text)++;
    if ((letter == 'h' || letter == 'l') && **text == letter) {
        (*text)++;
        return letter == 'h' ? 'H' : 'q';
    }
    return letter;
}

/* The conversion behind a '%'; moves *text behind it. 0, or -1 with errno. */
static int scan_conversion(const char **text, struct conversion *out)
{
    out->width = 0;
    out->precision = out->width_argument = out->precision_argument = -1;
    out->argument = scan_position(text);
    out->flags = scan_flags(text);
    if (**text == '*') {
        ++*text;
        out->width_argument = scan_position(text);
    } else if ((out->width = scan_number(text)) < 0) {
        goto overflow;
    }
    if (**text == '.') {
        ++*text;
        if (**text == '*') {
            ++*text;
            out->precision_argument = scan_position(text);
        } else if ((out->precision = scan_number(text)) < 0) {
            goto overflow;
        }
    }
    out->length = scan_length(text);
    out->letter = **text;
    if (out->letter == 'C' || out->letter == 'S') {
        out->letter = (char)(out->letter + ('c' - 'C'));
        out->length = 'l';
    }
    if (out->letter == '\0' || strchr("diouxXcspnaAeEfFgG%", out->letter) == NULL) {
        errno = EINVAL;
        return -1;
    }
    ++*text;
    return 0;
overflow:
    errno = EOVERFLOW;
    return -1;
}

static enum kind kind_of(const struct conversion *conversion)
{
    switch (conversion->letter) {
    case '%':
        return KIND_NONE;
    case 's':
    case 'p':
    case 'n':
        return KIND_POINTER;
    case 'c':
        return KIND_INT;
    case 'd':
    case 'i':
    case 'o':
    case 'u':
    case 'x':
    case 'X':
        return conversion->length == 0 || (conversion->length | 32) == 'h' ? KIND_INT : KIND_LONG;
    default:
        return conversion->length == 'L' ? KIND_LONG_DOUBLE : KIND_DOUBLE;
    }
}

static union argument fetch(va_list *list, enum kind kind)
{
    union argument value = {0};
    switch (kind) {
    case KIND_INT:
        value.integer = va_arg(*list, int);
        break;
    case KIND_LONG: /* every length above int is 64 bits wide here */
        value.integer = va_arg(*list, long);
        break;
    case KIND_DOUBLE:
        value.real = va_arg(*list, double);
        break;
    case KIND_LONG_DOUBLE:
        value.real = va_arg(*list, long double);
        break;
    case KIND_POINTER:
        value.pointer = va_arg(*list, void *);
        break;
    case KIND_NONE:
        break;
    }
    return value;
}

static union argument next(struct arguments *arguments, int number, enum kind kind)
{
    if (arguments->numbered && number > 0)
        return arguments->value[number];
    return fetch(arguments->list, kind);
}

/* Fetches all arguments of a format that numbers them: each kind is known only after a look at all.
 */
static int fetch_numbered(const char *format, struct arguments *arguments)
{
    enum kind kinds[NL_ARGMAX + 1] = {KIND_NONE};
    struct conversion conversion;
    while ((format = strchr(format, '%')) != NULL) {
        format++;
        if (scan_conversion(&format, &conversion) < 0)
            return -1;
        if (conversion.argument > 0) {
            kinds[conversion.argument] = kind_of(&conversion);
            arguments->numbered = 1;
        }
        if (conversion.width_argument > 0)
            kinds[conversion.width_argument] = KIND_INT;
        if (conversion.precision_argument > 0)
            kinds[conversion.precision_argument] = KIND_INT;
    }
    for (int i = 1; arguments->numbered && i <= NL_ARGMAX; i++)
        arguments->value[i] = fetch(arguments->list, kinds[i]);
    return 0;
}

static void resolve_stars(struct conversion *conversion, struct arguments *arguments)
{
    if (conversion->width_argument >= 0) {
        int width = (int)next(arguments, conversion->width_argument, KIND_INT).integer;
        if (width < 0)
            conversion->flags |= FORMAT_LEFT;
        conversion->width = width == INT_MIN ? INT_MAX : width < 0 ? -width : width;
    }
    if (conversion->precision_argument >= 0) {
        int precision = (int)next(arguments, conversion->precision_argument, KIND_INT).integer;
        conversion->precision = precision < 0 ? -1 : precision;
    }
}

static uintmax_t narrow(intmax_t value, int length, int is_signed)
{
    switch (length) {
    case 'H':
        return is_signed ? (uintmax_t)(signed char)value : (unsigned char)value;
    case 'h':
        return is_signed ? (uintmax_t)(short)value : (unsigned short)value;
    case 0:
        return is_signed ? (uintmax_t)(int)value : (unsigned)value;
    default:
        return (uintmax_t)value;
    }
}

/* Writes the digits so that they end at end; returns where they begin. Zero has none. */
static char *digits_before(char *end, uintmax_t value, char letter)
{
    const char *set = letter == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    if (letter == 'x' || letter == 'X' || letter == 'p')
        for (; value != 0; value >>= 4)
            *--end = set[value & 15];
    else if (letter == 'o')
        for (; value != 0; value >>= 3)
            *--end = set[value & 7];
    else
        for (; value != 0; value /= 10)
            *--end = set[value % 10];
    return end;
}

static void format_integer(struct sink *sink, const struct conversion *conversion,
                           intmax_t argument)
{
    struct conversion field = *conversion;
    char buffer[32], prefix[2];
    size_t prefix_size = 0;
    char *end = buffer + sizeof buffer;
    int is_signed = field.letter == 'd' || field.letter == 'i';
    uintmax_t value = narrow(argument, field.letter == 'p' ? 'l' : field.length, is_signed);
    if (is_signed && (intmax_t)value < 0) {
        prefix[prefix_size++] = '-';
        value = -value;
    } else if (is_signed && (field.flags & (FORMAT_PLUS | FORMAT_SPACE))) {
        prefix[prefix_size++] = field.flags & FORMAT_PLUS ? '+' : ' ';
    }
    char *digits = digits_before(end, value, field.letter);
    long zeros = (field.precision < 0 ? 1 : field.precision) - (end - digits);
    int alternate = (field.flags & FORMAT_ALTERNATE) != 0;
    if (field.letter == 'p' || (alternate && (field.letter | 32) == 'x' && value != 0)) {
        prefix[prefix_size++] = '0';
        prefix[prefix_size++] = field.letter == 'X' ? 'X' : 'x';
    }
    if (alternate && field.letter == 'o' && zeros <= 0)
        zeros = 1;
    if (zeros < 0)
        zeros = 0;
    long size = end - digits;
    long fill = field.width - (long)prefix_size - zeros - size;
    int left = (field.flags & FORMAT_LEFT) != 0;
    if (!left && (field.flags & FORMAT_ZERO) && field.precision < 0 && fill > 0) {
        zeros += fill;
        fill = 0;
    }
    if (!left)
        __sink_fill(sink, ' ', fill);
    __sink_put(sink, prefix, prefix_size);
    __sink_fill(sink, '0', zeros);
    __sink_put(sink, digits, (size_t)size);
    if (left)
        __sink_fill(sink, ' ', fill);
}

static void format_text(struct sink *sink, const struct conversion *conversion, const char *text,
                        size_t size)
{
    struct conversion field = *conversion;
    field.flags &= ~(unsigned)FORMAT_ZERO;
    __format_field(sink, &field, NULL, 0, text, size);
}

/* Wide text: once to learn its length in bytes, whole characters only, and once to write it. */
static int format_wide(struct sink *sink, const struct conversion *conversion, const wchar_t *text,
                       size_t most)
{
    char bytes[MB_LEN_MAX];
    mbstate_t state = {0};
    size_t limit = conversion->precision < 0 ? SIZE_MAX : (size_t)conversion->precision;
    size_t size = 0, count = 0, one;
    for (; count < most && (most != SIZE_MAX || text[count] != 0); count++, size += one) {
        one = wcrtomb(bytes, text[count], &state);
        if (one == (size_t)-1)
            return -1;
        if (size + one > limit)
            break;
    }
    long fill = conversion->width - (long)size;
    if (!(conversion->flags & FORMAT_LEFT))
        __sink_fill(sink, ' ', fill);
    for (size_t i = 0; i < count; i++)
        __sink_put(sink, bytes, wcrtomb(bytes, text[i], &state));
    if (conversion->flags & FORMAT_LEFT)
        __sink_fill(sink, ' ', fill);
    return 0;
}

static int format_string(struct sink *sink, const struct conversion *conversion, void *argument)
{
    if (argument == NULL) { /* undefined; kinder than a fault in a diagnostic */
        size_t size = conversion->precision >= 0 && conversion->precision < 6 ? 0 : 6;
        format_text(sink, conversion, "(null)", size);
        return 0;
    }
    if (conversion->length == 'l')
        return format_wide(sink, conversion, argument, SIZE_MAX);
    size_t size = conversion->precision < 0 ? strlen(argument)
                                            : strnlen(argument, (size_t)conversion->precision);
    format_text(sink, conversion, argument, size);
    return 0;
}

static int format_character(struct sink *sink, const struct conversion *conversion, intmax_t value)
{
    if (conversion->length == 'l') {
        wchar_t wide = (wchar_t)value;
        struct conversion field = *conversion;
        field.precision = -1;
        return format_wide(sink, &field, &wide, 1);
    }
    char c = (char)value;
    format_text(sink, conversion, &c, 1);
    return 0;
}

static void store_count(const struct sink *sink, int length, void *pointer)
{
    switch (length) {
    case 'H':
        *(signed char *)pointer = (signed char)sink->total;
        break;
    case 'h':
        *(short *)pointer = (short)sink->total;
        break;
    case 0:
        *(int *)pointer = (int)sink->total;
        break;
    default:
        *(long *)pointer = (long)sink->total;
        break;
    }
}

static int convert(struct sink *sink, struct conversion *conversion, struct arguments *arguments)
{
    resolve_stars(conversion, arguments);
    enum kind kind = kind_of(conversion);
    union argument value = next(arguments, conversion->argument, kind);
    switch (conversion->letter) {
    case '%':
        __sink_put(sink, "%", 1);
        return 0;
    case 's':
        return format_string(sink, conversion, value.pointer);
    case 'c':
        return format_character(sink, conversion, value.integer);
    case 'p':
        format_integer(sink, conversion, (intmax_t)(uintptr_t)value.pointer);
        return 0;
    case 'n':
        store_count(sink, conversion->length, value.pointer);
        return 0;
    default:
        if (kind == KIND_DOUBLE || kind == KIND_LONG_DOUBLE)
            __format_float(sink, conversion, value.real);
        else
            format_integer(sink, conversion, value.integer);
        return 0;
    }
}

int __format(struct sink *sink, const char *format, va_list list)
{
    struct arguments arguments;
    struct conversion conversion;
    va_list copy;
    int result = -1;
    va_copy(copy, list);
    arguments.list = &copy;
    arguments.numbered = 0;
    if (strchr(format, '$') != NULL && fetch_numbered(format, &arguments) < 0)
        goto end;
    while (*format != '\0') {
        size_t plain = strcspn(format, "%");
        __sink_put(sink, format, plain);
        format += plain;
        if (*format == '\0')
            break;
        format++;
        if (scan_conversion(&format, &conversion) < 0 || convert(sink, &conversion, &arguments) < 0)
            goto end;
    }
    if (sink->total > INT_MAX)
        errno = EOVERFLOW;
    else
        result = (int)sink->total;
end:
    va_end(copy);
    return result;
}

/*
 * printf: write formatted output.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/printf.html
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"

/* One conversion specification, taken apart. Width and precision are INT32_MIN where not given. */
struct conversion {
    char flags[8];
    int width;
    int precision;
    char type;
};

static char **arguments;
static size_t argument_count;
static size_t next_argument; /* of unnumbered conversions */
static size_t used;          /* the highest argument this pass looked at */
static int status;

/* Where there is no argument, conversions see an empty string or zero. */
static const char *argument(size_t index)
{
    if (index + 1 > used)
        used = index + 1;
    return index < argument_count ? arguments[index] : NULL;
}

static void complain(const char *text, const char *reason)
{
    warnx("%s: %s", text, reason);
    status = 1;
}

/* 'c is the value of the character c; everything else is a C constant. */
static bool quoted(const char *text, int *value)
{
    if (*text != '\'' && *text != '"')
        return false;
    *value = (unsigned char)text[1];
    if (text[1] != '\0' && text[2] != '\0')
        complain(text, "more than one character behind the quote");
    return true;
}

static void check_end(const char *text, const char *end)
{
    if (end == text)
        complain(text, "expected a number");
    else if (*end != '\0')
        complain(text, "not completely converted");
    else if (errno == ERANGE)
        complain(text, "out of range");
}

static intmax_t signed_value(const char *text)
{
    int value;
    char *end;
    if (text == NULL)
        return 0;
    if (quoted(text, &value))
        return value;
    errno = 0;
    intmax_t number = strtoimax(text, &end, 0);
    check_end(text, end);
    return number;
}

static uintmax_t unsigned_value(const char *text)
{
    int value;
    char *end;
    if (text == NULL)
        return 0;
    if (quoted(text, &value))
        return (uintmax_t)value;
    errno = 0;
    uintmax_t number = strtoumax(text, &end, 0);
    check_end(text, end);
    return number;
}

static double floating_value(const char *text)
{
    int value;
    char *end;
    if (text == NULL)
        return 0;
    if (quoted(text, &value))
        return value;
    errno = 0;
    double number = strtod(text, &end);
    check_end(text, end);
    return number;
}

/* Strings of %b and %c may hold NUL, so they are padded here and not by printf(). */
static void print_padded(const struct conversion *c, const char *text, size_t length)
{
    size_t width = c->width > 0 ? (size_t)c->width : 0;
    if (c->precision >= 0 && length > (size_t)c->precision)
        length = (size_t)c->precision;
    bool left = strchr(c->flags, '-') != NULL;
    for (size_t i = length; !left && i < width; i++)
        putchar(' ');
    fwrite(text, 1, length, stdout);
    for (size_t i = length; left && i < width; i++)
        putchar(' ');
}

/* Has the C library convert one value of the given length modifier. */
static void library_format(const struct conversion *c, const char *modifier, char format[64])
{
    int at = snprintf(format, 64, "%%%s", c->flags);
    if (c->width != INT32_MIN)
        at += snprintf(format + at, 64 - (size_t)at, "%d", c->width);
    if (c->precision >= 0)
        at += snprintf(format + at, 64 - (size_t)at, ".%d", c->precision);
    snprintf(format + at, 64 - (size_t)at, "%s%c", modifier, c->type);
}

#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static bool print_escaped(const struct conversion *c, const char *text)
{
    bool stopped;
    char *copy = xstrdup(text);
    size_t length = escape_all(copy, &stopped);
    print_padded(c, copy, length);
    free(copy);
    return !stopped;
}

/* Prints the argument; false when \c in a %b argument ends all output. */
static bool convert(const struct conversion *c, const char *text)
{
    char format[64];
    const char *string = text != NULL ? text : "";
    switch (c->type) {
    case 'b':
        return print_escaped(c, string);
    case 'c':
        print_padded(c, string, string[0] != '\0');
        return true;
    case 's':
        print_padded(c, string, strlen(string));
        return true;
    case 'd':
    case 'i':
        library_format(c, "j", format);
        printf(format, signed_value(text));
        return true;
    case 'o':
    case 'u':
    case 'x':
    case 'X':
        library_format(c, "j", format);
        printf(format, unsigned_value(text));
        return true;
    default:
        library_format(c, "", format);
        printf(format, floating_value(text));
        return true;
    }
}

/* Digits, or a star that takes an argument; INT32_MIN if there is neither. */
static int parse_size(const char **s)
{
    if (**s == '*') {
        (*s)++;
        return (int)signed_value(argument(next_argument++));
    }
    if (**s < '0' || **s > '9')
        return INT32_MIN;
    char *end;
    long value = strtol(*s, &end, 10);
    *s = end;
    return value < INT32_MAX ? (int)value : INT32_MAX;
}

static void apply_sizes(struct conversion *c, const char **s)
{
    size_t count = strspn(*s, "+- #0");
    for (size_t i = 0, kept = 0; i < count; i++)
        if (strchr(c->flags, (*s)[i]) == NULL)
            c->flags[kept++] = (*s)[i];
    *s += count;
    c->width = parse_size(s);
    if (c->width < 0 && c->width != INT32_MIN) {
        /* A negative width from an argument is a minus flag and a width. */
        if (strchr(c->flags, '-') == NULL)
            c->flags[strlen(c->flags)] = '-';
        c->width = -c->width;
    }
    if (**s == '.') {
        (*s)++;
        c->precision = parse_size(s);
        if (c->precision == INT32_MIN)
            c->precision = 0;
    }
}

/* A conversion specification behind its %; moves *s. */
static bool conversion(const char **s)
{
    struct conversion c = {.width = INT32_MIN, .precision = INT32_MIN};
    size_t digits = strspn(*s, "0123456789");
    size_t number = 0;
    if (digits > 0 && (*s)[digits] == '$') {
        number = strtoul(*s, NULL, 10);
        *s += digits + 1;
        if (number == 0)
            diex("%%0$: arguments are numbered from 1");
    }
    apply_sizes(&c, s);
    c.type = **s;
    if (c.type == '\0' || strchr("aAbcdeEfFgGiosuxX", c.type) == NULL)
        diex("%%%c: not a conversion", c.type != '\0' ? c.type : '?');
    (*s)++;
    return convert(&c, argument(number > 0 ? number - 1 : next_argument++));
}

/* One pass over the format; false when \c ended the output. */
static bool pass(const char *s)
{
    next_argument = 0;
    used = 0;
    while (*s != '\0') {
        if (*s == '%' && s[1] == '%') {
            putchar('%');
            s += 2;
        } else if (*s == '%') {
            s++;
            if (!conversion(&s))
                return false;
        } else if (*s == '\\') {
            s++;
            int byte = escape(&s);
            putchar(byte >= 0 ? byte : '\\');
        } else {
            putchar(*s++);
        }
    }
    return true;
}

int main(int argc, char *argv[])
{
    util_start(argv, "printf format [argument ...]", 1);
    int first = argc > 1 && strcmp(argv[1], "--") == 0 ? 2 : 1;
    if (argc <= first)
        usage();
    arguments = argv + first + 1;
    argument_count = (size_t)(argc - first - 1);
    /* The format is used again as long as it takes arguments and some are left. */
    while (pass(argv[first]) && used > 0 && used < argument_count) {
        arguments += used;
        argument_count -= used;
    }
    return util_end(status);
}

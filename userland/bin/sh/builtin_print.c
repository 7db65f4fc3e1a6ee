/*
 * echo and printf (XCU echo, printf). echo has the XSI escapes; as everywhere, a first operand -n
 * leaves out the newline.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "builtin.h"
#include "error.h"
#include "out.h"

/* Output that \c has ended. */
struct print {
    struct buf out;
    bool ended;
    int status;
};

static int octal(const char **s, int max)
{
    int value = 0;

    for (int i = 0; i < max && **s >= '0' && **s <= '7'; i++)
        value = value * 8 + *(*s)++ - '0';
    return value;
}

/*
 * The escape sequence at s, behind the backslash; returns its end. In arguments (echo and %b)
 * octal is \0ddd and \c ends all output; in formats octal is \ddd.
 */
static const char *escape(struct print *p, const char *s, bool argument)
{
    static const char letters[] = "\\abfnrtv";
    static const char values[] = "\\\a\b\f\n\r\t\v";
    const char *letter = *s ? strchr(letters, *s) : NULL;

    if (letter) {
        buf_char(&p->out, values[letter - letters]);
        return s + 1;
    }
    if (argument && *s == 'c') {
        p->ended = true;
        return s + strlen(s);
    }
    if (argument ? *s == '0' : *s >= '0' && *s <= '7') {
        s += argument;
        buf_char(&p->out, (char)octal(&s, 3));
        return s;
    }
    buf_char(&p->out, '\\');
    return s;
}

static void print_escaped(struct print *p, const char *s)
{
    while (*s && !p->ended) {
        if (*s == '\\')
            s = escape(p, s + 1, true);
        else
            buf_char(&p->out, *s++);
    }
}

int builtin_echo(int argc, char **argv)
{
    struct print p = {0};
    bool newline = argc < 2 || strcmp(argv[1], "-n") != 0;
    int first = newline ? 1 : 2;

    for (int i = first; i < argc && !p.ended; i++) {
        if (i > first)
            buf_char(&p.out, ' ');
        print_escaped(&p, argv[i]);
    }
    if (newline && !p.ended)
        buf_char(&p.out, '\n');
    return out_flush(argv[0], &p.out);
}

/* --- printf --- */

/* One conversion specification. */
struct conversion {
    char flags[8];
    int width; /* -1: none */
    int precision;
    char kind;
};

static void complain(struct print *p, const char *arg, const char *what)
{
    sh_warn("printf: %s: %s", arg, what);
    p->status = 1;
}

/* A quote before a character gives its value; otherwise a constant as in C. */
static intmax_t number(struct print *p, const char *arg, bool is_signed)
{
    char *end;
    intmax_t value;

    if (!arg || !*arg)
        return 0;
    if (*arg == '\'' || *arg == '"')
        return (unsigned char)arg[1];
    errno = 0;
    value = is_signed ? strtoimax(arg, &end, 0) : (intmax_t)strtoumax(arg, &end, 0);
    if (errno == ERANGE)
        complain(p, arg, "out of range");
    else if (end == arg)
        complain(p, arg, "a number is expected");
    else if (*end)
        complain(p, arg, "not completely converted");
    return value;
}

static const char *take(char ***args)
{
    return **args ? *(*args)++ : NULL;
}

/* "%", then this: flags, width, precision, and the letter; returns the end, null if it is bad. */
static const char *parse_conversion(struct print *p, const char *s, struct conversion *c,
                                    char ***args)
{
    size_t flags = strspn(s, "-+ #0");

    *c = (struct conversion){.width = -1, .precision = -1};
    if (flags >= sizeof c->flags)
        return NULL;
    memcpy(c->flags, s, flags);
    s += flags;
    if (*s == '*') {
        c->width = (int)number(p, take(args), true);
        s++;
    } else if (isdigit((unsigned char)*s)) {
        c->width = (int)strtol(s, (char **)&s, 10);
    }
    if (*s == '.') {
        c->precision = 0;
        if (*++s == '*') {
            c->precision = (int)number(p, take(args), true);
            s++;
        } else if (isdigit((unsigned char)*s)) {
            c->precision = (int)strtol(s, (char **)&s, 10);
        }
    }
    c->kind = *s;
    return *s && strchr("bcdiouxXsaAeEfFgG", *s) ? s + 1 : NULL;
}

/* The bytes of %s, %c and %b, padded to the width. */
static void pad(struct print *p, const struct conversion *c, const char *bytes, size_t len)
{
    int width = c->width < 0 && c->width != -1 ? -c->width : c->width;
    bool left = strchr(c->flags, '-') || c->width < -1;
    size_t fill = width > 0 && (size_t)width > len ? (size_t)width - len : 0;

    for (size_t i = 0; !left && i < fill; i++)
        buf_char(&p->out, ' ');
    buf_bytes(&p->out, bytes, len);
    for (size_t i = 0; left && i < fill; i++)
        buf_char(&p->out, ' ');
}

static void convert_text(struct print *p, const struct conversion *c, const char *arg)
{
    struct print escaped = {0};
    size_t len = strlen(arg);

    if (c->kind == 'c')
        len = len > 1 ? 1 : len;
    if (c->kind == 'b') {
        print_escaped(&escaped, arg);
        arg = buf_string(&escaped.out);
        len = escaped.out.len;
    }
    if (c->kind != 'c' && c->precision >= 0 && (size_t)c->precision < len)
        len = (size_t)c->precision;
    pad(p, c, arg, len);
    p->ended |= escaped.ended;
}

/* A quote before a character gives its value here too. */
static double real_number(struct print *p, const char *arg)
{
    char *end;
    double value;

    if (!arg || !*arg)
        return 0;
    if (*arg == '\'' || *arg == '"')
        return (unsigned char)arg[1];
    value = strtod(arg, &end);
    if (end == arg)
        complain(p, arg, "a number is expected");
    else if (*end)
        complain(p, arg, "not completely converted");
    return value;
}

static void convert_number(struct print *p, const struct conversion *c, const char *arg)
{
    bool is_real = strchr("aAeEfFgG", c->kind) != NULL;
    int width = c->width == -1 ? 0 : c->width;
    char format[24];

    /* "%FLAGS*.*jLETTER"; a width of 0 and a negative precision are as if left out. */
    snprintf(format, sizeof format, "%%%s*.*%s%c", c->flags, is_real ? "" : "j", c->kind);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    if (is_real)
        buf_format(&p->out, format, width, c->precision, real_number(p, arg));
    else
        buf_format(&p->out, format, width, c->precision,
                   number(p, arg, c->kind == 'd' || c->kind == 'i'));
#pragma GCC diagnostic pop
}

/* Once through the format; false if it is bad. */
static bool run_format(struct print *p, const char *s, char ***args)
{
    while (*s && !p->ended) {
        struct conversion c;
        const char *arg;

        if (*s == '\\') {
            s = escape(p, s + 1, false);
        } else if (*s != '%' || s[1] == '%') {
            buf_char(&p->out, *s);
            s += *s == '%' ? 2 : 1;
        } else {
            const char *end = parse_conversion(p, s + 1, &c, args);

            if (!end) {
                complain(p, s, "bad conversion");
                return false;
            }
            s = end;
            arg = take(args);
            if (strchr("bcs", c.kind))
                convert_text(p, &c, arg ? arg : "");
            else
                convert_number(p, &c, arg);
        }
    }
    return true;
}

int builtin_printf(int argc, char **argv)
{
    struct print p = {0};
    int first = argc > 1 && strcmp(argv[1], "--") == 0 ? 2 : 1;
    char **args;
    char **before;

    if (argc <= first)
        return builtin_error("printf: usage: printf format [argument ...]");
    args = argv + first + 1;
    do {
        before = args;
        if (!run_format(&p, argv[first], &args))
            break;
    } while (*args && args > before && !p.ended);
    return out_flush(argv[0], &p.out) | p.status;
}

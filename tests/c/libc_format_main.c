/* printf, scanf and the conversions of floating point, against the host's. */
#define _GNU_SOURCE
#include "libc_driver.h"
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

int exo_snprintf(char *, size_t, const char *, ...);
int exo_sscanf(const char *, const char *, ...);
double exo_strtod(const char *, char **);
float exo_strtof(const char *, char **);
long double exo_strtold(const char *, char **);

static char ours[20000], theirs[20000];

#define SAME(format, ...)                                                                          \
    do {                                                                                           \
        int a = exo_snprintf(ours, sizeof ours, format, __VA_ARGS__);                              \
        int b = snprintf(theirs, sizeof theirs, format, __VA_ARGS__);                              \
        CHECK(a == b && strcmp(ours, theirs) == 0, "'%s': '%.60s' (%d), not '%.60s' (%d)", format, \
              ours, a, theirs, b);                                                                 \
    } while (0)

/* "%", random flags, width and precision, then the tail. */
static void make_format(char *format, const char *tail, const char *flags)
{
    char *p = format;
    *p++ = '%';
    for (const char *flag = flags; *flag != '\0'; flag++)
        if (below(3) == 0)
            *p++ = *flag;
    if (below(2))
        p += sprintf(p, "%u", 1 + below(30));
    if (below(2))
        p += sprintf(p, ".%u", below(25));
    strcpy(p, tail);
}

static void check_integers(void)
{
    static const char *const tails[] = {"d", "i", "u", "x", "X", "o"};
    static const char *const longs[] = {"ld", "lu", "lx", "lX", "lo", "lld", "jd", "zu", "td"};
    char format[40];
    for (int round = 0; round < 20000; round++) {
        long value = (long)(next() << 8) >> below(64);
        const char *tail = tails[below(6)];
        int is_signed = *tail == 'd' || *tail == 'i';
        make_format(format, tail, is_signed ? "-+ 0" : *tail == 'u' ? "-0" : "-#0");
        SAME(format, (int)value);
        make_format(format, longs[below(9)], "-0");
        SAME(format, value);
    }
    SAME("%hhd %hd %hhu %hx", 300, 70000, 300, 70000);
    SAME("%d %d", INT_MIN, INT_MAX);
    SAME("%.0d|%.0x|%#.0o|%#o|%#x|%+.0d", 0, 0, 0, 0, 0, 0);
    SAME("%*d|%-*d|%.*d|%.*d", 5, 42, -5, 42, 4, 42, -4, 42);
    SAME("%2$s %1$d %2$s", 7, "two");
    SAME("%3$*1$d %3$.*2$d", 6, 4, 42);
    SAME("%p %p", (void *)0x1234, (void *)&failures);
    SAME("%s|%10s|%-10s|%.2s|%10.1s|%%|%c|%5c|%-5c|", "text", "text", "text", "text", "text", 'x',
         'y', 'z');
    int count = 0, other = 0;
    exo_snprintf(ours, 3, "12345%n", &count);
    snprintf(theirs, 3, "12345%n", &other);
    CHECK(count == other && strcmp(ours, theirs) == 0, "%%n %d", count);
}

static double random_double(void)
{
    union {
        uint64_t bits;
        double value;
    } any;
    any.bits = next() << 32 ^ next();
    switch (below(4)) {
    case 0:
        return isfinite(any.value) ? any.value : 1;
    case 1:
        return (double)(long)(next() >> 20) / (double)(1UL << below(30));
    case 2:
        return (double)below(100000) / 100;
    default:
        return (double)(long)any.bits;
    }
}

/* The first digit of %a may be any but 0: equal values will do, of numbers that are not subnormal.
 */
static void check_hex(const char *format, double value)
{
    char *end, *other;
    if (fpclassify(value) == FP_SUBNORMAL)
        return;
    exo_snprintf(ours, sizeof ours, format, value);
    snprintf(theirs, sizeof theirs, format, value);
    double a = strtod(ours, &end), b = strtod(theirs, &other);
    CHECK(a == b && strspn(end, " ") == strlen(end), "'%s': '%s', not '%s'", format, ours, theirs);
}

static void check_floats(void)
{
    static const char *const tails[] = {"f", "e", "g", "F", "E", "G"};
    static const double special[] = {0.0,  -0.0, 0.5,       1.5,   2.5,    9.5,
                                     99.5, 0.05, 9.9999995, 1e100, 5e-324, 1.7976931348623157e308,
                                     0.1,  1e15, 1e16,      123456};
    char format[40];
    for (int round = 0; round < 10000; round++) {
        double value = round < 3000 ? special[below(16)] : random_double();
        make_format(format, tails[below(6)], "-+ #0");
        if (below(2))
            value = -value;
        SAME(format, value);
        make_format(format, below(2) ? "a" : "A", "-+ #0");
        check_hex(format, value);
    }
    SAME("%a %A %a %.3a %#.0a", 1.0, 0.1, -0.0, 1.999, 1.0);
    SAME("%f %F %e %g %a", INFINITY, -INFINITY, NAN, INFINITY, INFINITY);
    SAME("%010f|%-10f|%+f", INFINITY, INFINITY, INFINITY);
    SAME("%.1100f", 5e-324);
    SAME("%.3000e", 1.0 / 3);
    SAME("%.400f", 1.7976931348623157e308);
    for (int round = 0; round < 1000; round++) {
        long double value = (long double)random_double() / 3;
        int exponent = (int)below(20000) - 10000;
        value = ldexpl(value, exponent);
        if (!isfinite(value))
            continue;
        make_format(format, below(2) ? "Le" : "Lg", "-+ #0");
        SAME(format, value);
        if (round % 30 == 0)
            SAME("%.60Lf", value);
    }
}

static void check_one_strtod(const char *text)
{
    char *end, *other;
    errno = 0;
    double a = exo_strtod(text, &end);
    int error = errno;
    errno = 0;
    double b = strtod(text, &other);
    CHECK((memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b))) && end == other &&
              error == errno,
          "strtod '%.60s': %a %d, not %a %d", text, a, error, b, errno);
    float c = exo_strtof(text, &end), d = strtof(text, &other);
    CHECK((memcmp(&c, &d, sizeof c) == 0 || (isnan(c) && isnan(d))) && end == other,
          "strtof '%.60s': %a, not %a", text, (double)c, (double)d);
    long double e = exo_strtold(text, &end), f = strtold(text, &other);
    CHECK((memcmp(&e, &f, 10) == 0 || (isnan(e) && isnan(f))) && end == other,
          "strtold '%.60s': %La, not %La", text, e, f);
}

static void check_strtod(void)
{
    static const char *const texts[] = {
        "0",
        "-0",
        "1",
        "1e",
        "1e+",
        "1e5x",
        ".5",
        ".",
        "-.e1",
        "0x",
        "0x.",
        "0x1p",
        "0x1.8p3",
        "0x1p-1074",
        "0x1.fffffffffffff8p1023",
        "0x0.0000000000001p-1022",
        "inf",
        "-infinity",
        "infinit",
        "nan",
        "nan(12_a)",
        "nan(",
        "1e400",
        "1e-400",
        "-1e-400",
        "1e5000",
        "1e-5000",
        "2.2250738585072011e-308",
        "2.2250738585072014e-308",
        "4.9406564584124654e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
        "9007199254740993",
        "9007199254740992.99999999999999999999",
        "0.000000000000000000000000000000000000000000001e45",
        "1e23",
        "8.5e22",
        "  \t12abc",
        "+ 1",
        "0x10000000000000081",
        "0x1.00000000000008p0",
        "0x1.00000000000008000001p0",
        "1.00000000000000011102230246251565404236316680908203125",
        "1.00000000000000011102230246251565404236316680908203124999",
        "1.000000000000000111022302462515654042363166809082031250000001"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        check_one_strtod(texts[i]);
    for (int round = 0; round < 4000; round++) {
        char text[1200];
        double value = random_double();
        switch (below(4)) {
        case 0:
            snprintf(text, sizeof text, "%.*e", (int)below(20), value);
            break;
        case 1: /* exactly between two */
            snprintf(text, sizeof text, "%.800Le",
                     ((long double)value + (long double)nextafter(value, INFINITY)) / 2);
            break;
        case 2:
            snprintf(text, sizeof text, "%lu.%lue%d", (unsigned long)next(), (unsigned long)next(),
                     (int)below(700) - 350);
            break;
        default:
            snprintf(text, sizeof text, "%a", value);
            break;
        }
        check_one_strtod(text);
    }
}

#define SCAN(text, format, ...)                                                                    \
    do {                                                                                           \
        struct values one = {0}, two = {0};                                                        \
        struct values *v = &one;                                                                   \
        int a = exo_sscanf(text, format, __VA_ARGS__);                                             \
        v = &two;                                                                                  \
        int b = sscanf(text, format, __VA_ARGS__);                                                 \
        CHECK(a == b && memcmp(&one, &two, sizeof one) == 0,                                       \
              "sscanf '%s' '%s': %d [%d %d %ld %g '%s'], not %d [%d %d %ld %g '%s']", text,        \
              format, a, one.i, one.j, one.l, one.d, one.s, b, two.i, two.j, two.l, two.d, two.s); \
    } while (0)

struct values {
    int i, j;
    long l;
    double d;
    char s[40];
};

static void check_scanf(void)
{
    SCAN("12 34", "%d %d", &v->i, &v->j);
    SCAN("12 x", "%d %d", &v->i, &v->j);
    SCAN("", "%d", &v->i);
    SCAN("   ", "%d", &v->i);
    SCAN("x", "%d", &v->i);
    SCAN("1234567", "%3d%2d%ld", &v->i, &v->j, &v->l);
    SCAN("0x1f 017 -9", "%i %i %li", &v->i, &v->j, &v->l);
    SCAN("ff 0xfe 77", "%x %x %lo", &v->i, &v->j, &v->l);
    SCAN("-12abc", "%d%n%39s", &v->i, &v->j, v->s);
    SCAN("3.25e2x", "%lf%39s", &v->d, v->s);
    SCAN("-inf", "%lf", &v->d);
    SCAN("0x1.8p1 z", "%lf%39s", &v->d, v->s);
    SCAN("12.345", "%4lf%d", &v->d, &v->i);
    SCAN("hello world", "%39s%n", v->s, &v->i);
    SCAN("hello world", "%3c%n", v->s, &v->i);
    SCAN("hello world", "%39[a-h]%n", v->s, &v->i);
    SCAN("hello world", "%39[^o]%n", v->s, &v->i);
    SCAN("]x-y", "%39[]x-]%n", v->s, &v->i);
    SCAN("123", "%39[a-z]", v->s);
    SCAN("a:b", "a:%1[b]%n", v->s, &v->i);
    SCAN("5%", "%d%%%n", &v->i, &v->j);
    SCAN("5 %", "%d%%%n", &v->i, &v->j);
    SCAN("5 6 7", "%*d %d %n", &v->i, &v->j);
    SCAN("1 2", "%2$d %1$d", &v->i, &v->j);
    SCAN("99999999999999999999", "%ld", &v->l);
    SCAN("+5-3", "%d%d", &v->i, &v->j);
    SCAN("x5", "y%d", &v->i);
    SCAN("\n\t 8", " %d", &v->i);
    /* What begins like a number and is none is lost; glibc gives more of it back than it may. */
    struct values v;
    CHECK(exo_sscanf("100ergs", "%lf%39s", &v.d, v.s) == 0, "100ergs");
    CHECK(exo_sscanf("1.5e+", "%lf", &v.d) == 0, "1.5e+");
    char *one = NULL, *two = NULL;
    CHECK(exo_sscanf("some words here", "%m[a-z ]", &one) == 1 &&
              strcmp(one, "some words here") == 0,
          "%%m[");
    CHECK(exo_sscanf("word here", "%ms", &two) == 1 && strcmp(two, "word") == 0, "%%ms");
    free(one);
    free(two);
}

int main(void)
{
    check_integers();
    check_floats();
    check_strtod();
    check_scanf();
    return failures != 0;
}

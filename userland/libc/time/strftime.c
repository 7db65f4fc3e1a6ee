/* strftime (POSIX.1-2024 XSH strftime), in the C locale. */
#include "calendar.h"
#include "names.h"
#include <stdio.h>
#include <string.h>

struct output {
    char *text;
    size_t size;
    size_t used; /* size or more: it did not fit */
};

/* "%[0+][width]": how numbers are padded. */
struct padding {
    char flag;
    int width;
};

static void format_all(struct output *out, const char *format, const struct tm *calendar);

static void put(struct output *out, const char *text, size_t size)
{
    if (out->used < out->size && size < out->size - out->used)
        memcpy(out->text + out->used, text, size);
    out->used = size < (size_t)-1 - out->used ? out->used + size : (size_t)-1;
}

/* A number, padded on the left to at least width: by c, or as the conversion's flags say. */
static void put_number(struct output *out, long long value, int width, char c,
                       const struct padding *padding)
{
    char text[48];
    if (padding->flag != '\0' && c != '+')
        c = '0';
    if (padding->width > width)
        width = padding->width < 40 ? padding->width : 40;
    int size = snprintf(text, sizeof text, c == ' ' ? "%*lld" : "%0*lld", width, value);
    put(out, text, (size_t)size);
}

static void put_name(struct output *out, const char *const *names, int count, int index, int whole)
{
    const char *name = index >= 0 && index < count ? names[index] : "?";
    put(out, name, whole || *name == '?' ? strlen(name) : 3);
}

/* Years of four digits or more, with '+' where the flag asks and they are longer than usual. */
static void put_year(struct output *out, long long year, int usual, const struct padding *padding)
{
    int width = padding->width;
    if (padding->flag == '+' && year >= 0 && (width > usual || year > (usual == 4 ? 9999 : 99))) {
        put(out, "+", 1);
        width = width > 0 ? width - 1 : 0;
    }
    struct padding rest = {padding->flag != '\0' ? '0' : '\0', width};
    put_number(out, year, padding->flag != '\0' && width == 0 ? usual : 0, '0', &rest);
}

/* ISO 8601: weeks begin on Monday, the first holds the year's first Thursday. */
static int iso_week(const struct tm *calendar, long long *year)
{
    int monday_based = (calendar->tm_wday + 6) % 7;
    int week = (calendar->tm_yday - monday_based + 10) / 7;
    *year = calendar->tm_year + 1900LL;
    if (week < 1) {
        --*year;
        int last_day = calendar->tm_yday + 365 + __is_leap(*year);
        return (last_day - monday_based + 10) / 7;
    }
    int days = 365 + __is_leap(*year);
    if (week == 53 && calendar->tm_yday - monday_based + 3 >= days) {
        ++*year;
        return 1;
    }
    return week;
}

static void put_zone(struct output *out, const struct tm *calendar)
{
    char text[32];
    if (calendar->tm_isdst < 0)
        return;
    long minutes = calendar->tm_gmtoff / 60, size = minutes < 0 ? -minutes : minutes;
    int used =
        snprintf(text, sizeof text, "%c%02ld%02ld", minutes < 0 ? '-' : '+', size / 60, size % 60);
    put(out, text, (size_t)used);
}

static void put_seconds(struct output *out, const struct tm *calendar,
                        const struct padding *padding)
{
    struct tm copy = *calendar;
    put_number(out, (long long)mktime(&copy), 1, '0', padding);
}

static int hour_of_twelve(int hour)
{
    return (hour + 11) % 12 + 1;
}

static void put_iso_year(struct output *out, char letter, const struct tm *calendar,
                         const struct padding *padding)
{
    long long year;
    int week = iso_week(calendar, &year);
    if (letter == 'V')
        put_number(out, week, 2, '0', padding);
    else if (letter == 'g')
        put_number(out, (year % 100 + 100) % 100, 2, '0', padding);
    else
        put_year(out, year, 4, padding);
}

/* Conversions that stand for others. */
static const char *composed(char letter)
{
    switch (letter) {
    case 'c':
        return "%a %b %e %H:%M:%S %Y";
    case 'D':
    case 'x':
        return "%m/%d/%y";
    case 'R':
        return "%H:%M";
    case 'r':
        return "%I:%M:%S %p";
    case 'T':
    case 'X':
        return "%H:%M:%S";
    default:
        return NULL;
    }
}

/* %F is %+4Y-%m-%d; a width belongs to the year. */
static void put_date(struct output *out, const struct tm *calendar, const struct padding *padding)
{
    struct padding year = {padding->flag, padding->width > 6 ? padding->width - 6 : 0};
    put_year(out, calendar->tm_year + 1900LL, 4, &year);
    format_all(out, "-%m-%d", calendar);
}

static int convert_number(struct output *out, char letter, const struct tm *calendar,
                          const struct padding *padding)
{
    long long year = calendar->tm_year + 1900LL;
    switch (letter) {
    case 'C':
        put_number(out, year / 100 - (year % 100 < 0), 2, '0', padding);
        break;
    case 'd':
        put_number(out, calendar->tm_mday, 2, '0', padding);
        break;
    case 'e':
        put_number(out, calendar->tm_mday, 2, ' ', padding);
        break;
    case 'H':
        put_number(out, calendar->tm_hour, 2, '0', padding);
        break;
    case 'I':
        put_number(out, hour_of_twelve(calendar->tm_hour), 2, '0', padding);
        break;
    case 'j':
        put_number(out, calendar->tm_yday + 1, 3, '0', padding);
        break;
    case 'm':
        put_number(out, calendar->tm_mon + 1, 2, '0', padding);
        break;
    case 'M':
        put_number(out, calendar->tm_min, 2, '0', padding);
        break;
    case 'S':
        put_number(out, calendar->tm_sec, 2, '0', padding);
        break;
    case 'u':
        put_number(out, (calendar->tm_wday + 6) % 7 + 1, 1, '0', padding);
        break;
    case 'U':
        put_number(out, (calendar->tm_yday + 7 - calendar->tm_wday) / 7, 2, '0', padding);
        break;
    case 'w':
        put_number(out, calendar->tm_wday, 1, '0', padding);
        break;
    case 'W':
        put_number(out, (calendar->tm_yday + 7 - (calendar->tm_wday + 6) % 7) / 7, 2, '0', padding);
        break;
    case 'y':
        put_number(out, (year % 100 + 100) % 100, 2, '0', padding);
        break;
    default:
        return 0;
    }
    return 1;
}

static void convert(struct output *out, char letter, const struct tm *calendar,
                    const struct padding *padding)
{
    const char *format = composed(letter);
    if (format != NULL) {
        format_all(out, format, calendar);
        return;
    }
    if (convert_number(out, letter, calendar, padding))
        return;
    switch (letter) {
    case 'a':
    case 'A':
        put_name(out, __day_names, 7, calendar->tm_wday, letter == 'A');
        break;
    case 'b':
    case 'h':
    case 'B':
        put_name(out, __month_names, 12, calendar->tm_mon, letter == 'B');
        break;
    case 'F':
        put_date(out, calendar, padding);
        break;
    case 'g':
    case 'G':
    case 'V':
        put_iso_year(out, letter, calendar, padding);
        break;
    case 'n':
        put(out, "\n", 1);
        break;
    case 'p':
        put(out, calendar->tm_hour < 12 ? "AM" : "PM", 2);
        break;
    case 's':
        put_seconds(out, calendar, padding);
        break;
    case 't':
        put(out, "\t", 1);
        break;
    case 'Y':
        put_year(out, calendar->tm_year + 1900LL, 4, padding);
        break;
    case 'z':
        put_zone(out, calendar);
        break;
    case 'Z':
        if (calendar->tm_isdst >= 0 && calendar->tm_zone != NULL)
            put(out, calendar->tm_zone, strlen(calendar->tm_zone));
        break;
    default:
        put(out, &letter, 1);
        break;
    }
}

static void format_all(struct output *out, const char *format, const struct tm *calendar)
{
    while (*format != '\0') {
        size_t plain = strcspn(format, "%");
        put(out, format, plain);
        format += plain;
        if (*format == '\0')
            return;
        struct padding padding = {0};
        format++;
        if (*format == '0' || *format == '+')
            padding.flag = *format++;
        for (; *format >= '0' && *format <= '9'; format++)
            if (padding.width < 1000)
                padding.width = padding.width * 10 + (*format - '0');
        if (*format == 'E' || *format == 'O') /* alternatives that the C locale has none of */
            format++;
        if (*format == '\0')
            return;
        convert(out, *format++, calendar, &padding);
    }
}

size_t strftime(char *restrict text, size_t size, const char *restrict format,
                const struct tm *restrict calendar)
{
    struct output out = {text, size, 0};
    tzset();
    format_all(&out, format, calendar);
    if (out.used >= size)
        return 0;
    text[out.used] = '\0';
    return out.used;
}

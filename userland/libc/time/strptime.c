/* strptime (POSIX.1-2024 XSH strptime), in the C locale. */
#include "calendar.h"
#include "names.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

/* What only together with something else makes a field. */
struct parts {
    int century; /* -1: not given */
    int year_of_century;
    int afternoon;
    int twelve; /* the hour was one of twelve */
    int has_date;
};

static const char *scan_all(const char *text, const char *format, struct tm *out,
                            struct parts *parts);

static const char *skip_space(const char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    return text;
}

/* A number of at most `digits` digits between low and high; NULL if there is none. */
static const char *scan_number(const char *text, int digits, int low, int high, int *value)
{
    int number = 0, count = 0;
    text = skip_space(text);
    for (; count < digits && isdigit((unsigned char)*text); count++, text++)
        number = number * 10 + (*text - '0');
    if (count == 0 || number < low || number > high)
        return NULL;
    *value = number;
    return text;
}

/* The index of the name at text, whole or its first three letters. */
static const char *scan_name(const char *text, const char *const *names, int count, int *index)
{
    text = skip_space(text);
    for (int i = 0; i < count; i++) {
        size_t size = strlen(names[i]);
        if (strncasecmp(text, names[i], size) != 0) {
            size = 3;
            if (strncasecmp(text, names[i], size) != 0)
                continue;
        }
        *index = i;
        return text + size;
    }
    return NULL;
}

static const char *scan_half(const char *text, struct parts *parts)
{
    text = skip_space(text);
    if (strncasecmp(text, "AM", 2) != 0 && strncasecmp(text, "PM", 2) != 0)
        return NULL;
    parts->afternoon = tolower((unsigned char)*text) == 'p';
    return text + 2;
}

static const char *scan_year(const char *text, struct tm *out, struct parts *parts)
{
    int negative, year;
    text = skip_space(text);
    negative = *text == '-';
    if (*text == '+' || *text == '-')
        text++;
    text = scan_number(text, 4, 0, 9999, &year);
    out->tm_year = (negative ? -year : year) - 1900;
    parts->century = parts->year_of_century = -1;
    return text;
}

/* Seconds since 1970, in local time. */
static const char *scan_seconds(const char *text, struct tm *out)
{
    long long value = 0;
    int negative = *(text = skip_space(text)) == '-';
    text += negative;
    if (!isdigit((unsigned char)*text))
        return NULL;
    for (; isdigit((unsigned char)*text); text++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, *text - '0', &value))
            return NULL;
    time_t seconds = negative ? -value : value;
    return localtime_r(&seconds, out) != NULL ? text : NULL;
}

static const char *composed(char letter)
{
    switch (letter) {
    case 'c':
        return "%a %b %e %H:%M:%S %Y";
    case 'D':
    case 'x':
        return "%m/%d/%y";
    case 'F':
        return "%Y-%m-%d";
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

static const char *scan_one(const char *text, char letter, struct tm *out, struct parts *parts)
{
    int unused;
    const char *format = composed(letter);
    if (format != NULL)
        return scan_all(text, format, out, parts);
    switch (letter) {
    case 'a':
    case 'A':
        return scan_name(text, __day_names, 7, &out->tm_wday);
    case 'b':
    case 'B':
    case 'h':
        parts->has_date = 1;
        return scan_name(text, __month_names, 12, &out->tm_mon);
    case 'C':
        return scan_number(text, 2, 0, 99, &parts->century);
    case 'd':
    case 'e':
        parts->has_date = 1;
        return scan_number(text, 2, 1, 31, &out->tm_mday);
    case 'H':
        parts->twelve = 0;
        return scan_number(text, 2, 0, 23, &out->tm_hour);
    case 'I':
        parts->twelve = 1;
        return scan_number(text, 2, 1, 12, &out->tm_hour);
    case 'j':
        text = scan_number(text, 3, 1, 366, &out->tm_yday);
        out->tm_yday--;
        return text;
    case 'm':
        parts->has_date = 1;
        text = scan_number(text, 2, 1, 12, &out->tm_mon);
        out->tm_mon--;
        return text;
    case 'M':
        return scan_number(text, 2, 0, 59, &out->tm_min);
    case 'n':
    case 't':
        return skip_space(text);
    case 'p':
        return scan_half(text, parts);
    case 's':
        return scan_seconds(text, out);
    case 'S':
        return scan_number(text, 2, 0, 60, &out->tm_sec);
    case 'u':
        text = scan_number(text, 1, 1, 7, &out->tm_wday);
        out->tm_wday %= 7;
        return text;
    case 'U':
    case 'W':
        return scan_number(text, 2, 0, 53, &unused);
    case 'w':
        return scan_number(text, 1, 0, 6, &out->tm_wday);
    case 'y':
        return scan_number(text, 2, 0, 99, &parts->year_of_century);
    case 'Y':
        return scan_year(text, out, parts);
    case '%':
        return *text == '%' ? text + 1 : NULL;
    default:
        return NULL;
    }
}

static const char *scan_all(const char *text, const char *format, struct tm *out,
                            struct parts *parts)
{
    for (; *format != '\0' && text != NULL; format++) {
        if (isspace((unsigned char)*format)) {
            text = skip_space(text);
        } else if (*format != '%') {
            text = *text == *format ? text + 1 : NULL;
        } else {
            format++;
            format += strspn(format, "0+123456789"); /* widths and flags limit nothing */
            if (*format == 'E' || *format == 'O')
                format++;
            if (*format == '\0')
                return NULL;
            text = scan_one(text, *format, out, parts);
        }
    }
    return text;
}

/* Years of two digits are 1969 to 2068, unless the century is given too. */
static void settle(struct tm *out, const struct parts *parts)
{
    int of_century = parts->year_of_century;
    if (parts->century >= 0)
        out->tm_year = parts->century * 100 + (of_century >= 0 ? of_century : 0) - 1900;
    else if (of_century >= 0)
        out->tm_year = of_century < 69 ? of_century + 100 : of_century;
    if (parts->twelve)
        out->tm_hour = out->tm_hour % 12 + (parts->afternoon ? 12 : 0);
    if (parts->has_date && out->tm_mday > 0) { /* the day of the week and of the year follow */
        struct tm day = {.tm_year = out->tm_year, .tm_mon = out->tm_mon, .tm_mday = out->tm_mday};
        if (__calendar_from(__seconds_from(&day), &day) == 0) {
            out->tm_wday = day.tm_wday;
            out->tm_yday = day.tm_yday;
        }
    }
}

char *strptime(const char *restrict text, const char *restrict format, struct tm *restrict calendar)
{
    struct parts parts = {.century = -1, .year_of_century = -1};
    const char *end = scan_all(text, format, calendar, &parts);
    if (end != NULL)
        settle(calendar, &parts);
    return (char *)end;
}

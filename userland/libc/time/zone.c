/*
 * TZ: "stdoffset[dst[offset][,start[/time],end[/time]]]" (POSIX.1-2024 XBD 8.3). Names of zones,
 * such as Europe/Berlin, need a data base, which there is none of: they mean UTC, as an invalid TZ
 * does.
 */
#include "calendar.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MOST 16
#define DAY 86400L

/* A day of the year: Jn (no 29 February), n (from 0), Mm.w.d; and a time of that day. */
struct rule {
    char kind; /* 'J', '0' or 'M' */
    int month;
    int week;
    int day;
    long time;
};

static struct {
    char source[128]; /* what the rest was read from */
    int known;
    char name[2][NAME_MOST];
    long offset[2]; /* east of Greenwich */
    int has_summer;
    struct rule rule[2]; /* when summer time begins and ends */
} zone;

char *tzname[2] = {zone.name[0], zone.name[1]};
long timezone;
int daylight;

/* Three letters or more, or anything alphanumeric, + and - in angle brackets. */
static const char *scan_name(const char *p, char *name)
{
    size_t size = 0;
    int quoted = *p == '<';
    p += quoted;
    while (quoted ? isalnum((unsigned char)*p) || *p == '+' || *p == '-'
                  : isalpha((unsigned char)*p)) {
        if (size + 1 == NAME_MOST)
            return NULL;
        name[size++] = *p++;
    }
    name[size] = '\0';
    if (size < 3 || (quoted && *p++ != '>'))
        return NULL;
    return p;
}

static const char *scan_number(const char *p, long most, long *value)
{
    *value = 0;
    if (!isdigit((unsigned char)*p))
        return NULL;
    for (; isdigit((unsigned char)*p); p++) {
        *value = *value * 10 + (*p - '0');
        if (*value > most)
            return NULL;
    }
    return p;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static const char *scan_time(const char *p, long most, long *seconds)
{
    int negative = *p == '-';
    long part;
    if (*p == '+' || *p == '-')
        p++;
    if ((p = scan_number(p, most, &part)) == NULL)
        return NULL;
    *seconds = part * 3600;
    for (long unit = 60; unit > 0 && *p == ':'; unit /= 60) {
        if ((p = scan_number(p + 1, 59, &part)) == NULL)
            return NULL;
        *seconds += part * unit;
    }
    if (negative)
        *seconds = -*seconds;
    return p;
}

static const char *scan_rule(const char *p, struct rule *rule)
{
    long month, week = 0, day;
    rule->kind = *p == 'J' || *p == 'M' ? *p++ : '0';
    rule->time = 7200;
    if (rule->kind == 'M') {
        if ((p = scan_number(p, 12, &month)) == NULL || month == 0 || *p++ != '.' ||
            (p = scan_number(p, 5, &week)) == NULL || week == 0 || *p++ != '.' ||
            (p = scan_number(p, 6, &day)) == NULL)
            return NULL;
        rule->month = (int)month - 1;
        rule->week = (int)week;
    } else if ((p = scan_number(p, 365, &day)) == NULL || (rule->kind == 'J' && day == 0)) {
        return NULL;
    }
    rule->day = (int)day;
    return *p == '/' ? scan_time(p + 1, 167, &rule->time) : p;
}

static int scan_zone(const char *p)
{
    long west;
    zone.has_summer = 0;
    if ((p = scan_name(p, zone.name[0])) == NULL || (p = scan_time(p, 24, &west)) == NULL)
        return 0;
    zone.offset[0] = -west;
    strcpy(zone.name[1], zone.name[0]);
    if (*p == '\0')
        return 1;
    if ((p = scan_name(p, zone.name[1])) == NULL)
        return 0;
    zone.offset[1] = zone.offset[0] + 3600;
    if (*p != ',' && *p != '\0') {
        if ((p = scan_time(p, 24, &west)) == NULL)
            return 0;
        zone.offset[1] = -west;
    }
    zone.has_summer = 1;
    if (*p == '\0')
        p = ",M3.2.0,M11.1.0"; /* what others take where the string says nothing */
    return *p++ == ',' && (p = scan_rule(p, &zone.rule[0])) != NULL && *p++ == ',' &&
           (p = scan_rule(p, &zone.rule[1])) != NULL && *p == '\0';
}

void tzset(void)
{
    const char *text = getenv("TZ");
    if (text == NULL)
        text = "";
    if (zone.known && strcmp(text, zone.source) == 0)
        return;
    zone.known = strlcpy(zone.source, text, sizeof zone.source) < sizeof zone.source;
    if (*text == ':')
        text++;
    if (!scan_zone(text)) {
        zone.has_summer = 0;
        zone.offset[0] = 0;
        strcpy(zone.name[0], "UTC");
        strcpy(zone.name[1], "UTC");
    }
    timezone = -zone.offset[0];
    daylight = zone.has_summer;
}

/* The rule's moment in a year, in seconds since 1970 as a clock of that zone shows them. */
static long long moment(const struct rule *rule, long long year)
{
    long long first = __days_from_civil(year, 0, 1), day;
    if (rule->kind == '0') {
        day = first + rule->day;
    } else if (rule->kind == 'J') {
        day = first + rule->day - 1 + (__is_leap(year) && rule->day >= 60);
    } else {
        long long begin = __days_from_civil(year, rule->month, 1);
        long long end = rule->month == 11 ? __days_from_civil(year + 1, 0, 1)
                                          : __days_from_civil(year, rule->month + 1, 1);
        int weekday = (int)(((begin + 4) % 7 + 7) % 7);
        day = begin + (rule->day - weekday + 7) % 7 + (rule->week - 1) * 7;
        if (day >= end)
            day -= 7;
    }
    return day * DAY + rule->time;
}

static int is_summer(long long seconds)
{
    struct tm calendar;
    if (!zone.has_summer || __calendar_from(seconds + zone.offset[0], &calendar) < 0)
        return 0;
    long long year = calendar.tm_year + 1900LL;
    long long begin = moment(&zone.rule[0], year) - zone.offset[0];
    long long end = moment(&zone.rule[1], year) - zone.offset[1];
    if (begin < end)
        return seconds >= begin && seconds < end;
    return seconds >= begin || seconds < end; /* the south */
}

long __zone_at(long long seconds, int *summer, const char **name)
{
    *summer = is_summer(seconds);
    *name = zone.name[*summer];
    return zone.offset[*summer];
}

int __zone_has_summer(void)
{
    return zone.has_summer;
}

long __zone_offset(int summer)
{
    return zone.offset[summer];
}

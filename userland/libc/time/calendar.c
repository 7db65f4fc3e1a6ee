/*
 * Dates to days and back, in years of March to February, so that the leap day comes last: a month m
 * from March (0) begins on day (153 * m + 2) / 5 of such a year.
 */
#include "calendar.h"
#include <errno.h>
#include <limits.h>

#define DAY 86400
#define ERA_DAYS 146097   /* 400 years */
#define EPOCH_DAYS 719468 /* from 0000-03-01 to 1970-01-01 */

static long long floor_divide(long long a, long long b)
{
    return a / b - (a % b < 0);
}

int __is_leap(long long year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

long long __days_from_civil(long long year, int month, long long day)
{
    int from_march = (month + 10) % 12;
    if (month < 2)
        year--;
    long long era = floor_divide(year, 400), of_era = year - era * 400;
    return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + (153 * from_march + 2) / 5 +
           day - 1 - EPOCH_DAYS;
}

long long __seconds_from(const struct tm *calendar)
{
    long long years = floor_divide(calendar->tm_mon, 12);
    int month = (int)(calendar->tm_mon - years * 12);
    long long days =
        __days_from_civil(calendar->tm_year + 1900LL + years, month, calendar->tm_mday);
    return days * DAY + calendar->tm_hour * 3600LL + calendar->tm_min * 60LL + calendar->tm_sec;
}

int __calendar_from(long long seconds, struct tm *calendar)
{
    long long days = floor_divide(seconds, DAY), rest = seconds - days * DAY;
    long long shifted = days + EPOCH_DAYS, era = floor_divide(shifted, ERA_DAYS);
    int of_era = (int)(shifted - era * ERA_DAYS);
    int year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int from_march = (5 * of_year + 2) / 153;
    int month = (from_march + 2) % 12;
    long long year = era * 400 + year_of_era + (month < 2);
    if (year - 1900 > INT_MAX || year - 1900 < INT_MIN) {
        errno = EOVERFLOW;
        return -1;
    }
    calendar->tm_sec = (int)(rest % 60);
    calendar->tm_min = (int)(rest / 60 % 60);
    calendar->tm_hour = (int)(rest / 3600);
    calendar->tm_mday = of_year - (153 * from_march + 2) / 5 + 1;
    calendar->tm_mon = month;
    calendar->tm_year = (int)(year - 1900);
    calendar->tm_wday = (int)(days + 4 - floor_divide(days + 4, 7) * 7);
    calendar->tm_yday = (int)(days - __days_from_civil(year, 0, 1));
    return 0;
}

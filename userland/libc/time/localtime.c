/* localtime, mktime */
#include "calendar.h"

struct tm *localtime_r(const time_t *restrict seconds, struct tm *restrict calendar)
{
    int summer;
    const char *name;
    tzset();
    long offset = __zone_at(*seconds, &summer, &name);
    if (__calendar_from(*seconds + offset, calendar) < 0)
        return NULL;
    calendar->tm_isdst = summer;
    calendar->tm_gmtoff = offset;
    calendar->tm_zone = name;
    return calendar;
}

struct tm *localtime(const time_t *seconds)
{
    static struct tm calendar;
    return localtime_r(seconds, &calendar);
}

/*
 * With tm_isdst negative, the offset that holds at the moment itself: of standard and summer time
 * the one that agrees with itself, standard time first where both do or neither.
 */
static long choose_offset(long long local, int isdst)
{
    int summer;
    const char *name;
    if (!__zone_has_summer() || isdst == 0)
        return __zone_offset(0);
    if (isdst > 0)
        return __zone_offset(1);
    if (__zone_at(local - __zone_offset(0), &summer, &name) == __zone_offset(0))
        return __zone_offset(0);
    if (__zone_at(local - __zone_offset(1), &summer, &name) == __zone_offset(1))
        return __zone_offset(1);
    return __zone_offset(0);
}

time_t mktime(struct tm *calendar)
{
    tzset();
    long long local = __seconds_from(calendar);
    time_t seconds = local - choose_offset(local, calendar->tm_isdst);
    return localtime_r(&seconds, calendar) != NULL ? seconds : -1;
}

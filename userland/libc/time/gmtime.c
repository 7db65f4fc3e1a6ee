/* gmtime, timegm */
#include "calendar.h"

struct tm *gmtime_r(const time_t *restrict seconds, struct tm *restrict calendar)
{
    if (__calendar_from(*seconds, calendar) < 0)
        return NULL;
    calendar->tm_isdst = 0;
    calendar->tm_gmtoff = 0;
    calendar->tm_zone = "UTC";
    return calendar;
}

struct tm *gmtime(const time_t *seconds)
{
    static struct tm calendar;
    return gmtime_r(seconds, &calendar);
}

time_t timegm(struct tm *calendar)
{
    time_t seconds = __seconds_from(calendar);
    return gmtime_r(&seconds, calendar) != NULL ? seconds : -1;
}

/* asctime, ctime */
#include <time.h>
#include <stdio.h>

char *asctime(const struct tm *calendar)
{
    static const char days[] = "SunMonTueWedThuFriSat???",
                      months[] = "JanFebMarAprMayJunJulAugSepOctNovDec???";
    static char text[80];
    int day = calendar->tm_wday >= 0 && calendar->tm_wday < 7 ? calendar->tm_wday : 7;
    int month = calendar->tm_mon >= 0 && calendar->tm_mon < 12 ? calendar->tm_mon : 12;
    snprintf(text, sizeof text, "%.3s %.3s%3d %.2d:%.2d:%.2d %lld\n", days + 3 * day,
             months + 3 * month, calendar->tm_mday, calendar->tm_hour, calendar->tm_min,
             calendar->tm_sec, calendar->tm_year + 1900LL);
    return text;
}

char *ctime(const time_t *seconds)
{
    struct tm *calendar = localtime(seconds);
    return calendar != NULL ? asctime(calendar) : NULL;
}

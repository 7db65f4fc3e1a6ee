/* <time.h>: clocks and calendars. Time zones are the POSIX strings in TZ (XBD 8.3). */
#pragma once

#include <bits/types.h>
#include <bits/timespec.h>

struct tm {
    int tm_sec;
    int tm_min;
    int tm_hour;
    int tm_mday;
    int tm_mon;
    int tm_year;
    int tm_wday;
    int tm_yday;
    int tm_isdst;
    long tm_gmtoff;
    const char *tm_zone;
};

#define CLOCKS_PER_SEC 1000000L
#define TIME_UTC 1

#define CLOCK_REALTIME 0
#define CLOCK_MONOTONIC 1
#define CLOCK_PROCESS_CPUTIME_ID 2

/* libOS */
int clock_getres(clockid_t clock, struct timespec *resolution);
int clock_gettime(clockid_t clock, struct timespec *now);
int clock_settime(clockid_t clock, const struct timespec *now);
int nanosleep(const struct timespec *duration, struct timespec *left);

extern char *tzname[2];
extern long timezone;
extern int daylight;

char *asctime(const struct tm *calendar);
clock_t clock(void);
char *ctime(const time_t *seconds);
double difftime(time_t a, time_t b);
struct tm *gmtime(const time_t *seconds);
struct tm *gmtime_r(const time_t *restrict seconds, struct tm *restrict calendar);
struct tm *localtime(const time_t *seconds);
struct tm *localtime_r(const time_t *restrict seconds, struct tm *restrict calendar);
time_t mktime(struct tm *calendar);
size_t strftime(char *restrict text, size_t size, const char *restrict format,
                const struct tm *restrict calendar);
char *strptime(const char *restrict text, const char *restrict format,
               struct tm *restrict calendar);
time_t time(time_t *seconds);
time_t timegm(struct tm *calendar);
int timespec_get(struct timespec *now, int base);
void tzset(void);

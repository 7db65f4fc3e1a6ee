/* The proleptic Gregorian calendar, and the time zone that TZ names. */
#pragma once

#include <time.h>

/* Days from 1970-01-01 to the given day; month is 0 to 11, the day may be any number. */
long long __days_from_civil(long long year, int month, long long day);
int __is_leap(long long year);
/* Seconds since 1970 of a calendar in UTC, its fields of any size. */
long long __seconds_from(const struct tm *calendar);
/* 0, or -1 with EOVERFLOW if the year does not fit. Leaves the zone's fields alone. */
int __calendar_from(long long seconds, struct tm *calendar);

/* Seconds east of Greenwich at the moment; says whether summer time holds, and the zone's name. */
long __zone_at(long long seconds, int *summer, const char **name);
/* The same for standard (0) or summer (1) time; 0 without summer time. */
int __zone_has_summer(void);
long __zone_offset(int summer);

/* time, clock, difftime, timespec_get: over clock_gettime. */
#include <time.h>

time_t time(time_t *seconds)
{
    struct timespec now = {0};
    if (clock_gettime(CLOCK_REALTIME, &now) < 0)
        now.tv_sec = -1;
    if (seconds != NULL)
        *seconds = now.tv_sec;
    return now.tv_sec;
}

clock_t clock(void)
{
    struct timespec used;
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) < 0)
        return -1;
    return used.tv_sec * CLOCKS_PER_SEC + used.tv_nsec / (1000000000 / CLOCKS_PER_SEC);
}

double difftime(time_t a, time_t b)
{
    return (double)(a - b);
}

int timespec_get(struct timespec *now, int base)
{
    if (base != TIME_UTC || clock_gettime(CLOCK_REALTIME, now) < 0)
        return 0;
    return base;
}

/*
 * Clocks, sleeping, and the alarm. An alarm is the process's own affair: while it sleeps, the
 * sleep ends at the alarm's time; while it computes, it asks for an upcall at the end of each
 * slice and looks at the clock then.
 */
#include "libos.h"

#include <signal.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

enum { NANOSECONDS = 1000000000 };

#define SECONDS_MAX 0x200000000 /* 272 years: longer sleeps have no end */

static volatile uint64_t alarm_at = LIBOS_FOREVER;

static struct timespec timespec_of(uint64_t nanoseconds)
{
    return (struct timespec){.tv_sec = (time_t)(nanoseconds / NANOSECONDS),
                             .tv_nsec = (long)(nanoseconds % NANOSECONDS)};
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    struct libos_answer answer = {0};
    switch (clock) {
    case CLOCK_REALTIME:
        *now = timespec_of(libos_clock());
        now->tv_sec += (time_t)LIBOS_CONTROL->clock_seconds;
        return 0;
    case CLOCK_MONOTONIC:
        *now = timespec_of(libos_clock());
        return 0;
    case CLOCK_PROCESS_CPUTIME_ID:
        libos_call(POSIX_TIMES, 0, 0, 0, 0, &answer);
        *now = timespec_of(answer.value[0]);
        return 0;
    default:
        return (int)libos_result(-EINVAL);
    }
}

int clock_getres(clockid_t clock, struct timespec *resolution)
{
    if (clock < CLOCK_REALTIME || clock > CLOCK_PROCESS_CPUTIME_ID)
        return (int)libos_result(-EINVAL);
    *resolution = (struct timespec){.tv_nsec = 1};
    return 0;
}

/* The time of day comes from the firmware, once. */
int clock_settime(clockid_t clock, const struct timespec *now)
{
    (void)now;
    return (int)libos_result(clock == CLOCK_REALTIME ? -EPERM : -EINVAL);
}

int nanosleep(const struct timespec *duration, struct timespec *left)
{
    if (duration->tv_nsec < 0 || duration->tv_nsec >= NANOSECONDS || duration->tv_sec < 0)
        return (int)libos_result(-EINVAL);
    struct libos_moment moment = libos_now();
    uint64_t deadline = LIBOS_FOREVER;
    if (duration->tv_sec < SECONDS_MAX)
        deadline =
            libos_clock() + (uint64_t)duration->tv_sec * NANOSECONDS + (uint64_t)duration->tv_nsec;
    for (;;) {
        uint64_t now = libos_clock();
        if (now >= deadline)
            return 0;
        enum libos_woken woken = libos_sleep(moment, deadline);
        if (woken != LIBOS_INTERRUPTED && libos_handled == moment.handled)
            continue;
        now = libos_clock();
        if (left)
            *left = timespec_of(now < deadline ? deadline - now : 0);
        return (int)libos_result(-EINTR);
    }
}

uint64_t libos_alarm_deadline(void)
{
    return alarm_at;
}

void libos_alarm_check(void)
{
    if (alarm_at == LIBOS_FOREVER || libos_clock() < alarm_at)
        return;
    alarm_at = LIBOS_FOREVER;
    exo_env_set(SLOT_SELF, ENV_SLICE_UPCALL, 0);
    if (!(LIBOS_CONTROL->ignored & 1ull << (SIGALRM - 1)))
        libos_signal_raise(SIGALRM); /* whoever called us looks at what is pending */
}

void libos_alarm_forget(void)
{
    alarm_at = LIBOS_FOREVER;
}

unsigned alarm(unsigned seconds)
{
    libos_enter();
    uint64_t now = libos_clock();
    uint64_t left = alarm_at == LIBOS_FOREVER || alarm_at < now ? 0 : alarm_at - now;
    alarm_at = seconds ? now + (uint64_t)seconds * NANOSECONDS : LIBOS_FOREVER;
    exo_env_set(SLOT_SELF, ENV_SLICE_UPCALL, seconds != 0);
    libos_leave();
    return (unsigned)((left + NANOSECONDS - 1) / NANOSECONDS);
}

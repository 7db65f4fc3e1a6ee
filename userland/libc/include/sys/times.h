/* <sys/times.h>: processor time of a process and its children. */
#pragma once

#include <bits/types.h>

struct tms {
    clock_t tms_utime;
    clock_t tms_stime;
    clock_t tms_cutime;
    clock_t tms_cstime;
};

/* libOS: in ticks of sysconf(_SC_CLK_TCK), 100 a second */
clock_t times(struct tms *buffer);

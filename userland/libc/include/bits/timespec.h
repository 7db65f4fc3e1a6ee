/* struct timespec, which <time.h>, <sys/stat.h>, <signal.h> and <sys/select.h> all must define. */
#pragma once

#include <bits/types.h>

struct timespec {
    time_t tv_sec;
    long tv_nsec;
};

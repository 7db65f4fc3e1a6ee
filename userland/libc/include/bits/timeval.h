/* struct timeval, which <sys/time.h>, <sys/select.h> and <sys/resource.h> all must define. */
#pragma once

#include <bits/types.h>

struct timeval {
    time_t tv_sec;
    suseconds_t tv_usec;
};

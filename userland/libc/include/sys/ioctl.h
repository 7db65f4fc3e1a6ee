/* <sys/ioctl.h>: not POSIX; the one request that init needs and no function covers. */
#pragma once

#define TIOCSCTTY 0x540e

/* libOS */
int ioctl(int fd, unsigned long request, ...);

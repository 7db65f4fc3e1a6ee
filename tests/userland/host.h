/* What POSIX.1-2024 has and the host's C library may not; put in front of each source. */
#pragma once

#include <sys/ioctl.h>
#include <termios.h>

static inline int host_tcgetwinsize(int fd, struct winsize *size)
{
    return ioctl(fd, TIOCGWINSZ, size);
}
#define tcgetwinsize host_tcgetwinsize

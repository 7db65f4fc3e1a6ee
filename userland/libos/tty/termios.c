/* Terminals. */
#include "libos.h"

#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/* A call that may have to wait: in the background, or for output to drain. */
static int64_t tty_call(enum posix_tty what, int fd, uint64_t argument, const void *in,
                        size_t in_size, void *out, size_t out_size)
{
    struct libos_moment moment = libos_now();
    for (;;) {
        libos_enter();
        if (in_size)
            memcpy(LIBOS_WINDOW, in, in_size);
        int64_t result = libos_call(POSIX_TTY, what, (uint64_t)fd, argument, 0, NULL);
        if (result == 0 && out_size)
            memcpy(out, LIBOS_WINDOW, out_size);
        libos_leave();
        if (result != -POSIX_BLOCK)
            return libos_result(result);
        if (libos_sleep(moment, LIBOS_FOREVER) == LIBOS_INTERRUPTED)
            return libos_result(-EINTR);
    }
}

static int64_t tty_simple(enum posix_tty what, int fd, uint64_t argument)
{
    return tty_call(what, fd, argument, NULL, 0, NULL, 0);
}

int tcgetattr(int fd, struct termios *attributes)
{
    return (int)tty_call(POSIX_TTY_GET, fd, 0, NULL, 0, attributes, sizeof(*attributes));
}

int tcsetattr(int fd, int when, const struct termios *attributes)
{
    if (when != TCSANOW && tcdrain(fd) < 0)
        return -1;
    return (int)tty_call(POSIX_TTY_SET, fd, (uint64_t)when, attributes, sizeof(*attributes), NULL,
                         0);
}

pid_t tcgetpgrp(int fd)
{
    return (pid_t)tty_simple(POSIX_TTY_GET_GROUP, fd, 0);
}

int tcsetpgrp(int fd, pid_t group)
{
    return (int)tty_simple(POSIX_TTY_SET_GROUP, fd, (uint64_t)group);
}

pid_t tcgetsid(int fd)
{
    return (pid_t)tty_simple(POSIX_TTY_SESSION, fd, 0);
}

int tcgetwinsize(int fd, struct winsize *size)
{
    return (int)tty_call(POSIX_TTY_GET_SIZE, fd, 0, NULL, 0, size, sizeof(*size));
}

int tcsetwinsize(int fd, const struct winsize *size)
{
    return (int)tty_call(POSIX_TTY_SET_SIZE, fd, 0, size, sizeof(*size), NULL, 0);
}

int tcdrain(int fd)
{
    return (int)tty_simple(POSIX_TTY_DRAIN, fd, 0);
}

int tcflush(int fd, int queue)
{
    return (int)tty_simple(POSIX_TTY_FLUSH, fd, (uint64_t)queue);
}

/* The line has no flow control and no break that we could send: checked, then nothing. */
int tcflow(int fd, int action)
{
    if (action < TCOOFF || action > TCION)
        return (int)libos_result(-EINVAL);
    return isatty(fd) ? 0 : -1;
}

int tcsendbreak(int fd, int duration)
{
    (void)duration;
    return isatty(fd) ? 0 : -1;
}

char *ttyname(int fd)
{
    static char name[sizeof("/dev/ttyS0")];
    return tty_call(POSIX_TTY_NAME, fd, 0, NULL, 0, name, sizeof(name)) < 0 ? NULL : name;
}

int ioctl(int fd, unsigned long request, ...)
{
    if (request != TIOCSCTTY)
        return (int)libos_result(-ENOTTY);
    return (int)tty_simple(POSIX_TTY_CONTROL, fd, 0);
}

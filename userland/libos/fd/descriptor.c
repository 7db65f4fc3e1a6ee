/* Descriptors: the table is the server's, since what it names is shared and protected. */
#include "libos.h"

#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

enum { NANOSECONDS_PER_MILLISECOND = 1000000 };

static int open_path(int dir, const char *path, int flags, mode_t mode)
{
    return (int)libos_path_call(POSIX_OPEN, path, (uint64_t)dir, (uint64_t)flags, mode, 0);
}

/* The mode is there only where a file may be made. */
static mode_t mode_argument(int flags, va_list arguments)
{
    return flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
}

int open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_argument(flags, arguments);
    va_end(arguments);
    return open_path(AT_FDCWD, path, flags, mode);
}

int openat(int dir, const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_argument(flags, arguments);
    va_end(arguments);
    return open_path(dir, path, flags, mode);
}

int close(int fd)
{
    return (int)libos_simple(POSIX_CLOSE, (uint64_t)fd, 0, 0, 0);
}

int dup(int fd)
{
    return (int)libos_simple(POSIX_DUP, (uint64_t)fd, 0, 0, 0);
}

int dup2(int fd, int to)
{
    return (int)libos_simple(POSIX_DUP2, (uint64_t)fd, (uint64_t)to, 0, 0);
}

int fcntl(int fd, int command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    long argument = command == F_GETFD || command == F_GETFL ? 0 : va_arg(arguments, int);
    va_end(arguments);
    return (int)libos_simple(POSIX_FCNTL, (uint64_t)fd, (uint64_t)command, (uint64_t)argument, 0);
}

int pipe2(int fds[2], int flags)
{
    struct libos_answer answer;
    int64_t result = libos_call(POSIX_PIPE, (uint64_t)flags, 0, 0, 0, &answer);
    if (result == 0) {
        fds[0] = (int)answer.value[0];
        fds[1] = (int)answer.value[1];
    }
    return (int)libos_result(result);
}

int pipe(int fds[2])
{
    return pipe2(fds, 0);
}

int poll(struct pollfd *fds, nfds_t count, int timeout)
{
    size_t size = count * sizeof(*fds);
    if (count > POSIX_WINDOW_SIZE / sizeof(*fds))
        return (int)libos_result(-EINVAL);
    uint64_t deadline = LIBOS_FOREVER;
    if (timeout >= 0)
        deadline = libos_clock() + (uint64_t)timeout * NANOSECONDS_PER_MILLISECOND;
    struct libos_moment moment = libos_now();
    for (;;) {
        libos_enter();
        memcpy(LIBOS_WINDOW, fds, size);
        int64_t ready = libos_call(POSIX_POLL, count, timeout != 0, 0, 0, NULL);
        memcpy(fds, LIBOS_WINDOW, size);
        libos_leave();
        if (ready != 0 || timeout == 0)
            return (int)libos_result(ready);
        enum libos_woken woken = libos_sleep(moment, deadline);
        if (woken == LIBOS_INTERRUPTED || libos_handled != moment.handled)
            return (int)libos_result(-EINTR); /* whatever SA_RESTART says (POSIX, poll) */
        if (woken == LIBOS_TIMEOUT)
            return 0;
    }
}

/* Reading and writing, through the window, a piece at a time. */
#include "libos.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { NANOSECONDS_PER_DECISECOND = 100000000 };

/*
 * Sleeps with the window given to the server, which may put the bytes there itself. The window
 * comes back before any handler runs. Bytes, -POSIX_BLOCK (ask again), -EINTR, -EAGAIN (time over).
 */
static int64_t sleep_for_bytes(struct libos_moment moment, uint64_t deciseconds)
{
    struct posix_control *control = LIBOS_CONTROL;
    uint64_t deadline = LIBOS_FOREVER;
    if (deciseconds)
        deadline = libos_clock() + deciseconds * NANOSECONDS_PER_DECISECOND;
    enum libos_woken woken = libos_sleep(moment, deadline);
    if (*(volatile uint64_t *)&control->handed == 0)
        libos_call(POSIX_CANCEL, 0, 0, 0, 0, NULL);
    int64_t handed = (int64_t) * (volatile uint64_t *)&control->handed;
    control->handed = 0;
    if (handed > 0)
        return handed;
    return woken == LIBOS_TIMEOUT ? -EAGAIN : -POSIX_BLOCK;
}

/* One read of at most a window; waits where the descriptor says so. */
static int64_t read_piece(int fd, void *buffer, size_t size, off_t offset)
{
    struct libos_moment moment = libos_now();
    uint64_t flags = 0;
    for (;;) {
        struct libos_answer answer;
        libos_enter();
        int64_t done =
            libos_call(POSIX_READ | flags, (uint64_t)fd, size, (uint64_t)offset, 0, &answer);
        bool slept = done == -POSIX_BLOCK;
        if (slept)
            done = sleep_for_bytes(moment, answer.value[0]);
        if (done > 0)
            memcpy(buffer, LIBOS_WINDOW, (size_t)done);
        libos_leave(); /* handlers that became due run here */
        if (done == -EAGAIN && flags)
            return 0; /* the terminal's VTIME is over */
        if (!slept || done > 0)
            return done;
        if (libos_interrupted != moment.interrupted)
            return -EINTR;
        if (done == -EAGAIN)
            flags = (uint64_t)POSIX_FLAG_NOBLOCK << 32;
    }
}

static int64_t write_piece(int fd, const void *buffer, size_t size, off_t offset)
{
    struct libos_moment moment = libos_now();
    for (;;) {
        libos_enter();
        memcpy(LIBOS_WINDOW, buffer, size);
        int64_t done = libos_call(POSIX_WRITE, (uint64_t)fd, size, (uint64_t)offset, 0, NULL);
        libos_leave();
        if (done != -POSIX_BLOCK)
            return done;
        if (libos_sleep(moment, LIBOS_FOREVER) == LIBOS_INTERRUPTED)
            return -EINTR;
    }
}

/* Reads on while whole windows come, as only files give them without end. */
static ssize_t read_all(int fd, char *buffer, size_t size, off_t offset)
{
    size_t done = 0;
    for (;;) {
        size_t step = size - done < POSIX_WINDOW_SIZE ? size - done : POSIX_WINDOW_SIZE;
        off_t at = offset < 0 ? -1 : offset + (off_t)done;
        int64_t got = read_piece(fd, buffer + done, step, at);
        if (got < 0)
            return done > 0 ? (ssize_t)done : libos_result(got);
        done += (size_t)got;
        if (got < (int64_t)POSIX_WINDOW_SIZE || done == size)
            return (ssize_t)done;
    }
}

static ssize_t write_all(int fd, const char *buffer, size_t size, off_t offset)
{
    size_t done = 0;
    do {
        size_t step = size - done < POSIX_WINDOW_SIZE ? size - done : POSIX_WINDOW_SIZE;
        off_t at = offset < 0 ? -1 : offset + (off_t)done;
        int64_t got = write_piece(fd, buffer + done, step, at);
        if (got < 0)
            return done > 0 ? (ssize_t)done : libos_result(got);
        done += (size_t)got;
    } while (done < size);
    return (ssize_t)done;
}

ssize_t read(int fd, void *buffer, size_t size)
{
    return read_all(fd, buffer, size, -1);
}

ssize_t write(int fd, const void *buffer, size_t size)
{
    return write_all(fd, buffer, size, -1);
}

ssize_t pread(int fd, void *buffer, size_t size, off_t offset)
{
    return offset < 0 ? libos_result(-EINVAL) : read_all(fd, buffer, size, offset);
}

ssize_t pwrite(int fd, const void *buffer, size_t size, off_t offset)
{
    return offset < 0 ? libos_result(-EINVAL) : write_all(fd, buffer, size, offset);
}

off_t lseek(int fd, off_t offset, int origin)
{
    return libos_simple(POSIX_SEEK, (uint64_t)fd, (uint64_t)offset, (uint64_t)origin, 0);
}

/* Files are in memory: there is nothing that they would have to reach. */
int fsync(int fd)
{
    return lseek(fd, 0, SEEK_CUR) < 0 && errno == EBADF ? -1 : 0;
}

void sync(void)
{
}

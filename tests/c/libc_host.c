/* What our libc asks of a libOS, by the host; exo_NAME is our libc's NAME. */
#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

ssize_t exo_read(int fd, void *data, size_t size)
{
    return read(fd, data, size);
}

ssize_t exo_write(int fd, const void *data, size_t size)
{
    return write(fd, data, size);
}

off_t exo_lseek(int fd, off_t offset, int origin)
{
    return lseek(fd, offset, origin);
}

int exo_close(int fd)
{
    return close(fd);
}

int exo_open(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    int fd = open(path, flags, va_arg(rest, int));
    va_end(rest);
    return fd;
}

int exo_dup2(int fd, int to)
{
    return dup2(fd, to);
}

int exo_fcntl(int fd, int command, ...)
{
    va_list rest;
    va_start(rest, command);
    int result = fcntl(fd, command, va_arg(rest, int));
    va_end(rest);
    return result;
}

int exo_mkdir(const char *path, mode_t mode)
{
    return mkdir(path, mode);
}

/* Our struct stat is the beginning of Linux's, and directory records are the same. */
#define STAT_SIZE 120

static int give(int result, void *to, const struct stat *status)
{
    memcpy(to, status, STAT_SIZE);
    return result;
}

int exo_stat(const char *path, void *to)
{
    struct stat status = {0};
    return give(stat(path, &status), to, &status);
}

int exo_lstat(const char *path, void *to)
{
    struct stat status = {0};
    return give(lstat(path, &status), to, &status);
}

int exo_fstat(int fd, void *to)
{
    struct stat status = {0};
    return give(fstat(fd, &status), to, &status);
}

ssize_t exo___getdents(int fd, void *data, size_t size)
{
    return syscall(SYS_getdents64, fd, data, size);
}

ssize_t exo_readlink(const char *path, char *target, size_t size)
{
    return readlink(path, target, size);
}

char *exo_getcwd(char *buffer, size_t size)
{
    return getcwd(buffer, size);
}

pid_t exo_getpid(void)
{
    return getpid();
}

int exo_isatty(int fd)
{
    return isatty(fd);
}

int exo_clock_gettime(clockid_t clock, struct timespec *now)
{
    return clock_gettime(clock, now);
}

void *exo___libos_heap_grow(size_t size)
{
    static char *heap;
    static size_t used;
    const size_t most = (size_t)256 << 20;
    if (heap == NULL)
        heap = mmap(NULL, most, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (heap == MAP_FAILED || size % 4096 != 0 || size > most - used)
        return NULL;
    used += size;
    return heap + used - size;
}

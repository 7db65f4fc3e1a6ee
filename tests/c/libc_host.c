/* What our libc asks of a libOS, by the host; exo_NAME is our libc's NAME. */
#include <stdlib.h>
#include <sys/mman.h>
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

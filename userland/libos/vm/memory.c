/* The heap and mappings. Pages come when they are first touched. */
#include "libos.h"

#include <libc/libos.h>

#include <string.h>
#include <sys/mman.h>

void *__libos_heap_grow(size_t bytes)
{
    int64_t begin = libos_call(POSIX_HEAP, bytes, 0, 0, 0, NULL);
    return begin < 0 ? NULL : (void *)begin;
}

void *mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
    libos_enter();
    memcpy(LIBOS_WINDOW, &offset, sizeof(offset));
    int64_t result = libos_call(POSIX_MMAP, (uintptr_t)address, size,
                                (uint32_t)protection | (uint64_t)flags << 32, (uint64_t)fd, NULL);
    libos_leave();
    return libos_result(result) < 0 ? MAP_FAILED : (void *)result;
}

int munmap(void *address, size_t size)
{
    return (int)libos_simple(POSIX_MUNMAP, (uintptr_t)address, size, 0, 0);
}

int mprotect(void *address, size_t size, int protection)
{
    return (int)libos_simple(POSIX_MPROTECT, (uintptr_t)address, size, (uint64_t)protection, 0);
}

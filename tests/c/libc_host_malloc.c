/* The host's allocator under our libc, so that the sanitizer sees every block. */
#include <stdlib.h>

void *exo_malloc(size_t size)
{
    return malloc(size);
}

void *exo_calloc(size_t count, size_t size)
{
    return calloc(count, size);
}

void *exo_realloc(void *memory, size_t size)
{
    return realloc(memory, size);
}

void *exo_reallocarray(void *memory, size_t count, size_t size)
{
    return reallocarray(memory, count, size);
}

void exo_free(void *memory)
{
    free(memory);
}

/* <sys/mman.h>: memory mappings. */
#pragma once

#include <bits/types.h>

#define PROT_NONE 0x0
#define PROT_READ 0x1
#define PROT_WRITE 0x2
#define PROT_EXEC 0x4

#define MAP_SHARED 0x1
#define MAP_PRIVATE 0x2
#define MAP_FIXED 0x10
#define MAP_ANONYMOUS 0x20
#define MAP_ANON MAP_ANONYMOUS
#define MAP_FAILED ((void *)-1)

/* libOS */
void *mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset);
int mprotect(void *address, size_t size, int protection);
int munmap(void *address, size_t size);

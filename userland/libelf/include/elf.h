/*
 * Static ELF64 executables for x86_64: the checked list of what to load. System V ABI, "Object
 * Files" and "Program Loading". Reads only inside the bytes that it is given.
 */
#pragma once

#include <stdint.h>

#define ELF_SEGMENTS 8u

enum elf_flag {
    ELF_EXECUTE = 1 << 0,
    ELF_WRITE = 1 << 1,
    ELF_READ = 1 << 2,
};

struct elf_segment {
    uint64_t offset; /* in the file, congruent to vaddr modulo 4096 */
    uint64_t vaddr;
    uint64_t file_size;
    uint64_t memory_size;
    uint32_t flags;
};

struct elf_image {
    uint64_t entry;
    uint32_t segment_count;
    struct elf_segment segments[ELF_SEGMENTS]; /* by address, not overlapping in a page */
};

/* `head`: the file's first bytes, `size` of the whole file. NULL, or what is wrong with it. */
const char *elf_parse(const void *head, uint64_t size, struct elf_image *image);

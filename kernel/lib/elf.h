/*
 * ELF64 executables (System V ABI, generic and AMD64 supplement): just what loading root needs.
 */
#pragma once

#include <stdint.h>

#define ELF_LOAD 1u
#define ELF_EXECUTE 1u
#define ELF_WRITE 2u

struct elf_header {
    uint8_t ident[16];
    uint16_t type;
    uint16_t machine;
    uint32_t version;
    uint64_t entry;
    uint64_t segments;
    uint64_t sections;
    uint32_t flags;
    uint16_t header_size;
    uint16_t segment_size;
    uint16_t segment_count;
    uint16_t section_size;
    uint16_t section_count;
    uint16_t names;
};

struct elf_segment {
    uint32_t type;
    uint32_t flags;
    uint64_t offset;
    uint64_t vaddr;
    uint64_t paddr;
    uint64_t file_size;
    uint64_t memory_size;
    uint64_t align;
};

_Static_assert(sizeof(struct elf_header) == 64, "file layout");
_Static_assert(sizeof(struct elf_segment) == 56, "file layout");

/* Null for a static executable whose segments lie in the file and below `limit`, with program
 * headers right behind the header, page offsets that agree, and none both writable and
 * executable; else what is wrong. */
const char *elf_check(const struct elf_header *header, uint64_t size, uint64_t limit);

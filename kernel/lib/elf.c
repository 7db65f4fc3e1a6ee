/*
 * ELF64 executables, see elf.h.
 */
#include "lib/elf.h"

#include <stddef.h>

#include "lib/string.h"

#define ELF_EXECUTABLE 2u
#define ELF_MACHINE 62u /* x86_64 */
#define PAGE 4096u

static const char *check_segment(const struct elf_segment *s, uint64_t size, uint64_t limit)
{
    if (s->type != ELF_LOAD)
        return NULL;
    if (s->offset > size || s->file_size > size - s->offset)
        return "a segment ends behind the file";
    if (s->file_size > s->memory_size)
        return "a segment has more bytes in the file than in memory";
    if (s->vaddr >= limit || s->memory_size > limit - s->vaddr)
        return "a segment lies outside user space";
    if (s->offset % PAGE != s->vaddr % PAGE)
        return "a segment's offset and address do not agree within a page";
    if ((s->flags & ELF_WRITE) && (s->flags & ELF_EXECUTE))
        return "a segment is writable and executable";
    if (!(s->flags & ELF_WRITE) && s->file_size != s->memory_size)
        return "a read-only segment is longer than its bytes";
    return NULL;
}

const char *elf_check(const struct elf_header *header, uint64_t size, uint64_t limit)
{
    static const uint8_t ident[] = {0x7F, 'E', 'L', 'F', 2, 1, 1};
    const struct elf_segment *segments = (const struct elf_segment *)(header + 1);
    const char *fault = NULL;

    if (size < sizeof(*header) || memcmp(header->ident, ident, sizeof(ident)) != 0)
        return "no ELF64 file";
    if (header->type != ELF_EXECUTABLE || header->machine != ELF_MACHINE)
        return "no static executable of this machine";
    if (header->segments != sizeof(*header) || header->segment_size != sizeof(*segments) ||
        header->segment_count > (size - sizeof(*header)) / sizeof(*segments))
        return "program headers are not right behind the file header";
    if (header->entry >= limit)
        return "entry lies outside user space";
    for (unsigned i = 0; i < header->segment_count && !fault; i++)
        fault = check_segment(&segments[i], size, limit);
    return fault;
}

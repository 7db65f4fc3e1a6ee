/* Static ELF64 executables. See elf.h. */
#include <elf.h>

#include <stdbool.h>
#include <string.h>

enum {
    PAGE = 4096,
    TYPE_EXECUTABLE = 2,
    MACHINE_X86_64 = 62,
    PROGRAM_LOAD = 1,
};

struct header {
    uint8_t ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, program_offset, section_offset;
    uint32_t flags;
    uint16_t header_size, program_size, program_count;
    uint16_t section_size, section_count, section_names;
};

struct program {
    uint32_t type, flags;
    uint64_t offset, vaddr, paddr, file_size, memory_size, align;
};

_Static_assert(sizeof(struct header) == 64, "ELF64");
_Static_assert(sizeof(struct program) == 56, "ELF64");

/* Magic, 64 bits, little endian, version 1. */
static const uint8_t ident[7] = {0x7F, 'E', 'L', 'F', 2, 1, 1};

static bool is_sound(const struct program *program, uint64_t size, uint64_t lowest)
{
    return program->file_size <= program->memory_size && program->offset <= size &&
           program->file_size <= size - program->offset && program->vaddr >= lowest &&
           program->memory_size <= INT64_MAX - program->vaddr &&
           program->vaddr % PAGE == program->offset % PAGE &&
           (program->flags & (ELF_WRITE | ELF_EXECUTE)) != (ELF_WRITE | ELF_EXECUTE);
}

const char *elf_parse(const void *head, uint64_t size, struct elf_image *image)
{
    struct header header;
    if (size < sizeof(header))
        return "program is shorter than an ELF header";
    memcpy(&header, head, sizeof(header));
    if (memcmp(header.ident, ident, sizeof(ident)) != 0)
        return "program is not ELF64";
    if (header.type != TYPE_EXECUTABLE || header.machine != MACHINE_X86_64)
        return "program is no static executable for x86_64";
    uint64_t table_end = header.program_offset + header.program_count * sizeof(struct program);
    if (header.program_size != sizeof(struct program) || header.program_offset > PAGE ||
        table_end > PAGE || table_end > size)
        return "program headers lie outside the first page";
    *image = (struct elf_image){.entry = header.entry};
    uint64_t lowest = PAGE;
    for (uint32_t i = 0; i < header.program_count; i++) {
        struct program program;
        memcpy(&program, (const uint8_t *)head + header.program_offset + i * sizeof(program),
               sizeof(program));
        if (program.type != PROGRAM_LOAD || program.memory_size == 0)
            continue;
        if (!is_sound(&program, size, lowest) || image->segment_count == ELF_SEGMENTS)
            return "program has a segment that cannot be loaded";
        lowest = (program.vaddr + program.memory_size + PAGE - 1) & ~(uint64_t)(PAGE - 1);
        image->segments[image->segment_count++] =
            (struct elf_segment){.offset = program.offset,
                                 .vaddr = program.vaddr,
                                 .file_size = program.file_size,
                                 .memory_size = program.memory_size,
                                 .flags = program.flags};
    }
    return image->segment_count > 0 ? NULL : "program has nothing to load";
}

/*
 * Loads the kernel: a static ELF64 (System V ABI, "ELF Header", "Program Header") whose segments
 * keep their distances, at any free place of physical memory that is 2 MiB aligned. Physical
 * addresses in the file are for PVH loaders and mean nothing here.
 */
#include "exoboot.h"

#define ELF_MAGIC 0x464c457fu
#define ELF_CLASS64_LSB 0x0102u /* e_ident[4] = 2, e_ident[5] = 1, as one little-endian word */
#define ELF_EXEC 2u
#define ELF_X86_64 62u
#define ELF_LOAD 1u
#define UPPER_HALF 0xFFFF800000000000ull
#define SPAN_MAX 0x10000000ull /* 256 MiB; ours is under one */

struct elf_header {
    uint32_t magic;
    uint16_t class_data;
    uint8_t rest[10];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, program_headers, section_headers;
    uint32_t flags;
    uint16_t size, program_size, program_count, section_size, section_count, names;
};

struct elf_segment {
    uint32_t type, flags;
    uint64_t offset, vaddr, paddr, file_size, memory_size, alignment;
};

_Static_assert(sizeof(struct elf_header) == 64, "ELF64");
_Static_assert(sizeof(struct elf_segment) == 56, "ELF64");

static efi_status check_header(const struct part *elf, struct elf_header *header)
{
    if (elf->size < sizeof(*header))
        return refuse(EFI_LOAD_ERROR, "kernel: expected an ELF header, found %u bytes", elf->size);
    __builtin_memcpy(header, elf->base, sizeof(*header));
    if (header->magic != ELF_MAGIC || header->class_data != ELF_CLASS64_LSB)
        return refuse(EFI_LOAD_ERROR, "kernel: expected an ELF64, found magic 0x%x",
                      (uint64_t)header->magic);
    if (header->type != ELF_EXEC || header->machine != ELF_X86_64)
        return refuse(EFI_LOAD_ERROR, "kernel: expected ELF type 2 for machine 62, found %u for %u",
                      (uint64_t)header->type, (uint64_t)header->machine);
    if (header->program_size != sizeof(struct elf_segment) || header->program_headers > elf->size ||
        header->program_count * sizeof(struct elf_segment) > elf->size - header->program_headers)
        return refuse(EFI_LOAD_ERROR, "kernel: expected program headers, found %u at offset 0x%x",
                      (uint64_t)header->program_count, header->program_headers);
    return EFI_SUCCESS;
}

/* Reads segment `index`; 1 where it is to be loaded, 0 where not, -1 where it is wrong. */
static int segment(const struct part *elf, const struct elf_header *header, unsigned index,
                   struct elf_segment *out)
{
    __builtin_memcpy(out, elf->base + header->program_headers + index * sizeof(*out), sizeof(*out));
    if (out->type != ELF_LOAD || out->memory_size == 0)
        return 0;
    if (out->vaddr < UPPER_HALF || out->file_size > out->memory_size ||
        out->memory_size > SPAN_MAX || out->offset > elf->size ||
        out->file_size > elf->size - out->offset || out->vaddr + out->memory_size < out->vaddr)
        return -1;
    return 1;
}

static efi_status measure(const struct part *elf, const struct elf_header *header,
                          struct kernel *kernel)
{
    struct elf_segment it;
    uint64_t low = UINT64_MAX, high = 0;

    for (unsigned i = 0; i < header->program_count; i++) {
        int loadable = segment(elf, header, i, &it);

        if (loadable < 0)
            return refuse(
                EFI_LOAD_ERROR,
                "kernel segment %u: expected %u bytes of file in the upper half, found 0x%x + "
                "0x%x at 0x%x",
                (uint64_t)i, elf->size, it.offset, it.file_size, it.vaddr);
        if (loadable == 0)
            continue;
        low = it.vaddr < low ? it.vaddr : low;
        high = it.vaddr + it.memory_size > high ? it.vaddr + it.memory_size : high;
    }
    low &= ~(LARGE_PAGE - 1);
    if (high <= low || high - low > SPAN_MAX || header->entry < low || header->entry >= high)
        return refuse(EFI_LOAD_ERROR, "kernel: expected its entry in 0x%x..0x%x, found 0x%x", low,
                      high, header->entry);
    kernel->vaddr = low;
    kernel->size = (high - low + PAGE - 1) & ~(PAGE - 1);
    kernel->entry = header->entry;
    return EFI_SUCCESS;
}

efi_status kernel_load(const struct part *elf, struct kernel *kernel)
{
    struct elf_header header;
    struct elf_segment it;
    void *memory;
    efi_status status = check_header(elf, &header);

    if (status == EFI_SUCCESS)
        status = measure(elf, &header, kernel);
    if (status == EFI_SUCCESS)
        status = memory_allocate(MEMORY_KERNEL, kernel->size, LARGE_PAGE, "the kernel", &memory);
    if (status != EFI_SUCCESS)
        return status;
    kernel->paddr = (uint64_t)memory;
    __builtin_memset((void *)kernel->paddr, 0, kernel->size);
    for (unsigned i = 0; i < header.program_count; i++) {
        if (segment(elf, &header, i, &it) == 1)
            __builtin_memcpy((void *)(kernel->paddr + it.vaddr - kernel->vaddr),
                             elf->base + it.offset, it.file_size);
    }
    return EFI_SUCCESS;
}

/*
 * The hand-over: boot_info, memory map, page tables, stack and the last instructions, in one block
 * below 4 GiB (entry contract: kernel/abi/exo/boot_info.h).
 *
 * The last instructions run from that block and not from our image, which may lie above 4 GiB
 * where the new page tables map nothing.
 */
#include "exoboot.h"

#define RANGES 256u /* as many as the kernel takes */
#define COMMAND_LINE_MAX 1024u
#define ENTRIES 512u
#define LOW_TABLES 4u /* 4 GiB in pages of 2 MiB */

#define PTE_PRESENT 1ull
#define PTE_WRITE 2ull
#define PTE_LARGE (1ull << 7)
#define CR4_LA57 (1ull << 12)

struct handover {
    uint64_t top[ENTRIES];
    uint64_t low_pointers[ENTRIES];
    uint64_t low[LOW_TABLES][ENTRIES];
    uint64_t high_pointers[ENTRIES];
    uint64_t high[ENTRIES];
    struct boot_memory map[RANGES];
    struct boot_info info;
    char command_line[COMMAND_LINE_MAX];
    uint8_t leave[64];
    _Alignas(16) uint8_t stack[4 * PAGE];
};

/* In: rax page tables, rdx stack, rcx entry, rdi boot_info. */
static const uint8_t leave_code[] = {
    0x0F, 0x22, 0xD8, /* mov cr3, rax */
    0x48, 0x89, 0xD4, /* mov rsp, rdx */
    0x31, 0xED,       /* xor ebp, ebp: no caller, for back traces */
    0xFF, 0xE1,       /* jmp rcx */
};

static uint64_t read_cr4(void)
{
    uint64_t value;

    __asm__ volatile("mov %%cr4, %0" : "=r"(value));
    return value;
}

static uint64_t table(const void *entries)
{
    return (uint64_t)entries | PTE_PRESENT | PTE_WRITE;
}

/* The first 4 GiB at identity, and the kernel at its link address, in pages of 2 MiB. */
static efi_status build_tables(struct handover *it, const struct kernel *kernel)
{
    uint64_t first = kernel->vaddr / LARGE_PAGE % ENTRIES;
    uint64_t count = (kernel->size + LARGE_PAGE - 1) / LARGE_PAGE;

    if (first + count > ENTRIES)
        return refuse(EFI_LOAD_ERROR, "kernel: expected it within 1 GiB of 0x%x, found 0x%x bytes",
                      kernel->vaddr, kernel->size);
    for (uint64_t i = 0; i < LOW_TABLES * ENTRIES; i++)
        it->low[i / ENTRIES][i % ENTRIES] = i * LARGE_PAGE | PTE_PRESENT | PTE_WRITE | PTE_LARGE;
    for (unsigned i = 0; i < LOW_TABLES; i++)
        it->low_pointers[i] = table(it->low[i]);
    for (uint64_t i = 0; i < count; i++)
        it->high[first + i] =
            (kernel->paddr + i * LARGE_PAGE) | PTE_PRESENT | PTE_WRITE | PTE_LARGE;
    it->high_pointers[kernel->vaddr >> 30 & (ENTRIES - 1)] = table(it->high);
    it->top[0] = table(it->low_pointers);
    it->top[kernel->vaddr >> 39 & (ENTRIES - 1)] = table(it->high_pointers);
    return EFI_SUCCESS;
}

/* The block, with the command line in it: `line` is what the signed section holds. */
efi_status handover_prepare(const struct part *line, struct handover **handover)
{
    struct handover *it;
    void *memory;
    efi_status status;

    if (line->size >= COMMAND_LINE_MAX)
        return refuse(EFI_LOAD_ERROR, "command line: expected fewer than %u bytes, found %u",
                      (uint64_t)COMMAND_LINE_MAX, line->size);
    if (read_cr4() & CR4_LA57)
        return refuse(EFI_UNSUPPORTED, "paging: expected 4 levels, found 5");
    status = memory_allocate(EFI_LOADER_CODE, sizeof(*it), PAGE, "the hand-over", &memory);
    if (status != EFI_SUCCESS)
        return status;
    it = memory;
    __builtin_memset(it, 0, sizeof(*it));
    __builtin_memcpy(it->command_line, line->base, line->size);
    it->info.magic = BOOT_INFO_MAGIC;
    it->info.version = BOOT_INFO_VERSION;
    it->info.size = sizeof(it->info);
    it->info.memory = (uint64_t)it->map;
    it->info.command_line.base = (uint64_t)it->command_line;
    it->info.command_line.size = line->size;
    *handover = it;
    return EFI_SUCCESS;
}

struct boot_info *handover_info(struct handover *handover)
{
    return &handover->info;
}

/* Does not return where it succeeds. */
efi_status handover_go(struct handover *it, const struct kernel *kernel, efi_handle image)
{
    efi_status status = build_tables(it, kernel);

    if (status != EFI_SUCCESS)
        return status;
    it->info.kernel_paddr = kernel->paddr;
    it->info.kernel_size = kernel->size;
    __builtin_memcpy(it->leave, leave_code, sizeof(leave_code));
    status = memory_leave(image, it->map, RANGES, &it->info.memory_count);
    if (status != EFI_SUCCESS)
        return status;
    __asm__ volatile("cli\n\tcld\n\tjmp *%[leave]"
                     :
                     : "a"(it->top), "d"(it->stack + sizeof(it->stack)), "c"(kernel->entry),
                       "D"(&it->info), [leave] "r"(it->leave)
                     : "memory");
    __builtin_unreachable();
}

/*
 * Address translation: the kernel's half of every address space.
 *
 *   0xFFFF800000000000  all RAM, 2 MiB pages, never executable, the kernel's image left out
 *   0xFFFFFFFF81000000  the kernel: text r-x, rodata r--, data rw-; guard pages unmapped
 *   0xFFFFFFFFC0000000  device registers that the kernel itself drives
 *
 * The two top-level entries behind these never change after mmu_init, so every address space
 * copies them once.
 */
#include <arch/mmu.h>

#include "arch/x86_64/registers.h"
#include "core/panic.h"
#include "lib/string.h"

#define LARGE_PAGE 0x200000ull
#define DEVICE_BASE 0xFFFFFFFFC0000000ull
#define ALIGN_TABLE __attribute__((aligned(4096)))

extern char kernel_start[], kernel_text_end[], kernel_rodata_end[], kernel_end[];
extern char kernel_stack_guard[], fault_stack_guard[];

static pte_t root[TABLE_ENTRIES] ALIGN_TABLE;
static pte_t image_upper[TABLE_ENTRIES] ALIGN_TABLE;
static pte_t image_directory[TABLE_ENTRIES] ALIGN_TABLE;
static pte_t image_table[TABLE_ENTRIES] ALIGN_TABLE;
static pte_t device_directory[TABLE_ENTRIES] ALIGN_TABLE;
static pte_t device_table[TABLE_ENTRIES] ALIGN_TABLE;
static unsigned device_count;
static paddr_t image_base; /* of kernel_start */

static paddr_t image_phys(const void *address)
{
    return (uintptr_t)address - (uintptr_t)kernel_start + image_base;
}

static pte_t kernel_table(paddr_t paddr)
{
    return paddr | PTE_PRESENT | PTE_WRITE;
}

static void map_image(void)
{
    uintptr_t start = (uintptr_t)kernel_start;

    root[511] = kernel_table(image_phys(image_upper));
    image_upper[510] = kernel_table(image_phys(image_directory));
    image_directory[start / LARGE_PAGE % TABLE_ENTRIES] = kernel_table(image_phys(image_table));
    for (uintptr_t page = start; page < (uintptr_t)kernel_end; page += PAGE_SIZE) {
        pte_t bits = PTE_PRESENT | PTE_GLOBAL;

        if (page == (uintptr_t)kernel_stack_guard || page == (uintptr_t)fault_stack_guard)
            continue;
        if (page >= (uintptr_t)kernel_text_end)
            bits |= PTE_NX;
        if (page >= (uintptr_t)kernel_rodata_end)
            bits |= PTE_WRITE;
        image_table[(page - start) / PAGE_SIZE] = image_phys((const void *)page) | bits;
    }
}

static void map_devices(void)
{
    image_upper[511] = kernel_table(image_phys(device_directory));
    device_directory[0] = kernel_table(image_phys(device_table));
}

/* Tables come from `take` and are written at identity, which the loader still maps. */
static pte_t *next_table(pte_t *entry, paddr_t (*take)(uint64_t count))
{
    if (!pte_present(*entry))
        *entry = kernel_table(take(1));
    return (pte_t *)(uintptr_t)(*entry & PTE_ADDRESS);
}

/* The large page that holds the kernel's image: only the frames behind the image. */
static void map_around_image(pte_t *entry, paddr_t (*take)(uint64_t count))
{
    pte_t *table = next_table(entry, take);
    paddr_t end = image_phys(kernel_end);

    for (paddr_t p = end; p < image_base + LARGE_PAGE; p += PAGE_SIZE)
        table[p / PAGE_SIZE % TABLE_ENTRIES] = p | PTE_PRESENT | PTE_WRITE | PTE_NX | PTE_GLOBAL;
}

static void map_ram(const struct boot_memory *range, paddr_t (*take)(uint64_t count))
{
    paddr_t end = range->base + range->size;
    pte_t *upper = next_table(&root[USER_ENTRIES], take);

    for (paddr_t p = range->base & ~(LARGE_PAGE - 1); p < end; p += LARGE_PAGE) {
        pte_t *directory = next_table(&upper[p >> 30], take);
        pte_t *entry = &directory[p / LARGE_PAGE % TABLE_ENTRIES];

        if (pte_present(*entry))
            continue;
        if (p == image_base)
            map_around_image(entry, take);
        else
            *entry = p | PTE_PRESENT | PTE_WRITE | PTE_LARGE | PTE_NX | PTE_GLOBAL;
    }
}

void mmu_init(const struct boot_info *info, const struct boot_memory *memory,
              paddr_t (*take)(uint64_t count))
{
    image_base = info->kernel_paddr;
    map_image();
    map_devices();
    for (uint32_t i = 0; i < info->memory_count; i++)
        if (memory[i].type != BOOT_MEMORY_DEVICE)
            map_ram(&memory[i], take);
    write_cr3(image_phys(root));
}

void mmu_share_kernel(pte_t *table)
{
    table[USER_ENTRIES] = root[USER_ENTRIES];
    table[TABLE_ENTRIES - 1] = root[TABLE_ENTRIES - 1];
}

void mmu_leave(void)
{
    write_cr3(image_phys(root));
}

bool mmu_active(const pte_t *table)
{
    return read_cr3() == virt_to_phys(table);
}

void mmu_flush_page(vaddr_t vaddr)
{
    __asm__ volatile("invlpg (%0)" : : "r"(vaddr) : "memory");
}

void mmu_flush(void)
{
    write_cr3(read_cr3());
}

bool mmu_shows(paddr_t paddr)
{
    const pte_t *upper, *entry;

    if (paddr >= PHYSMAP_SIZE)
        return false;
    upper = pte_table(root[USER_ENTRIES]);
    if (!pte_present(upper[paddr >> 30]))
        return false;
    entry = &pte_table(upper[paddr >> 30])[paddr / LARGE_PAGE % TABLE_ENTRIES];
    return pte_present(*entry) && (*entry & PTE_LARGE);
}

bool mmu_keeps(paddr_t paddr)
{
    for (unsigned i = 0; i < device_count; i++)
        if ((device_table[i] & PTE_ADDRESS) == (paddr & PTE_ADDRESS))
            return true;
    return false;
}

volatile void *mmu_map_device(paddr_t paddr)
{
    vaddr_t vaddr = DEVICE_BASE + device_count * PAGE_SIZE;

    if (device_count == TABLE_ENTRIES)
        panic("no room for one more device page, %lx", paddr);
    device_table[device_count++] =
        (paddr & PTE_ADDRESS) | PTE_PRESENT | PTE_WRITE | PTE_NX | PTE_GLOBAL | PTE_UNCACHED;
    mmu_flush_page(vaddr);
    return (volatile void *)(uintptr_t)(vaddr + paddr % PAGE_SIZE);
}

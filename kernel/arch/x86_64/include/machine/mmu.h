/*
 * Page-table entries, x86_64, four levels of 512 (AMD64 APM vol. 2, 5.3). The bits that the
 * hardware leaves to software hold the library OS's two marks.
 *
 *   63  62..52  51..12       11   10      9       8   7..5  4    3    2     1      0
 *   NX  0       frame * 4096 0    mark B  mark A  G   ...   PCD  PWT  user  write  present
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <exo/types.h>

typedef uint64_t pte_t;

#define PAGE_SIZE UINT64_C(4096)
#define TABLE_ENTRIES 512u
#define MMU_LEVELS 4u
#define USER_ENTRIES 256u /* of the top table: the lower half */

/* The last page stays empty: a `syscall` at its end would make sysret fault in the kernel. */
#define USER_END 0x7FFFFFFFF000ull
#define PHYSMAP_BASE 0xFFFF800000000000ull
#define PHYSMAP_SIZE (1ull << 39) /* one entry of the top table */
#define KERNEL_BASE 0xFFFFFFFF80000000ull

#define PTE_PRESENT (1ull << 0)
#define PTE_WRITE (1ull << 1)
#define PTE_USER (1ull << 2)
#define PTE_UNCACHED (3ull << 3)
#define PTE_LARGE (1ull << 7)
#define PTE_GLOBAL (1ull << 8)
#define PTE_MARK_SHIFT 9
#define PTE_MARKS (3ull << PTE_MARK_SHIFT)
#define PTE_NX (1ull << 63)
#define PTE_ADDRESS 0x000FFFFFFFFFF000ull

static inline void *phys_to_virt(paddr_t paddr)
{
    return (void *)(uintptr_t)(paddr + PHYSMAP_BASE);
}

/* Of an address within the physmap. */
static inline paddr_t virt_to_phys(const void *virt)
{
    return (uintptr_t)virt - PHYSMAP_BASE;
}

static inline void *frame_address(uint64_t frame)
{
    return phys_to_virt(frame * PAGE_SIZE);
}

static inline bool pte_present(pte_t entry)
{
    return (entry & PTE_PRESENT) != 0;
}

static inline uint64_t pte_frame(pte_t entry)
{
    return (entry & PTE_ADDRESS) / PAGE_SIZE;
}

static inline pte_t *pte_table(pte_t entry)
{
    return frame_address(pte_frame(entry));
}

static inline pte_t pte_make_table(uint64_t frame)
{
    return frame * PAGE_SIZE | PTE_PRESENT | PTE_WRITE | PTE_USER;
}

/* The bits of an entry that say `prot`: read is there always, marks are kept. */
static inline pte_t pte_bits(uint64_t prot)
{
    return PTE_PRESENT | PTE_USER | ((prot & PROT_WRITE_PAGE) ? PTE_WRITE : 0) |
           ((prot & PROT_EXECUTE_PAGE) ? 0 : PTE_NX) | ((prot / PROT_MARK_A & 3) << PTE_MARK_SHIFT);
}

static inline pte_t pte_make_page(uint64_t frame, uint64_t prot, bool device)
{
    return frame * PAGE_SIZE | pte_bits(prot) | (device ? PTE_UNCACHED : 0);
}

static inline uint64_t pte_prot(pte_t entry)
{
    if (!pte_present(entry))
        return 0;
    return PROT_READ_PAGE | ((entry & PTE_WRITE) ? PROT_WRITE_PAGE : 0) |
           ((entry & PTE_NX) ? 0 : PROT_EXECUTE_PAGE) |
           ((entry & PTE_MARKS) >> PTE_MARK_SHIFT) * PROT_MARK_A;
}

/* The same page with its protection narrowed to `prot` and the marks of `prot`. */
static inline pte_t pte_narrow(pte_t entry, uint64_t prot)
{
    uint64_t kept = pte_prot(entry) & prot & (PROT_WRITE_PAGE | PROT_EXECUTE_PAGE);

    return (entry & (PTE_ADDRESS | PTE_UNCACHED)) |
           pte_bits(kept | (prot & (PROT_MARK_A | PROT_MARK_B)));
}

static inline unsigned mmu_index(vaddr_t vaddr, unsigned level)
{
    return vaddr >> (3 + 9 * level) & (TABLE_ENTRIES - 1);
}

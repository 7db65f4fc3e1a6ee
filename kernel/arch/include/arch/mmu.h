/*
 * Contract: address translation. machine/mmu.h holds the entry format and is all inline; this is
 * what takes more than a few instructions.
 */
#pragma once

#include <machine/mmu.h>
#include <exo/boot_info.h>

/* Builds the kernel's own tables: image with its protections, all RAM at PHYSMAP_BASE. From here
 * on nothing is mapped at identity. `take` gives zeroed frames, reachable at identity. */
void mmu_init(const struct boot_info *info, const struct boot_memory *memory,
              paddr_t (*take)(uint64_t count));

/* Gives a fresh top-level table the kernel's half. */
void mmu_share_kernel(pte_t *root);

/* The kernel's own tables and no user space; machine/switch.h has mmu_activate. */
void mmu_leave(void);
bool mmu_active(const pte_t *root);

/* Forget what is cached of one page, or of the whole of the active address space. */
void mmu_flush_page(vaddr_t vaddr);
void mmu_flush(void);

/* Whether the physmap shows that address. */
bool mmu_shows(paddr_t paddr);

/* Whether the kernel itself drives registers in that page. */
bool mmu_keeps(paddr_t paddr);

/* Maps one page of device registers for the kernel, uncached. */
volatile void *mmu_map_device(paddr_t paddr);

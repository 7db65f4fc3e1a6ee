/*
 * HPET as a clock, see hpet.h.
 */
#include "dev/hpet.h"

#include <arch/mmu.h>

#define HPET_CAPABILITIES 0x000u /* bit 13: 64 bits, 32..63: period in femtoseconds */
#define HPET_CONFIGURATION 0x010u
#define HPET_COUNTER 0x0F0u
#define COUNTER_64 (1ull << 13)
#define ENABLE 1ull
#define PERIOD_MAX 100000000u /* section 2.3.4: at most 100 ns */
#define FS_PER_NS 1000000ull

static volatile uint64_t *hpet;

uint64_t hpet_init(paddr_t paddr)
{
    uint64_t capabilities, period;

    hpet = mmu_map_device(paddr);
    capabilities = hpet[HPET_CAPABILITIES / 8];
    period = capabilities >> 32;
    if (!(capabilities & COUNTER_64) || period == 0 || period > PERIOD_MAX)
        return 0;
    hpet[HPET_CONFIGURATION / 8] |= ENABLE;
    return (period << 32) / FS_PER_NS;
}

uint64_t hpet_read(void)
{
    return hpet[HPET_COUNTER / 8];
}

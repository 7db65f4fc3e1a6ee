/*
 * ACPI tables, see acpi.h.
 */
#include "dev/acpi.h"

#include <stdbool.h>
#include <stddef.h>
#include <arch/mmu.h>

#include "lib/string.h"

#define IOAPIC_DEFAULT 0xFEC00000u
#define HPET_DEFAULT 0xFED00000u
#define TABLE_LIMIT 0x100000u
#define MADT_ENTRIES 44u /* header and two words (5.2.12) */
#define MADT_IOAPIC 1u
#define MADT_OVERRIDE 2u
#define HPET_ADDRESS 44u /* of the base address in the HPET table, after a 4-byte GAS head */

struct rsdp {
    char signature[8];
    uint8_t checksum;
    char oem[6];
    uint8_t revision;
    uint32_t rsdt;
    uint32_t length;
    uint64_t xsdt;
} __attribute__((packed));

struct table {
    char signature[4];
    uint32_t length;
    uint8_t revision;
    uint8_t checksum;
    char oem[26];
};

_Static_assert(sizeof(struct table) == 36, "ACPI 5.2.6");

static uint32_t word32(const void *at)
{
    uint32_t value;

    __builtin_memcpy(&value, at, sizeof(value));
    return value;
}

static uint64_t word64(const void *at)
{
    uint64_t value;

    __builtin_memcpy(&value, at, sizeof(value));
    return value;
}

static bool sums_to_zero(const void *bytes, size_t size)
{
    const uint8_t *p = bytes;
    uint8_t sum = 0;

    for (size_t i = 0; i < size; i++)
        sum = (uint8_t)(sum + p[i]);
    return sum == 0;
}

/* The table at `paddr` where it is whole and the physmap shows it. */
static const struct table *table_at(paddr_t paddr)
{
    const struct table *table = phys_to_virt(paddr);

    if (!mmu_shows(paddr) || !mmu_shows(paddr + sizeof(*table)) || table->length < sizeof(*table) ||
        table->length > TABLE_LIMIT || !mmu_shows(paddr + table->length))
        return NULL;
    return sums_to_zero(table, table->length) ? table : NULL;
}

static const struct table *table_find(paddr_t rsdp_paddr, const char *signature)
{
    const struct rsdp *rsdp = phys_to_virt(rsdp_paddr);
    const struct table *root;
    unsigned width;

    if (!rsdp_paddr || !mmu_shows(rsdp_paddr) || memcmp(rsdp->signature, "RSD PTR ", 8) != 0 ||
        !sums_to_zero(rsdp, 20))
        return NULL;
    width = rsdp->revision >= 2 && rsdp->xsdt ? 8 : 4;
    root = table_at(width == 8 ? rsdp->xsdt : rsdp->rsdt);
    if (!root)
        return NULL;
    for (size_t at = sizeof(*root); at + width <= root->length; at += width) {
        const void *entry = (const uint8_t *)root + at;
        const struct table *table = table_at(width == 8 ? word64(entry) : word32(entry));

        if (table && memcmp(table->signature, signature, 4) == 0)
            return table;
    }
    return NULL;
}

static void add_override(struct acpi_interrupts *found, const uint8_t *entry)
{
    if (found->override_count < ACPI_OVERRIDES_MAX)
        found->overrides[found->override_count++] = (struct acpi_override){
            .source = entry[3],
            .pin = word32(entry + 4),
            .flags = (uint16_t)(entry[8] | entry[9] << 8),
        };
}

void acpi_interrupts(paddr_t rsdp, struct acpi_interrupts *found)
{
    const struct table *madt = table_find(rsdp, "APIC");
    const uint8_t *bytes = (const uint8_t *)madt;

    *found = (struct acpi_interrupts){.ioapic = IOAPIC_DEFAULT};
    if (!madt) {
        found->overrides[found->override_count++] = (struct acpi_override){.source = 0, .pin = 2};
        return;
    }
    for (size_t at = MADT_ENTRIES; at + 2 <= madt->length && bytes[at + 1] >= 2;
         at += bytes[at + 1]) {
        if (at + bytes[at + 1] > madt->length)
            break;
        if (bytes[at] == MADT_IOAPIC && bytes[at + 1] >= 12 && word32(bytes + at + 8) == 0)
            found->ioapic = word32(bytes + at + 4);
        else if (bytes[at] == MADT_OVERRIDE && bytes[at + 1] >= 10)
            add_override(found, bytes + at);
    }
}

paddr_t acpi_hpet(paddr_t rsdp)
{
    const struct table *hpet = table_find(rsdp, "HPET");

    if (!hpet || hpet->length < HPET_ADDRESS + 8)
        return HPET_DEFAULT;
    return word64((const uint8_t *)hpet + HPET_ADDRESS);
}

/*
 * Memory: what we take from the firmware, and the map of all of it that the kernel gets.
 *
 * Everything is taken below 4 GiB, because only that much is mapped at hand-over. What we take
 * has a type of its own in the firmware's map, so that the last map before leaving already says
 * where kernel and modules are and nothing needs to be subtracted by hand.
 */
#include "exoboot.h"

#define BELOW_4_GIB 0xFFFFFFFFull
#define TRIES 8u

static struct efi_boot_services *boot;

/* Room for the firmware's map; real machines have a few hundred descriptors. */
static uint8_t raw_map[64 * 1024];

void memory_init(struct efi_system_table *system)
{
    boot = system->boot;
}

/* Memory of whole pages, aligned to `alignment` (a power of two, at least a page). */
efi_status memory_allocate(uint32_t type, uint64_t size, uint64_t alignment, const char *what,
                           void **memory)
{
    uint64_t pages = (size + PAGE - 1) / PAGE;
    uint64_t slack = alignment / PAGE - 1;
    uint64_t address = BELOW_4_GIB, aligned;
    efi_status status =
        boot->allocate_pages(EFI_ALLOCATE_MAX_ADDRESS, type, pages + slack, &address);

    if (status != EFI_SUCCESS)
        return refuse(EFI_OUT_OF_RESOURCES,
                      "memory for %s: expected %u KiB free below 4 GiB, found less (status 0x%x)",
                      what, (pages + slack) * PAGE / 1024, status);
    aligned = (address + alignment - 1) & ~(alignment - 1);
    if (aligned != address)
        boot->free_pages(address, (aligned - address) / PAGE);
    if (slack != (aligned - address) / PAGE)
        boot->free_pages(aligned + pages * PAGE, slack - (aligned - address) / PAGE);
    *memory = (void *)aligned;
    return EFI_SUCCESS;
}

/* What a type of the firmware's map is to the kernel; 0: not listed. */
static uint32_t boot_type(uint32_t type)
{
    switch (type) {
    case EFI_CONVENTIONAL:
    case EFI_BOOT_SERVICES_CODE:
    case EFI_BOOT_SERVICES_DATA:
        return BOOT_MEMORY_FREE;
    case EFI_LOADER_CODE:
    case EFI_LOADER_DATA:
        return BOOT_MEMORY_BOOT;
    case EFI_RUNTIME_SERVICES_CODE:
    case EFI_RUNTIME_SERVICES_DATA:
    case EFI_ACPI_RECLAIM:
    case EFI_ACPI_NVS:
        return BOOT_MEMORY_FIRMWARE;
    case EFI_RESERVED: /* often the PCI configuration window: not RAM that anyone may count on */
    case EFI_MMIO:
        return BOOT_MEMORY_DEVICE;
    case MEMORY_KERNEL:
        return BOOT_MEMORY_KERNEL;
    case MEMORY_MODULE:
        return BOOT_MEMORY_MODULE;
    default:
        return 0;
    }
}

/* Puts one range into the sorted map, joined with the one before it where it goes on. */
static int insert(struct boot_memory *map, uint32_t room, uint32_t *count,
                  const struct boot_memory *range)
{
    uint32_t at = *count;
    struct boot_memory *before;

    while (at > 0 && map[at - 1].base > range->base)
        at--;
    before = at > 0 ? &map[at - 1] : NULL;
    if (before != NULL && before->type == range->type &&
        before->base + before->size == range->base) {
        before->size += range->size;
        return 0;
    }
    if (*count == room)
        return -1;
    for (uint32_t i = *count; i > at; i--)
        map[i] = map[i - 1];
    map[at] = *range;
    (*count)++;
    return 0;
}

static int convert(const uint8_t *raw, uint64_t size, uint64_t stride, struct boot_memory *map,
                   uint32_t room, uint32_t *count)
{
    *count = 0;
    for (uint64_t at = 0; at + stride <= size; at += stride) {
        struct efi_memory_descriptor it;
        struct boot_memory range;

        __builtin_memcpy(&it, raw + at, sizeof(it));
        range = (struct boot_memory){it.physical, it.pages * PAGE, boot_type(it.type), 0};
        if (range.base == 0 && range.size >= PAGE) { /* page 0 stays out: its address is NULL */
            range.base += PAGE;
            range.size -= PAGE;
        }
        if (range.type != 0 && range.size != 0 && insert(map, room, count, &range) != 0)
            return -1;
    }
    return 0;
}

/*
 * Takes the last memory map and leaves boot services: nothing of the firmware may be called after
 * success. A map that changed in between is taken again (UEFI 2.10, section 7.4.6).
 */
efi_status memory_leave(efi_handle image, struct boot_memory *map, uint32_t room, uint32_t *count)
{
    efi_status status = EFI_INVALID_PARAMETER;

    for (unsigned i = 0; i < TRIES && status != EFI_SUCCESS; i++) {
        uint64_t size = sizeof(raw_map), key, stride;
        uint32_t version;

        status = boot->get_memory_map(&size, raw_map, &key, &stride, &version);
        if (status == EFI_SUCCESS && convert(raw_map, size, stride, map, room, count) != 0)
            status = EFI_OUT_OF_RESOURCES;
        if (status != EFI_SUCCESS)
            return refuse(status, "memory map: expected at most %u ranges, found status 0x%x",
                          (uint64_t)room, status);
        status = boot->exit_boot_services(image, key);
    }
    if (status != EFI_SUCCESS)
        return refuse(status, "boot services: expected to leave them, found status 0x%x", status);
    return EFI_SUCCESS;
}

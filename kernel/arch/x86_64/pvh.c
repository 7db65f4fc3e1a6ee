/*
 * PVH: turns hvm_start_info (Xen docs/misc/pvh.pandoc, start_info.h version 1) into a boot_info.
 * The one module is a boot archive whose entry `fs.img`, where it has one, is the file system.
 * Runs on the loader's memory with identity addresses; what it returns lies in the image.
 */
#include <stdint.h>
#include <exo/boot_archive.h>
#include <exo/boot_info.h>

#include "arch/x86_64/registers.h"
#include "core/boot.h"
#include "core/panic.h"
#include "lib/fs_check.h"
#include "lib/string.h"
#include <arch/cpu.h>
#include <arch/mmu.h>

#define PVH_MAGIC 0x336EC578u
#define E820_RAM 1u
#define RESERVED_LOW 0x100000ull /* real-mode data, BIOS tables, the loader's own */

struct start_info {
    uint32_t magic;
    uint32_t version;
    uint32_t flags;
    uint32_t module_count;
    uint64_t modules;
    uint64_t command_line;
    uint64_t rsdp;
    uint64_t memory_map;
    uint32_t memory_count;
    uint32_t zero;
};

struct start_module {
    uint64_t base;
    uint64_t size;
    uint64_t command_line;
    uint64_t zero;
};

struct start_memory {
    uint64_t base;
    uint64_t size;
    uint32_t type;
    uint32_t zero;
};

extern char kernel_start[], kernel_end[];
paddr_t pvh_boot_info(uint64_t start);

static struct boot_info info;
static struct boot_memory memory[BOOT_MEMORY_MAX];

static paddr_t image_phys(const void *address)
{
    return (uintptr_t)address - KERNEL_BASE;
}

/* A decimal number of the command line; 0 where it is missing or none. */
static uint64_t rate(const char *line, const char *key)
{
    size_t length = 0;
    const char *text = command_line_value(line, key, &length);
    uint64_t value = 0;

    for (size_t i = 0; text && i < length; i++) {
        if (text[i] < '0' || text[i] > '9' || value > UINT64_MAX / 10 - 1)
            return 0;
        value = value * 10 + (uint64_t)(text[i] - '0');
    }
    return value;
}

static void append(uint64_t base, uint64_t end, uint32_t type)
{
    if (base >= end)
        return;
    if (info.memory_count == BOOT_MEMORY_MAX)
        panic("memory map has more than %u ranges", BOOT_MEMORY_MAX);
    memory[info.memory_count++] = (struct boot_memory){base, end - base, type, 0};
}

/* RAM from base to end without the ranges that hold something; `holes` sorted by base. */
static void append_ram(uint64_t base, uint64_t end, const struct boot_memory *holes, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        uint64_t hole_end = holes[i].base + holes[i].size;

        if (hole_end <= base || holes[i].base >= end)
            continue;
        append(base, holes[i].base, BOOT_MEMORY_FREE);
        append(holes[i].base, hole_end, holes[i].type);
        base = hole_end;
    }
    append(base, end, BOOT_MEMORY_FREE);
}

static void copy_memory(const struct start_info *start)
{
    const struct start_memory *map = (const struct start_memory *)start->memory_map;
    struct boot_memory holes[3] = {
        {0, RESERVED_LOW, BOOT_MEMORY_FIRMWARE, 0},
        {image_phys(kernel_start), (uint64_t)(kernel_end - kernel_start), BOOT_MEMORY_KERNEL, 0},
        {info.archive.base, (info.archive.size + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1),
         BOOT_MEMORY_MODULE, 0},
    };

    for (uint32_t i = 0; i < start->memory_count; i++) {
        uint64_t base = (map[i].base + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
        uint64_t end = (map[i].base + map[i].size) & ~(PAGE_SIZE - 1);

        if (map[i].type == E820_RAM)
            append_ram(base, end, holes, 3);
    }
}

static void find_fs(void)
{
    const struct boot_archive_entry *entry;
    const struct boot_archive *archive = (const struct boot_archive *)info.archive.base;

    if (!info.archive.size)
        return;
    entry = boot_archive_find(archive, info.archive.size, "fs.img");
    if (entry)
        info.fs_image = (struct boot_range){info.archive.base + entry->offset, entry->size};
}

paddr_t pvh_boot_info(uint64_t start_address)
{
    const struct start_info *start = (const struct start_info *)start_address;
    const struct start_module *module = (const struct start_module *)start->modules;
    const char *line = (const char *)start->command_line;

    if (start->magic != PVH_MAGIC)
        panic("PVH start info: magic %x expected, found %x", PVH_MAGIC, start->magic);
    info.magic = BOOT_INFO_MAGIC;
    info.version = BOOT_INFO_VERSION;
    info.size = sizeof(info);
    info.memory = image_phys(memory);
    info.kernel_paddr = image_phys(kernel_start);
    info.kernel_size = (uint64_t)(kernel_end - kernel_start);
    info.rsdp = start->rsdp;
    if (line) {
        info.command_line = (struct boot_range){start->command_line, strlen(line)};
        info.tsc_hz = rate(line, "tsc_hz");
        info.timer_hz = rate(line, "timer_hz");
    }
    if (start->module_count)
        info.archive = (struct boot_range){module->base, module->size};
    find_fs();
    copy_memory(start);
    return image_phys(&info);
}

/*
 * Start: from a boot_info to the first instruction of the root env.
 *
 *   boot_info copied -> frames for tables taken -> physmap -> frame table -> interrupts, clock ->
 *   fs.img checked -> root loaded from the boot archive -> all resources into its slots -> entered
 *
 * Memory that the kernel keeps comes once, from the end of the largest free range below 4 GiB (the
 * loader maps that at identity); afterwards the kernel takes nothing any more.
 */
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/mmu.h>
#include <arch/timer.h>
#include <arch/trap.h>
#include <exo/root.h>
#include <machine/switch.h>

#include "core/boot.h"
#include "core/frame.h"
#include "core/panic.h"
#include "core/root.h"
#include "core/run.h"
#include "dev/serial.h"
#include "lib/string.h"

#define IDENTITY_END 0x100000000ull

static struct boot_info info;
static struct boot_memory memory[BOOT_MEMORY_MAX];
static char command_line[1024];
static struct boot_memory *pool; /* where boot_take takes from */
static uint64_t taken;

static void copy_info(const struct boot_info *from)
{
    uint64_t line_size = from->command_line.size;

    if (from->magic != BOOT_INFO_MAGIC || from->version != BOOT_INFO_VERSION)
        panic("boot_info: version %u expected, found magic %lx version %u", BOOT_INFO_VERSION,
              from->magic, from->version);
    if (from->size < sizeof(info))
        panic("boot_info: at least %lu bytes expected, found %u", sizeof(info), from->size);
    if (from->memory_count > BOOT_MEMORY_MAX)
        panic("boot_info: at most %u memory ranges expected, found %u", BOOT_MEMORY_MAX,
              from->memory_count);
    info = *from;
    memcpy(memory, (const void *)from->memory, from->memory_count * sizeof(*memory));
    if (line_size > sizeof(command_line) - 1)
        panic("command line: at most %lu bytes expected, found %lu", sizeof(command_line) - 1,
              line_size);
    memcpy(command_line, (const void *)from->command_line.base, line_size);
}

/* What the physmap cannot show is not there. */
static void clamp_memory(void)
{
    for (uint32_t i = 0; i < info.memory_count; i++) {
        uint64_t end = memory[i].base + memory[i].size;

        if (end > PHYSMAP_SIZE)
            memory[i].size -= memory[i].base > PHYSMAP_SIZE ? memory[i].size : end - PHYSMAP_SIZE;
    }
}

/* The largest free range that identity covers. */
static void choose_pool(void)
{
    for (uint32_t i = 0; i < info.memory_count; i++) {
        struct boot_memory *m = &memory[i];

        if (m->type == BOOT_MEMORY_FREE && m->base + m->size <= IDENTITY_END &&
            (!pool || m->size > pool->size))
            pool = m;
    }
    if (!pool)
        panic("memory map: no free range below 4 GiB");
}

/* Frames from the pool's end; before the physmap is there its caller clears them at identity. */
static paddr_t take_raw(uint64_t count)
{
    if (pool->size < count * PAGE_SIZE)
        panic("out of memory at start: %lu frames wanted, %lu bytes left", count, pool->size);
    pool->size -= count * PAGE_SIZE;
    taken += count;
    return pool->base + pool->size;
}

static paddr_t take_at_identity(uint64_t count)
{
    paddr_t base = take_raw(count);

    memset((void *)base, 0, count * PAGE_SIZE);
    return base;
}

uint64_t boot_take(uint64_t count)
{
    return take_raw(count) / PAGE_SIZE;
}

static uint64_t ram_end(void)
{
    uint64_t end = 0;

    for (uint32_t i = 0; i < info.memory_count; i++)
        if (memory[i].type != BOOT_MEMORY_DEVICE && memory[i].size)
            end = memory[i].base + memory[i].size;
    return end / PAGE_SIZE;
}

static bool is_plain(uint32_t type)
{
    return type == BOOT_MEMORY_FREE || type == BOOT_MEMORY_BOOT || type == BOOT_MEMORY_MODULE;
}

/* The image, and what was taken from the pool, stay the kernel's. */
static void keep_frames(void)
{
    for (uint32_t i = 0; i < info.memory_count; i++)
        if (memory[i].type == BOOT_MEMORY_KERNEL)
            frame_set_range(memory[i].base / PAGE_SIZE, memory[i].size / PAGE_SIZE, FRAME_KERNEL);
    frame_set_range((pool->base + pool->size) / PAGE_SIZE, taken, FRAME_KERNEL);
}

static void init_frames(void)
{
    uint64_t limit = ram_end();
    uint64_t table = boot_take((limit * sizeof(uint32_t) + PAGE_SIZE - 1) / PAGE_SIZE);

    frame_init(frame_address(table), limit);
    for (uint32_t i = 0; i < info.memory_count; i++)
        if (is_plain(memory[i].type))
            frame_set_range(memory[i].base / PAGE_SIZE, memory[i].size / PAGE_SIZE, FRAME_PLAIN);
    keep_frames();
}

static uint64_t count_frames(bool all)
{
    uint64_t count = 0;

    for (uint32_t i = 0; i < info.memory_count; i++)
        if (memory[i].type != BOOT_MEMORY_DEVICE && (all || memory[i].type == BOOT_MEMORY_KERNEL))
            count += memory[i].size / PAGE_SIZE;
    return count;
}

_Noreturn void kernel_main(uint64_t info_paddr)
{
    struct boot_state state = {.info = &info,
                               .memory = memory,
                               .command_line = command_line,
                               .entry_cycles = cpu_cycles()};

    serial_init();
    cpu_init();
    trap_init();
    copy_info((const struct boot_info *)info_paddr);
    clamp_memory();
    choose_pool();
    mmu_init(&info, memory, take_at_identity);
    init_frames();
    irq_init(info.rsdp);
    timer_init(info.rsdp, info.tsc_hz, info.timer_hz);
    state.total_frames = count_frames(true);
    state.kernel_frames = taken + count_frames(false);
    say("ExoV6 %s: %lu MiB, kernel %lu KiB, boot flags %x\n", cpu_name,
        state.total_frames * PAGE_SIZE >> 20, state.kernel_frames * PAGE_SIZE >> 10, info.flags);
    root_start(&state);
}

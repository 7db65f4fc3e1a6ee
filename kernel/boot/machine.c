/*
 * What the kernel cannot find out by itself, or only slowly: frame buffer, ACPI root, time of day,
 * Secure Boot state, and the frequencies of the time-stamp counter and the local APIC's timer.
 */
#include "exoboot.h"

#define MEASURE_US 10000u /* long enough for 0.1 %, too short to notice */

/* 12.9.2, 4.6.1, 3.3 */
static const struct efi_guid graphics_guid = {
    0x9042a9de, 0x23dc, 0x4a38, {0x96, 0xfb, 0x7a, 0xde, 0xd0, 0x80, 0x51, 0x6a}};
static const struct efi_guid acpi_guid = {
    0x8868e871, 0xe4f1, 0x11d3, {0xbc, 0x22, 0x00, 0x80, 0xc7, 0x3c, 0x88, 0x81}};
static const struct efi_guid global_guid = {
    0x8be4df61, 0x93ca, 0x11d2, {0xaa, 0x0d, 0x00, 0xe0, 0x98, 0x03, 0x2b, 0x8c}};

static void describe_graphics(struct efi_system_table *system, struct boot_framebuffer *out)
{
    struct efi_graphics *graphics;
    const struct efi_graphics_mode *mode;

    if (system->boot->locate_protocol(&graphics_guid, NULL, (void **)&graphics) != EFI_SUCCESS)
        return;
    mode = graphics->mode;
    if (mode->info->format > 1) /* 0: RGBX, 1: BGRX; others have no simple frame buffer */
        return;
    out->base = mode->base;
    out->size = mode->size;
    out->width = mode->info->width;
    out->height = mode->info->height;
    out->pitch = mode->info->pixels_per_line * 4;
    out->format = mode->info->format + 1;
}

static uint64_t find_rsdp(const struct efi_system_table *system)
{
    for (uint64_t i = 0; i < system->table_count; i++) {
        if (__builtin_memcmp(&system->tables[i].vendor, &acpi_guid, sizeof(acpi_guid)) == 0)
            return (uint64_t)system->tables[i].table;
    }
    return 0;
}

/* Days from 1970-01-01 to a date of the Gregorian calendar; years begin in March. */
static uint64_t days(uint64_t year, uint64_t month, uint64_t day)
{
    uint64_t shifted = month > 2 ? year : year - 1;
    uint64_t march = month > 2 ? month - 3 : month + 9;

    return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + (153 * march + 2) / 5 +
           day - 1 - 719468;
}

uint64_t machine_time(const struct efi_system_table *system)
{
    struct efi_time now;
    int64_t seconds;

    if (system->runtime->get_time(&now, NULL) != EFI_SUCCESS || now.year < 1970)
        return 0;
    seconds = (int64_t)(days(now.year, now.month, now.day) * 86400 + now.hour * 3600u +
                        now.minute * 60u + now.second);
    if (now.time_zone != EFI_UNSPECIFIED_TIME_ZONE)
        seconds += now.time_zone * 60;
    return seconds > 0 ? (uint64_t)seconds : 0;
}

static int secure_boot(const struct efi_system_table *system)
{
    uint8_t value = 0;
    uint64_t size = sizeof(value);

    return system->runtime->get_variable(u"SecureBoot", &global_guid, NULL, &size, &value) ==
               EFI_SUCCESS &&
           value == 1;
}

static uint64_t read_msr(uint32_t msr)
{
    uint32_t low, high;

    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return (uint64_t)high << 32 | low;
}

static void write_msr(uint32_t msr, uint64_t value)
{
    __asm__ volatile("wrmsr" : : "a"((uint32_t)value), "d"((uint32_t)(value >> 32)), "c"(msr));
}

static uint64_t read_tsc(void)
{
    uint32_t low, high;

    __asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

/* Local APIC (Intel SDM volume 3, sections 11.4.4, 11.5.4, 11.12.1): by memory or, x2APIC, MSR. */
#define MSR_APIC_BASE 0x1Bu
#define APIC_ENABLED (1u << 11)
#define APIC_X2 (1u << 10)
#define APIC_TIMER 0x320u
#define APIC_INITIAL 0x380u
#define APIC_CURRENT 0x390u
#define APIC_DIVIDE 0x3E0u
#define APIC_MASKED (1u << 16)
#define APIC_DIVIDE_BY_1 0xBu

static uint32_t apic_read(uint64_t base, uint32_t reg)
{
    if (base & APIC_X2)
        return (uint32_t)read_msr(0x800 + reg / 16);
    return *(volatile uint32_t *)((base & 0xFFFFFFFFFF000ull) + reg);
}

static void apic_write(uint64_t base, uint32_t reg, uint32_t value)
{
    if (base & APIC_X2)
        write_msr(0x800 + reg / 16, value);
    else
        *(volatile uint32_t *)((base & 0xFFFFFFFFFF000ull) + reg) = value;
}

/* Counts both over one Stall; the firmware's own use of the timer is put back. */
static void measure_clocks(const struct efi_system_table *system, struct boot_info *info)
{
    uint64_t base = read_msr(MSR_APIC_BASE);
    int has_apic = (base & APIC_ENABLED) != 0;
    uint32_t timer = 0, initial = 0, divide = 0, ticks = 0;
    uint64_t begin, end;

    if (has_apic) {
        timer = apic_read(base, APIC_TIMER);
        initial = apic_read(base, APIC_INITIAL);
        divide = apic_read(base, APIC_DIVIDE);
        apic_write(base, APIC_TIMER, APIC_MASKED | 0xFF);
        apic_write(base, APIC_DIVIDE, APIC_DIVIDE_BY_1);
        apic_write(base, APIC_INITIAL, UINT32_MAX);
    }
    begin = read_tsc();
    system->boot->stall(MEASURE_US);
    end = read_tsc();
    if (has_apic) {
        ticks = UINT32_MAX - apic_read(base, APIC_CURRENT);
        apic_write(base, APIC_DIVIDE, divide);
        apic_write(base, APIC_TIMER, timer);
        apic_write(base, APIC_INITIAL, initial);
    }
    info->tsc_hz = (end - begin) * (1000000 / MEASURE_US);
    info->timer_hz = (uint64_t)ticks * (1000000 / MEASURE_US);
}

void machine_describe(struct efi_system_table *system, struct boot_info *info)
{
    info->flags |= BOOT_FLAG_UEFI;
    if (secure_boot(system))
        info->flags |= BOOT_FLAG_SECURE_BOOT;
    describe_graphics(system, &info->framebuffer);
    info->rsdp = find_rsdp(system);
    measure_clocks(system, info);
}

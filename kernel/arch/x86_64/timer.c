/*
 * The clock and the one-shot timer. The clock is the TSC where its rate is known (boot_info,
 * command line, CPUID), else the HPET's counter, whose period the hardware states. The local
 * APIC's timer does not state its rate: where nobody told it, a low one is assumed, so that the
 * timer fires early, never late, and the first early shots teach the true one.
 */
#include <arch/timer.h>
#include <arch/cpu.h>
#include <arch/mmu.h>

#include "arch/x86_64/apic.h"
#include "arch/x86_64/registers.h"
#include "core/panic.h"
#include "dev/acpi.h"
#include "dev/hpet.h"

#define NS_PER_SECOND 1000000000ull
#define LESSON_NS 100000ull
#define LAST_LESSON_NS 1000000ull
#define TIMER_HZ_FLOOR 25000000ull /* no local APIC timer counts slower undivided */

static uint64_t tsc_hz, tsc_base;
static uint64_t clock_base;
static uint64_t clock_multiplier; /* nanoseconds a tick, 32.32 fixed point */
static uint64_t timer_hz;
static bool timer_rate_known;
static uint64_t armed_at, armed_count;

/* CPUID 15h: TSC from the crystal; 40000010h: a hypervisor's word on both (in kHz). */
static void ask_processor(uint64_t *tsc, uint64_t *timer)
{
    uint32_t leaves = read_cpuid(0, 0).eax;

    if (read_cpuid(1, 0).ecx >> 31 && read_cpuid(0x40000000, 0).eax >= 0x40000010) {
        struct cpuid rates = read_cpuid(0x40000010, 0);

        *tsc = *tsc ? *tsc : rates.eax * 1000ull;
        *timer = *timer ? *timer : rates.ebx * 1000ull;
    }
    if (leaves >= 0x15) {
        struct cpuid ratio = read_cpuid(0x15, 0);

        if (!*tsc && ratio.eax && ratio.ebx && ratio.ecx)
            *tsc = (uint64_t)ratio.ecx * ratio.ebx / ratio.eax;
        *timer = *timer ? *timer : ratio.ecx;
    }
}

static uint64_t clock_ticks(void)
{
    return tsc_hz ? read_tsc() - tsc_base : hpet_read() - clock_base;
}

void timer_init(paddr_t rsdp, uint64_t tsc, uint64_t timer)
{
    ask_processor(&tsc, &timer);
    tsc_hz = tsc;
    timer_hz = timer ? timer : TIMER_HZ_FLOOR;
    timer_rate_known = timer != 0;
    tsc_base = read_tsc();
    if (tsc_hz) {
        clock_multiplier = (NS_PER_SECOND << 32) / tsc_hz;
        return;
    }
    clock_multiplier = hpet_init(acpi_hpet(rsdp));
    if (!clock_multiplier)
        panic("no clock: no tsc_hz, and no HPET (give tsc_hz= on the command line)");
    clock_base = hpet_read();
}

uint64_t timer_now(void)
{
    return (uint64_t)((unsigned __int128)clock_ticks() * clock_multiplier >> 32);
}

/* An unknown rate is learned from how long the last shot really took. A very short time may be
 * that of an earlier shot, which waited while the timer was armed anew, and says nothing. */
static void learn_rate(void)
{
    uint64_t took = timer_now() - armed_at;

    if (took >= LESSON_NS && armed_count) {
        uint64_t hz = armed_count * NS_PER_SECOND / took;

        timer_hz = hz > timer_hz ? hz : timer_hz;
        timer_rate_known = took >= LAST_LESSON_NS;
    }
}

void timer_shot(void)
{
    if (!timer_rate_known)
        learn_rate();
    armed_count = 0;
}

void timer_arm(uint64_t ns)
{
    uint64_t count = ns > NS_PER_SECOND ? timer_hz : ns * timer_hz / NS_PER_SECOND;

    if (count > UINT32_MAX)
        count = UINT32_MAX;
    if (ns && !count)
        count = 1;
    if (!timer_rate_known) {
        armed_at = timer_now();
        armed_count = count;
    }
    apic_timer_start((uint32_t)count);
}

uint64_t timer_tsc_hz(void)
{
    return tsc_hz;
}

uint64_t timer_tsc_base(void)
{
    return tsc_base;
}

uint64_t timer_cycles_ns(uint64_t cycles)
{
    uint64_t elapsed = read_tsc() - tsc_base;
    uint64_t now = timer_now();

    for (; elapsed >> 32 || now >> 32; elapsed >>= 1)
        now >>= 1;
    return elapsed ? (uint64_t)((unsigned __int128)cycles * ((now << 32) / elapsed) >> 32) : 0;
}

/*
 * Interrupt lines through the IOAPIC, the local APIC, and the old 8259 pair switched off.
 *
 * Lines are the ISA numbers where the MADT overrides one (0 is pin 2 on every PC), else pins.
 */
#include <arch/irq.h>
#include <arch/cpu.h>
#include <arch/mmu.h>

#include "arch/x86_64/apic.h"
#include "arch/x86_64/registers.h"
#include "core/panic.h"
#include "dev/acpi.h"

#define APIC_BASE_X2 (1u << 10)
#define APIC_EOI 0x0B0u
#define APIC_SPURIOUS 0x0F0u
#define APIC_LVT_TIMER 0x320u
#define APIC_LVT_LINT0 0x350u
#define APIC_TIMER_COUNT 0x380u
#define APIC_TIMER_DIVIDE 0x3E0u
#define APIC_ENABLE 0x100u
#define LVT_MASKED (1u << 16)

#define IOAPIC_SELECT 0x00u
#define IOAPIC_WINDOW 0x10u
#define IOAPIC_REDIRECTION 0x10u
#define REDIRECTION_LOW_ACTIVE (1u << 13)
#define REDIRECTION_LEVEL (1u << 15)
#define REDIRECTION_MASKED (1u << 16)

struct line {
    uint8_t pin;
    bool used;
    uint32_t entry; /* low word of the redirection entry, mask bit clear */
};

static volatile uint32_t *apic;
static volatile uint32_t *ioapic;
static struct line lines[IRQ_LINES];

static void ioapic_write(uint32_t index, uint32_t value)
{
    ioapic[IOAPIC_SELECT / 4] = index;
    ioapic[IOAPIC_WINDOW / 4] = value;
}

static void line_write(unsigned line, uint32_t mask)
{
    ioapic_write(IOAPIC_REDIRECTION + 2u * lines[line].pin, lines[line].entry | mask);
}

/* 8259 pair: moved off the exception vectors, all lines masked. */
static void pic_off(void)
{
    static const uint16_t data[2] = {0x21, 0xA1};

    for (unsigned i = 0; i < 2; i++) {
        cpu_port_write(data[i] - 1, 1, 0x11); /* ICW1: cascade, ICW4 follows */
        cpu_port_write(data[i], 1, 0xF0 + 8 * i);
        cpu_port_write(data[i], 1, i == 0 ? 4 : 2);
        cpu_port_write(data[i], 1, 1);
        cpu_port_write(data[i], 1, 0xFF);
    }
}

static void apic_init(void)
{
    uint64_t base = read_msr(MSR_APIC_BASE);

    if (base & APIC_BASE_X2)
        panic("the firmware left the local APIC in x2APIC mode, which has no driver yet");
    apic = mmu_map_device(base & 0xFFFFFF000ull);
    apic[APIC_SPURIOUS / 4] = APIC_ENABLE | VECTOR_SPURIOUS;
    apic[APIC_LVT_LINT0 / 4] = LVT_MASKED;
    apic[APIC_TIMER_DIVIDE / 4] = 0xB; /* by 1 */
    apic[APIC_LVT_TIMER / 4] = VECTOR_TIMER;
}

static void line_override(const struct acpi_override *o)
{
    uint32_t polarity = o->flags & 3;
    uint32_t trigger = o->flags >> 2 & 3;

    if (o->source >= IRQ_LINES || o->pin >= IRQ_LINES)
        return;
    lines[o->source].pin = (uint8_t)o->pin;
    if (o->pin != o->source)
        lines[o->pin].used = lines[o->pin].pin != o->pin;
    lines[o->source].entry = (VECTOR_LINES + o->source) |
                             (polarity == 3 ? REDIRECTION_LOW_ACTIVE : 0) |
                             (trigger == 3 ? REDIRECTION_LEVEL : 0);
}

void irq_init(paddr_t rsdp)
{
    struct acpi_interrupts found;

    acpi_interrupts(rsdp, &found);
    pic_off();
    apic_init();
    ioapic = mmu_map_device(found.ioapic);
    for (unsigned i = 0; i < IRQ_LINES; i++) {
        lines[i] = (struct line){.pin = (uint8_t)i, .used = true, .entry = VECTOR_LINES + i};
        if (i >= 16) /* PCI lines: level, active low */
            lines[i].entry |= REDIRECTION_LOW_ACTIVE | REDIRECTION_LEVEL;
    }
    for (unsigned i = 0; i < found.override_count; i++)
        line_override(&found.overrides[i]);
    for (unsigned i = 0; i < IRQ_LINES; i++) {
        ioapic_write(IOAPIC_REDIRECTION + 2 * i + 1, 0); /* to this processor */
        ioapic_write(IOAPIC_REDIRECTION + 2 * i, REDIRECTION_MASKED);
    }
}

bool irq_free(unsigned line)
{
    return lines[line].used;
}

void irq_mask(unsigned line)
{
    line_write(line, REDIRECTION_MASKED);
}

void irq_unmask(unsigned line)
{
    line_write(line, 0);
}

void irq_line(unsigned line)
{
    if (lines[line].entry & REDIRECTION_LEVEL)
        irq_mask(line);
}

void apic_end(void)
{
    apic[APIC_EOI / 4] = 0;
}

void apic_timer_start(uint32_t count)
{
    apic[APIC_TIMER_COUNT / 4] = count;
}

/*
 * Local APIC and IOAPIC, memory mapped (Intel SDM vol. 3A, chapter 11; 82093AA data sheet).
 */
#pragma once

#include <arch/irq.h>

#define VECTOR_LINES 32u
#define VECTOR_TIMER (VECTOR_LINES + IRQ_LINES)
#define VECTOR_SPURIOUS 255u

/* End of interrupt. */
void apic_end(void);

/* A line fired: masks it where it is level triggered. */
void irq_line(unsigned line);

/* The local timer, one-shot, input clock undivided; 0 stops it. */
void apic_timer_start(uint32_t count);

/* The timer fired. */
void timer_shot(void);

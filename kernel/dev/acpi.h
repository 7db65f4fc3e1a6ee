/*
 * The few ACPI tables that a start needs (ACPI 6.5, 5.2): MADT for the interrupt lines, HPET for
 * the clock. Tables are read through the physmap; where one is missing or damaged the PC's
 * defaults hold.
 */
#pragma once

#include <exo/types.h>

#define ACPI_OVERRIDES_MAX 16u

struct acpi_override {
    uint32_t source; /* ISA line */
    uint32_t pin;    /* global system interrupt */
    uint16_t flags;  /* polarity in bits 0..1, trigger in bits 2..3; 0: as the bus does */
};

struct acpi_interrupts {
    paddr_t ioapic;
    unsigned override_count;
    struct acpi_override overrides[ACPI_OVERRIDES_MAX];
};

void acpi_interrupts(paddr_t rsdp, struct acpi_interrupts *found);

/* Registers of the HPET; its usual address where no table names one. */
paddr_t acpi_hpet(paddr_t rsdp);

/*
 * Contract: interrupt lines. A level-triggered line is masked when it fires, until irq_unmask;
 * an edge-triggered one stays open, since a masked edge would be lost.
 */
#pragma once

#include <stdbool.h>
#include <exo/types.h>

#define IRQ_LINES 24u

/* All lines masked. */
void irq_init(paddr_t rsdp);

/* False where the kernel itself or nobody drives the line. */
bool irq_free(unsigned line);
void irq_mask(unsigned line);
void irq_unmask(unsigned line);

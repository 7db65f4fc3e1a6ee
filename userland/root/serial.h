/*
 * Serial ports: National Semiconductor PC16550D UARTs at the two places where PCs have them,
 * driven by interrupts. Output goes through a ring, so nobody waits for the line.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SERIAL_PORTS 2u

/* Sets up the UARTs that exist; port n's interrupt sets notification bit n of the caller. */
void serial_init(void);

/* Bit n: port n exists. */
uint32_t serial_present(void);

/* Takes what fits and sends what it can. Bytes taken. */
size_t serial_write(uint32_t port, const char *bytes, size_t count);

size_t serial_read(uint32_t port, char *bytes, size_t size);

/* Empties the ring, waiting for the line: before the machine goes off. */
void serial_drain(uint32_t port);

/* Serves an interrupt: true where input came in. */
bool serial_interrupt(uint32_t port);

/* Room for output, in bytes. */
size_t serial_room(uint32_t port);

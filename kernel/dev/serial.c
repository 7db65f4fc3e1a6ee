/*
 * 16550 serial port, see serial.h (National Semiconductor PC16550D data sheet).
 */
#include "dev/serial.h"

#include <stdint.h>
#include <arch/cpu.h>

#define COM1 0x3F8
#define LINE_STATUS 5
#define TRANSMIT_EMPTY 0x20u
#define SPIN_LIMIT 100000u /* a port that is not there reads as ones and never spins */

void serial_init(void)
{
    cpu_port_write(COM1 + 1, 1, 0);    /* no interrupts */
    cpu_port_write(COM1 + 3, 1, 0x80); /* divisor latch */
    cpu_port_write(COM1 + 0, 1, 1);
    cpu_port_write(COM1 + 1, 1, 0);
    cpu_port_write(COM1 + 3, 1, 3);   /* 8n1 */
    cpu_port_write(COM1 + 2, 1, 7);   /* FIFOs on and empty */
    cpu_port_write(COM1 + 4, 1, 0xB); /* DTR, RTS, OUT2 */
}

void serial_put(char c)
{
    if (c == '\n')
        serial_put('\r');
    for (uint32_t i = 0; i < SPIN_LIMIT; i++)
        if (cpu_port_read(COM1 + LINE_STATUS, 1) & TRANSMIT_EMPTY)
            break;
    cpu_port_write(COM1, 1, (uint8_t)c);
}

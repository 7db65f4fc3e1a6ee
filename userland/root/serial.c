/*
 * 16550 driver. See serial.h; registers by the names of the PC16550D data sheet, section 8.
 */
#include "serial.h"

#include <exo/root.h>
#include <exo/syscall.h>

enum {
    RHR = 0, /* receive (read), transmit (write) */
    IER = 1,
    FCR = 2, /* write; read: IIR */
    LCR = 3,
    MCR = 4,
    LSR = 5,
    SCR = 7,

    IER_RECEIVED = 1 << 0,
    IER_EMPTY = 1 << 1,
    FCR_ENABLE = 1 << 0,
    FCR_CLEAR = 3 << 1,
    LCR_8N1 = 3,
    LCR_DIVISOR = 1 << 7,
    MCR_READY = 1 << 0 | 1 << 1, /* DTR, RTS */
    MCR_INTERRUPT = 1 << 3,      /* OUT2 gates the interrupt line on PCs */
    LSR_RECEIVED = 1 << 0,
    LSR_EMPTY = 1 << 5,

    FIFO = 16,
    INPUT = 2048,
    OUTPUT = 4096,
};

struct serial {
    uint16_t base;
    uint8_t line; /* interrupt */
    bool present;
    bool sending; /* IER_EMPTY is on */
    uint32_t in_head, in_tail;
    uint32_t out_head, out_tail;
    char in[INPUT];
    char out[OUTPUT];
};

static struct serial ports[SERIAL_PORTS] = {
    {.base = 0x3F8, .line = 4},
    {.base = 0x2F8, .line = 3},
};

static uint8_t get(const struct serial *serial, uint32_t reg)
{
    uint64_t value = 0;
    exo_port_read(ROOT_SLOT_PORTS, serial->base + reg, 1, &value);
    return (uint8_t)value;
}

static void put(const struct serial *serial, uint32_t reg, uint8_t value)
{
    exo_port_write(ROOT_SLOT_PORTS, serial->base + reg, 1, value);
}

/* The scratch register holds what was written to it only where there is a UART. */
static bool exists(const struct serial *serial)
{
    put(serial, SCR, 0x5A);
    bool first = get(serial, SCR) == 0x5A;
    put(serial, SCR, 0xA5);
    return first && get(serial, SCR) == 0xA5;
}

static void start(struct serial *serial, uint32_t bit)
{
    put(serial, IER, 0);
    put(serial, LCR, LCR_DIVISOR);
    put(serial, RHR, 1); /* divisor 1: 115,200 baud */
    put(serial, IER, 0);
    put(serial, LCR, LCR_8N1);
    put(serial, FCR, FCR_ENABLE | FCR_CLEAR);
    put(serial, MCR, MCR_READY | MCR_INTERRUPT);
    exo_irq_bind(ROOT_SLOT_IRQ + serial->line, SLOT_SELF, bit);
    exo_irq_ack(ROOT_SLOT_IRQ + serial->line);
    put(serial, IER, IER_RECEIVED);
    serial->present = true;
}

void serial_init(void)
{
    for (uint32_t i = 0; i < SERIAL_PORTS; i++)
        if (exists(&ports[i]))
            start(&ports[i], 1u << i);
}

uint32_t serial_present(void)
{
    return (uint32_t)ports[0].present | (uint32_t)ports[1].present << 1;
}

/* Fills the UART's queue while it is empty; asks for an interrupt where bytes are left. */
static void pump(struct serial *serial)
{
    while (serial->out_head != serial->out_tail && (get(serial, LSR) & LSR_EMPTY)) {
        for (int i = 0; i < FIFO && serial->out_head != serial->out_tail; i++)
            put(serial, RHR, (uint8_t)serial->out[serial->out_head++ % OUTPUT]);
    }
    bool more = serial->out_head != serial->out_tail;
    if (more != serial->sending)
        put(serial, IER, more ? IER_RECEIVED | IER_EMPTY : IER_RECEIVED);
    serial->sending = more;
}

size_t serial_room(uint32_t port)
{
    return OUTPUT - (ports[port].out_tail - ports[port].out_head);
}

size_t serial_write(uint32_t port, const char *bytes, size_t count)
{
    struct serial *serial = &ports[port];
    if (!serial->present)
        return count;
    size_t room = serial_room(port);
    if (count > room)
        count = room;
    for (size_t i = 0; i < count; i++)
        serial->out[serial->out_tail++ % OUTPUT] = bytes[i];
    pump(serial);
    return count;
}

void serial_drain(uint32_t port)
{
    while (ports[port].present && ports[port].out_head != ports[port].out_tail)
        pump(&ports[port]);
}

size_t serial_read(uint32_t port, char *bytes, size_t size)
{
    struct serial *serial = &ports[port];
    size_t count = 0;
    while (count < size && serial->in_head != serial->in_tail)
        bytes[count++] = serial->in[serial->in_head++ % INPUT];
    return count;
}

bool serial_interrupt(uint32_t port)
{
    struct serial *serial = &ports[port];
    bool received = false;
    while (get(serial, LSR) & LSR_RECEIVED) {
        char byte = (char)get(serial, RHR);
        if (serial->in_tail - serial->in_head < INPUT)
            serial->in[serial->in_tail++ % INPUT] = byte;
        received = true;
    }
    (void)get(serial, FCR); /* reading IIR takes a pending transmit interrupt back */
    pump(serial);
    exo_irq_ack(ROOT_SLOT_IRQ + serial->line);
    return received;
}

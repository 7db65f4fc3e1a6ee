/*
 * Ports, device memory, interrupts, time.
 */
#include "tests.h"

#define UART_INTERRUPTS (COM1 + 1)
#define UART_MODEM (COM1 + 4)
#define UART_SCRATCH (COM1 + 7)
#define HPET_PADDR 0xFED00000ull
#define VGA_ROM_PADDR 0xC0000ull
#define ROM_SIGNATURE 0xAA55

static void test_ports(void)
{
    uint64_t value;

    exo_port_write(ROOT_SLOT_PORTS, UART_SCRATCH, 1, 0x5A);
    exo_port_read(ROOT_SLOT_PORTS, UART_SCRATCH, 1, &value);
    check_equal((int64_t)value, 0x5A, "a port keeps what was written");
    check_equal(exo_port_read(ROOT_SLOT_PORTS, 65535, 2, &value), EXO_BAD_RANGE,
                "a port behind the last");
    check_equal(exo_port_read(ROOT_SLOT_PORTS, 0, 3, &value), EXO_BAD_VALUE, "an odd width");
    exo_cap_derive(ROOT_SLOT_PORTS, 0, SLOT_TEST, RIGHT_READ, UART_SCRATCH, 1);
    exo_port_read(SLOT_TEST, 0, 1, &value);
    check_equal((int64_t)value, 0x5A, "a derived range begins at its offset");
    check_equal(exo_port_read(SLOT_TEST, 1, 1, &value), EXO_BAD_RANGE, "and ends");
    drop(SLOT_TEST);
}

static void test_device_memory(void)
{
    const volatile uint16_t *rom = (const volatile uint16_t *)SCRATCH_VADDR;
    struct exo_frame_info info;
    struct exo_aspace_query page;
    status_t status;
    uint64_t done;

    check_equal(exo_aspace_map(SLOT_ASPACE, ROOT_SLOT_DEVICE, VGA_ROM_PADDR / PAGE, SCRATCH_VADDR,
                               1, PROT_READ_PAGE, &done),
                EXO_OK, "device memory is mapped");
    check_equal(*rom, ROM_SIGNATURE, "and read");
    do
        status = exo_cap_revoke(ROOT_SLOT_DEVICE);
    while (status == EXO_AGAIN);
    check_equal(exo_aspace_query(SLOT_ASPACE, SCRATCH_VADDR, &page), EXO_OK, "query");
    check_equal((int64_t)page.prot, 0, "revoked, it is not mapped");
    check_equal(exo_aspace_map(SLOT_ASPACE, ROOT_SLOT_DEVICE, HPET_PADDR / PAGE, SCRATCH_VADDR, 1,
                               PROT_READ_PAGE, &done),
                EXO_BUSY, "the kernel's clock is not for others");
    check_equal(exo_aspace_map(SLOT_ASPACE, ROOT_SLOT_DEVICE, 0x1000000 / PAGE, SCRATCH_VADDR, 1,
                               PROT_READ_PAGE, &done),
                EXO_BUSY, "nor is its image");
    exo_frame_info(FRAMES, 0, &info);
    check_equal(exo_aspace_map(SLOT_ASPACE, ROOT_SLOT_DEVICE, info.paddr / PAGE, SCRATCH_VADDR, 1,
                               PROT_READ_PAGE, &done),
                EXO_BUSY, "RAM is no device");
    check_equal(exo_aspace_create(ROOT_SLOT_DEVICE, HPET_PADDR / PAGE, SLOT_TEST), EXO_BAD_RIGHTS,
                "nor is a device a frame to donate");
}

/* The UART's transmitter is empty: enabling its interrupt raises line 4. */
static void test_interrupt(void)
{
    uint64_t bits;

    exo_port_write(ROOT_SLOT_PORTS, UART_MODEM, 1, 0xB);
    check_equal(exo_irq_bind(ROOT_SLOT_IRQ + 4, SLOT_SELF, BIT_IRQ), EXO_OK, "irq_bind");
    exo_port_write(ROOT_SLOT_PORTS, UART_INTERRUPTS, 1, 2);
    check_equal((int64_t)wait_for(BIT_IRQ), BIT_IRQ, "an interrupt is a notification");
    exo_port_write(ROOT_SLOT_PORTS, UART_INTERRUPTS, 1, 0);
    check_equal(exo_irq_ack(ROOT_SLOT_IRQ + 4), EXO_OK, "irq_ack");
    exo_cap_revoke(ROOT_SLOT_IRQ + 4);
    exo_env_wait(SLOT_SELF, BIT_IRQ, 0, &bits);
    exo_port_write(ROOT_SLOT_PORTS, UART_INTERRUPTS, 1, 2);
    check_equal(exo_env_wait(SLOT_SELF, BIT_IRQ, 0, &bits), EXO_TIMEOUT, "revoked, it is silent");
    exo_port_write(ROOT_SLOT_PORTS, UART_INTERRUPTS, 1, 0);
}

static void test_time(void)
{
    uint64_t before, after, bits;

    exo_time_now(SLOT_SELF, &before);
    check_equal(exo_env_wait(SLOT_SELF, BIT_DONE, before + 20000000, &bits), EXO_TIMEOUT, "sleep");
    exo_time_now(SLOT_SELF, &after);
    check(after - before >= 20000000, "not shorter than asked");
    check(after - before < 400000000, "nor much longer");
    check_equal(exo_env_wait(SLOT_SELF, BIT_DONE, 1, &bits), EXO_TIMEOUT, "a deadline in the past");
}

void test_devices(void)
{
    test_ports();
    test_device_memory();
    test_interrupt();
    test_time();
}

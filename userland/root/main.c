/*
 * The first env. It owns the machine when the kernel starts it, gives the domains of the boot
 * archive their parts, and stays as the driver of the serial ports and of the power switch.
 * It serves one gate call at a time and never waits for anybody but the next caller.
 */
#include "main.h"
#include "memory.h"
#include "serial.h"
#include "start.h"

#include <root/domain.h>

#include <exo/syscall.h>

#include <string.h>

enum {
    SERIAL_BITS = 0x3,
    DEAD_BIT = 8,
    EXIT_PORT = 0xF4,   /* QEMU's isa-debug-exit: ends with (value << 1) | 1 */
    POWER_PORT = 0x604, /* PM1a control block of QEMU's q35 */
    POWER_OFF = 0x2000, /* SLP_EN, type S5 (ACPI 6.5, 4.8.3.2.1) */
    STATUS_FAILED = 1,
    SERIAL_ROOM_ENOUGH = 2048, /* bytes: worth waking a writer */
};

#define ALL_BITS 0xFFFFFFFFull

static void say(const char *text)
{
    serial_write(0, text, strlen(text));
    serial_drain(0);
}

static void say_number(uint64_t value)
{
    char text[19] = "0x0000000000000000";
    for (int i = 17; i >= 2; i--, value >>= 4)
        text[i] = "0123456789abcdef"[value & 15];
    say(text);
}

static _Noreturn void power_off(uint32_t status)
{
    for (uint32_t port = 0; port < SERIAL_PORTS; port++)
        serial_drain(port);
    exo_port_write(ROOT_SLOT_PORTS, EXIT_PORT, 4, status);
    exo_port_write(ROOT_SLOT_PORTS, POWER_PORT, 2, POWER_OFF);
    for (;;) /* neither did anything: the machine stays on, idle */
        exo_env_stop(SLOT_SELF);
}

_Noreturn void fail(const char *what, status_t status)
{
    say("root: cannot start: ");
    say(what);
    if (status < 0) {
        say(": status ");
        say_number((uint64_t)-status);
    }
    say("\r\n");
    power_off(STATUS_FAILED);
}

void check(status_t status, const char *what)
{
    if (status < 0)
        fail(what, status);
}

static void say_property(const char *name, slot_t env, uint32_t property)
{
    uint64_t value = 0;
    exo_env_get(env, property, &value);
    say(name);
    say_number(value);
}

/* A domain that stopped is said on the console; the machine does not go on without posix. */
static void bury(uint32_t index)
{
    say("root: domain ");
    say(domains[index].name);
    say_property(" stopped: fault ", domains[index].env, ENV_FAULT_KIND);
    say_property(" address ", domains[index].env, ENV_FAULT_ADDRESS);
    say_property(" pc ", domains[index].env, ENV_FAULT_PC);
    say("\r\n");
    if (index == 0)
        power_off(STATUS_FAILED);
}

/* Tells those who were refused output that there is room again. */
static void feed_starved(uint32_t port)
{
    if (serial_room(port) < SERIAL_ROOM_ENOUGH)
        return;
    for (uint32_t i = 0; i < domain_count; i++) {
        if (domains[i].starved & 1u << port) {
            domains[i].starved &= ~(1u << port);
            exo_env_notify(domains[i].env, DOMAIN_NOTIFY_OUTPUT << port);
        }
    }
}

static void take_notifications(void)
{
    uint64_t bits = 0;
    exo_env_wait(SLOT_SELF, ALL_BITS, 0, &bits);
    for (uint32_t port = 0; port < SERIAL_PORTS; port++) {
        if (!(bits & 1ull << port))
            continue;
        if (serial_interrupt(port))
            exo_env_notify(domains[0].env, DOMAIN_NOTIFY_INPUT << port);
        feed_starved(port);
    }
    for (uint32_t i = 0; i < domain_count; i++)
        if (bits & 1ull << (DEAD_BIT + i))
            bury(i);
}

/* One call: the message is replaced by the answer. */
static void serve(uint32_t caller, uint64_t message[5])
{
    uint32_t port = message[0] >> 8 & 0xFF;
    uint32_t count = message[0] >> 16 & 0xFFFF;
    uint64_t answer = 0;
    bool is_port = port < SERIAL_PORTS && count <= DOMAIN_CHUNK && caller < domain_count;
    switch (message[0] & 0xFF) {
    case DOMAIN_WRITE:
        if (is_port)
            answer = serial_write(port, (const char *)&message[1], count);
        if (is_port && answer < count)
            domains[caller].starved |= 1u << port;
        break;
    case DOMAIN_READ:
        if (is_port && caller == 0)
            answer = serial_read(port, (char *)&message[1], count);
        break;
    case DOMAIN_POWER:
        if (caller == 0)
            power_off(count);
        break;
    default:
        break;
    }
    message[0] = answer;
}

__attribute__((force_align_arg_pointer)) _Noreturn void _start(const struct root_info *info);

_Noreturn void _start(const struct root_info *info)
{
    uint64_t begin = 0;
    exo_time_now(SLOT_SELF, &begin);
    serial_init();
    memory_init(info);
    start_domains(info, begin);
    exo_env_set(SLOT_SELF, ENV_WAIT_MASK, ALL_BITS);
    uint64_t message[5] = {0};
    for (;;) {
        struct exo_gate_wait call;
        status_t status = exo_gate_wait(SLOT_SELF, message[0], message[1], message[2], message[3],
                                        message[4], 0, 0, &call);
        if (status == EXO_INTERRUPTED) {
            take_notifications();
            continue;
        }
        check(status, "wait for calls");
        memcpy(message, &call.m0, sizeof(message));
        serve((uint32_t)call.badge_flags, message);
    }
}

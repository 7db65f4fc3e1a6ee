/*
 * The real-time clock: Motorola MC146818A and what followed it, read once. It is taken to run on
 * UTC, as QEMU's does, and to stand in this century.
 */
#include "clock.h"

#include <exo/root.h>
#include <exo/syscall.h>

#include <stdbool.h>
#include <string.h>

enum {
    INDEX = 0x70, /* ports */
    DATA = 0x71,
    SECONDS = 0, /* registers */
    MINUTES = 2,
    HOURS = 4,
    DAY = 7,
    MONTH = 8,
    YEAR = 9,
    STATUS_A = 10,
    STATUS_B = 11,
    UPDATING = 1 << 7, /* in status A */
    HOURS_24 = 1 << 1, /* in status B */
    BINARY = 1 << 2,
    AFTERNOON = 1 << 7, /* in the hours, where they count to 12 */
    ATTEMPTS = 100000,  /* an update takes 2 ms at most */
    NANOSECONDS = 1000000000,
};

static const uint8_t registers[] = {SECONDS, MINUTES, HOURS, DAY, MONTH, YEAR};

struct reading {
    uint8_t value[sizeof(registers)];
};

static uint8_t get(uint8_t index)
{
    uint64_t value = 0;
    exo_port_write(ROOT_SLOT_PORTS, INDEX, 1, index);
    exo_port_read(ROOT_SLOT_PORTS, DATA, 1, &value);
    return (uint8_t)value;
}

static struct reading read_registers(void)
{
    struct reading reading;
    for (int i = 0; i < ATTEMPTS && (get(STATUS_A) & UPDATING); i++)
        continue;
    for (uint32_t i = 0; i < sizeof(registers); i++)
        reading.value[i] = get(registers[i]);
    return reading;
}

static uint32_t decode(uint8_t value, bool binary)
{
    return binary ? value : (value >> 4) * 10u + (value & 15u);
}

/* Days since 1970-01-01 of a date of the Gregorian calendar (years begin in March here). */
static uint64_t days(uint32_t year, uint32_t month, uint32_t day)
{
    uint32_t from_march = month > 2 ? month - 3 : month + 9;
    uint32_t y = month > 2 ? year : year - 1;
    uint64_t before = 365ull * y + y / 4 - y / 100 + y / 400;
    return before + (153 * from_march + 2) / 5 + day - 1 - 719468;
}

static uint64_t seconds_of(const struct reading *reading)
{
    uint8_t mode = get(STATUS_B);
    bool binary = mode & BINARY;
    uint8_t raw_hour = reading->value[2];
    uint32_t hour = decode((uint8_t)(mode & HOURS_24 ? raw_hour : raw_hour & ~AFTERNOON), binary);
    if (!(mode & HOURS_24))
        hour = hour % 12 + (raw_hour & AFTERNOON ? 12 : 0);
    uint32_t second = decode(reading->value[0], binary);
    uint32_t minute = decode(reading->value[1], binary);
    uint32_t day = decode(reading->value[3], binary);
    uint32_t month = decode(reading->value[4], binary);
    uint32_t year = 2000 + decode(reading->value[5], binary);
    if (second > 59 || minute > 59 || hour > 23 || day < 1 || day > 31 || month < 1 || month > 12)
        return 0;
    return days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
}

uint64_t clock_wall_seconds(void)
{
    struct reading first;
    struct reading second = read_registers();
    int attempts = 0;
    do { /* twice the same: no update came in between */
        first = second;
        second = read_registers();
    } while (memcmp(&first, &second, sizeof(first)) != 0 && ++attempts < 3);
    uint64_t now = 0;
    exo_time_now(SLOT_SELF, &now);
    uint64_t seconds = seconds_of(&second);
    return seconds ? seconds - now / NANOSECONDS : 0;
}

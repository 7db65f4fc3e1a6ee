/*
 * Test output, see tap.h.
 */
#include "tap.h"

#include <exo/root.h>
#include <exo/syscall.h>

static unsigned tests, failed;

static void put(char c)
{
    exo_port_write(ROOT_SLOT_PORTS, COM1, 1, (uint8_t)c);
}

void put_string(const char *s)
{
    for (; *s; s++)
        put(*s);
}

void put_number(uint64_t value)
{
    if (value >= 10)
        put_number(value / 10);
    put((char)('0' + value % 10));
}

void put_status(int64_t value)
{
    if (value < 0)
        put('-');
    put_number(value < 0 ? -(uint64_t)value : (uint64_t)value);
}

void check_equal(int64_t found, int64_t expected, const char *name)
{
    bool good = found == expected;

    tests++;
    failed += !good;
    put_string(good ? "ok " : "not ok ");
    put_number(tests);
    put(' ');
    put_string(name);
    if (!good) {
        put_string(" # found ");
        put_status(found);
        put_string(", expected ");
        put_status(expected);
    }
    put('\n');
}

void check(bool good, const char *name)
{
    check_equal(good, true, name);
}

_Noreturn void finish(void)
{
    put_string("1..");
    put_number(tests);
    put('\n');
    exo_port_write(ROOT_SLOT_PORTS, EXIT_PORT, 4, failed ? 1 : 0);
    for (;;)
        ;
}

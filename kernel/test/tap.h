/*
 * Test output: TAP lines on COM1 through the root env's ports capability, and the end of QEMU.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define COM1 0x3F8u
#define EXIT_PORT 0xF4u

void put_string(const char *s);
void put_number(uint64_t value);
void put_status(int64_t value);

/* One TAP line: `ok N name`, or `not ok N name` with what was found and expected. */
void check_equal(int64_t found, int64_t expected, const char *name);
void check(bool good, const char *name);

/* The plan line, then the machine ends: status 0 where all were good. */
_Noreturn void finish(void);

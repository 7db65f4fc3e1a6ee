/* The battery-backed clock of PCs, for machines whose firmware did not tell the time. */
#pragma once

#include <stdint.h>

/* Seconds since 1970 UTC at the kernel clock's zero; 0 where the clock shows no valid time. */
uint64_t clock_wall_seconds(void);

/* What the drivers share: a generator with a fixed seed, and how to report a difference. */
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t state = 20261123;
static int failures;

static inline uint64_t next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state * 0x2545f4914f6cdd1dULL >> 8;
}

static inline unsigned below(unsigned limit)
{
    return (unsigned)(next() % limit);
}

#define CHECK(condition, ...)                                                                      \
    do {                                                                                           \
        if (!(condition) && failures++ < 20) {                                                     \
            printf("%s:%d: ", __FILE__, __LINE__);                                                 \
            printf(__VA_ARGS__);                                                                   \
            printf("\n");                                                                          \
        }                                                                                          \
    } while (0)

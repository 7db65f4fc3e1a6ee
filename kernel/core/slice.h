/*
 * Slices: the Beatty (golden ratio) sequence over the weights of envs.
 *
 * Slot n of the processor goes to the holder whose interval holds frac(n * phi), computed as
 * x += 2^64 / phi modulo 2^64 and scaled to the sum of the weights. By the three-gap theorem a
 * holder of one interval sees at most three different gaps between its slots while weights stay
 * (V. T. Sos 1958; test_slices.py). Positions in 0 .. SLICE_SPACE say what a slice capability
 * covers; free space between holders costs nothing, since scaling leaves it out.
 *
 * Pure: no other part of the kernel is needed, so the host tests it as it is.
 */
#pragma once

#include <stdint.h>

#define SLICE_SPACE (1u << 20)
#define SLICE_HOLDERS 512u
#define SLICE_STEP 0x9E3779B97F4A7C15ull /* 2^64 / phi, odd */

struct slice {
    uint32_t start; /* in SLICE_SPACE */
    uint32_t weight;
    uint32_t before; /* sum of the weights in front */
    uint32_t zero;
    void *holder;
};

struct slices {
    uint64_t x;
    uint32_t count;
    uint32_t total;                    /* of the weights */
    struct slice table[SLICE_HOLDERS]; /* sorted by start, no overlaps */
};

/* Gives `holder` the first free room of `weight` within start .. start + extent, instead of what
 * it had. False, and nothing changed, where there is none. */
int slices_bind(struct slices *slices, uint32_t start, uint32_t extent, uint32_t weight,
                void *holder);

/* Takes the holder's interval away, where it has one. */
void slices_unbind(struct slices *slices, const void *holder);

/* Holder of the next point; null where nobody has weight. */
void *slices_next(struct slices *slices);

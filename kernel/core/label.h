/*
 * Labels: eight levels of 8 bits in one word, the product lattice of eight dimensions.
 */
#pragma once

#include <stdbool.h>
#include <exo/types.h>

/* Every lane of `a` is at least the lane of `b`: information may flow from b to a. Subtracts all
 * lanes at once with a guard bit above each: bit 7 of a lane is kept apart. */
static inline bool label_dominates(label_t a, label_t b)
{
    const uint64_t top = 0x8080808080808080ull;
    uint64_t borrow = ((a | top) - (b & ~top)) ^ top; /* bit 7 set: low 7 bits of a are less */

    return (((~a & b) | (~(a ^ b) & borrow)) & top) == 0;
}

/*
 * Memory in steps of 8 and 16 bytes, at any alignment, and the search for a byte in a word.
 *
 * A search that works on aligned words may read behind the end of an object, never across a page;
 * such functions are marked OVERREAD, so that AddressSanitizer leaves them alone.
 */
#pragma once

#include <stdint.h>

#define OVERREAD __attribute__((__no_sanitize__("address")))

typedef uint64_t word_t __attribute__((__may_alias__));
typedef uint64_t word_any_t __attribute__((__may_alias__, __aligned__(1)));
typedef uint32_t half_any_t __attribute__((__may_alias__, __aligned__(1)));
typedef uint64_t vector_t __attribute__((__vector_size__(16), __may_alias__, __aligned__(1)));

#define WORD_ONES 0x0101010101010101ULL
#define WORD_TOPS 0x8080808080808080ULL

static inline word_t word_load(const void *from)
{
    return *(const word_any_t *)from;
}

static inline void word_store(void *to, word_t value)
{
    *(word_any_t *)to = value;
}

static inline vector_t vector_load(const void *from)
{
    return *(const vector_t *)from;
}

static inline void vector_store(void *to, vector_t value)
{
    *(vector_t *)to = value;
}

/* Bit 7 of the lowest zero byte of word is set, and no bit below it; 0 if no byte is zero. */
static inline word_t word_zero(word_t word)
{
    return (word - WORD_ONES) & ~word & WORD_TOPS;
}

/* A set of places in the code, in the order they were added; membership in constant time. */
#pragma once

#include <stdlib.h>
#include "regex_impl.h"

struct places {
    int count;
    uint32_t *list;
    uint32_t *index; /* of a place in list, valid if list says so too; needs no clearing */
};

static inline int places_add(struct places *places, uint32_t place)
{
    uint32_t index = places->index[place];
    if (index < (uint32_t)places->count && places->list[index] == place)
        return 0;
    places->index[place] = (uint32_t)places->count;
    places->list[places->count++] = place;
    return 1;
}

/* Carves a set out of memory of 2 * size words; returns the memory behind it. */
static inline uint32_t *places_init(struct places *places, uint32_t *memory, size_t size)
{
    places->count = 0;
    places->list = memory;
    places->index = memory + size;
    return memory + 2 * size;
}

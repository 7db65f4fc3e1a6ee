/*
 * The Beatty sequence, see slice.h.
 */
#include "core/slice.h"

#include <stddef.h>

static void sum_up(struct slices *slices)
{
    uint32_t sum = 0;

    for (uint32_t i = 0; i < slices->count; i++) {
        slices->table[i].before = sum;
        sum += slices->table[i].weight;
    }
    slices->total = sum;
}

static void insert_at(struct slices *slices, uint32_t index, struct slice slice)
{
    for (uint32_t i = slices->count++; i > index; i--)
        slices->table[i] = slices->table[i - 1];
    slices->table[index] = slice;
    sum_up(slices);
}

static void remove_at(struct slices *slices, uint32_t index)
{
    slices->count--;
    for (uint32_t i = index; i < slices->count; i++)
        slices->table[i] = slices->table[i + 1];
    sum_up(slices);
}

static uint32_t find(const struct slices *slices, const void *holder)
{
    uint32_t i = 0;

    while (i < slices->count && slices->table[i].holder != holder)
        i++;
    return i;
}

/* Index before which a free room of `weight` within start .. end lies, and its start in `*at`;
 * SLICE_HOLDERS where there is none. Holder `skip` counts as not there. */
static uint32_t find_room(const struct slices *slices, uint32_t start, uint32_t end,
                          uint32_t weight, uint32_t skip, uint32_t *at)
{
    uint32_t free = start;

    for (uint32_t i = 0; i < slices->count; i++) {
        const struct slice *slice = &slices->table[i];

        if (i == skip || slice->start + slice->weight <= free)
            continue;
        if (slice->start >= end || (slice->start > free && slice->start - free >= weight)) {
            *at = free;
            return end > free && end - free >= weight ? i : SLICE_HOLDERS;
        }
        free = slice->start + slice->weight;
    }
    *at = free;
    return end > free && end - free >= weight ? slices->count : SLICE_HOLDERS;
}

int slices_bind(struct slices *slices, uint32_t start, uint32_t extent, uint32_t weight,
                void *holder)
{
    uint32_t old = find(slices, holder);
    uint32_t at = 0;
    uint32_t index = find_room(slices, start, start + extent, weight, old, &at);

    if (weight == 0 || index == SLICE_HOLDERS ||
        (old == slices->count && slices->count == SLICE_HOLDERS))
        return 0;
    if (old < slices->count) {
        remove_at(slices, old);
        index -= index > old;
    }
    insert_at(slices, index, (struct slice){.start = at, .weight = weight, .holder = holder});
    return 1;
}

void slices_unbind(struct slices *slices, const void *holder)
{
    uint32_t index = find(slices, holder);

    if (index < slices->count)
        remove_at(slices, index);
}

void *slices_next(struct slices *slices)
{
    uint32_t low = 0, high = slices->count;
    uint64_t point;

    slices->x += SLICE_STEP;
    if (high == 0)
        return NULL;
    point = (slices->x >> 32) * slices->total >> 32;
    while (high - low > 1) {
        uint32_t middle = (low + high) / 2;

        if (slices->table[middle].before <= point)
            low = middle;
        else
            high = middle;
    }
    return slices->table[low].holder;
}

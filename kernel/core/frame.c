/*
 * Physical frames, see frame.h.
 */
#include "core/frame.h"

#include <arch/mmu.h>

uint32_t *frame_table;
uint64_t frame_limit;

static void frame_zero(uint64_t frame)
{
    uint64_t *words = frame_address(frame);

    for (unsigned i = 0; i < PAGE_SIZE / sizeof(*words); i += 8) {
        words[i] = words[i + 1] = words[i + 2] = words[i + 3] = 0;
        words[i + 4] = words[i + 5] = words[i + 6] = words[i + 7] = 0;
    }
}

void frame_init(uint32_t *table, uint64_t limit)
{
    frame_table = table;
    frame_limit = limit;
    for (uint64_t i = 0; i < limit; i++)
        table[i] = FRAME_RESERVED;
}

void frame_set_state(uint64_t frame, enum frame_state state)
{
    frame_table[frame] = (frame_table[frame] & ~FRAME_STATE_MASK) | state;
}

void frame_set_range(uint64_t frame, uint64_t count, enum frame_state state)
{
    for (uint64_t i = 0; i < count; i++)
        frame_set_state(frame + i, state);
}

void *frame_donate(uint64_t frame, enum frame_state state)
{
    frame_set_state(frame, state);
    frame_zero(frame);
    return frame_address(frame);
}

void frame_release(uint64_t frame)
{
    frame_zero(frame);
    frame_set_state(frame, FRAME_PLAIN);
}

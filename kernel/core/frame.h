/*
 * Physical frames: one 32-bit word for each, no owner. What a frame may become is decided by its
 * word alone; who may decide is decided by capabilities, which cover ranges of frames.
 *
 *   31            8  7          6..0
 *   mappings         revoking   state (enum frame_state)
 *
 * Rule: a frame becomes a kernel object only from a word of 0 (plain, mapped nowhere); it becomes
 * plain again zeroed. Plain frames that change hands are the library OS's to clear.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <exo/types.h>

#define FRAME_REVOKING 0x80u
#define FRAME_STATE_MASK 0x7Fu
#define FRAME_MAPPING 0x100u

extern uint32_t *frame_table;
extern uint64_t frame_limit; /* frames below this number have a word */

void frame_init(uint32_t *table, uint64_t limit);

static inline bool frame_known(uint64_t frame)
{
    return frame < frame_limit;
}

static inline enum frame_state frame_state(uint64_t frame)
{
    return frame_known(frame) ? (enum frame_state)(frame_table[frame] & FRAME_STATE_MASK)
                              : FRAME_RESERVED;
}

static inline uint32_t frame_mappings(uint64_t frame)
{
    return frame_known(frame) ? frame_table[frame] / FRAME_MAPPING : 0;
}

/* A device has no word behind the end of RAM; its mappings are not counted there. */
static inline void frame_count_up(uint64_t frame)
{
    if (frame_known(frame))
        frame_table[frame] += FRAME_MAPPING;
}

static inline void frame_count_down(uint64_t frame)
{
    if (frame_known(frame))
        frame_table[frame] -= FRAME_MAPPING;
}

/* Whether one more mapping can be counted. */
static inline bool frame_countable(uint64_t frame)
{
    return !frame_known(frame) || frame_table[frame] < UINT32_MAX - FRAME_MAPPING;
}

static inline bool frame_revoking(uint64_t frame)
{
    return frame_known(frame) && (frame_table[frame] & FRAME_REVOKING);
}

static inline bool frame_donatable(uint64_t frame)
{
    return frame_known(frame) && frame_table[frame] == FRAME_PLAIN;
}

void frame_set_state(uint64_t frame, enum frame_state state);

/* `count` frames from `frame` take `state` (and stay as they are otherwise). */
void frame_set_range(uint64_t frame, uint64_t count, enum frame_state state);

/* A plain, unmapped frame becomes an object: zeroed. */
void *frame_donate(uint64_t frame, enum frame_state state);

/* The object is gone: zeroed, plain. */
void frame_release(uint64_t frame);

/*
 * Pipes and FIFOs: a ring of bytes in a few pages, taken when first written.
 * Results are bytes, or -errno; -EAGAIN where the caller would have to wait.
 */
#pragma once

#include "page.h"

#include <stddef.h>

#define PIPE_PAGES 4u
#define PIPE_SIZE (PIPE_PAGES * PAGE)
#define PIPE_ATOMIC 4096u /* PIPE_BUF */

struct pipe {
    uint32_t readers;
    uint32_t writers;
    uint32_t head; /* read so far; modulo PIPE_SIZE */
    uint32_t tail; /* written so far */
    uint32_t pages[PIPE_PAGES];
};

struct pipe *pipe_new(void);
void pipe_free(struct pipe *pipe);

/* 0 at the end: empty and no writer is left. */
int64_t pipe_read(struct pipe *pipe, void *buffer, size_t size);

/* Up to PIPE_ATOMIC bytes go in whole or not at all. -EPIPE where no reader is left. */
int64_t pipe_write(struct pipe *pipe, const void *buffer, size_t size);

static inline uint32_t pipe_used(const struct pipe *pipe)
{
    return pipe->tail - pipe->head;
}

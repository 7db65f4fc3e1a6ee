/* Pipes and FIFOs. See pipe.h. */
#include "pipe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct pipe *pipe_new(void)
{
    return calloc(1, sizeof(struct pipe));
}

void pipe_free(struct pipe *pipe)
{
    for (uint32_t i = 0; i < PIPE_PAGES; i++)
        if (pipe->pages[i])
            page_drop(pipe->pages[i]);
    free(pipe);
}

/* The bytes at ring position `at`, and how many follow in one piece. */
static char *span(struct pipe *pipe, uint32_t at, size_t *length)
{
    uint32_t index = at / PAGE % PIPE_PAGES;
    if (!pipe->pages[index])
        pipe->pages[index] = page_take_reserved();
    if (!pipe->pages[index])
        return NULL;
    *length = PAGE - at % PAGE;
    return (char *)page_at(pipe->pages[index]) + at % PAGE;
}

int64_t pipe_read(struct pipe *pipe, void *buffer, size_t size)
{
    size_t used = pipe_used(pipe);
    if (used == 0)
        return pipe->writers > 0 ? -EAGAIN : 0;
    if (size > used)
        size = used;
    char *to = buffer;
    for (size_t left = size; left > 0;) {
        size_t step;
        const char *from = span(pipe, pipe->head, &step);
        if (step > left)
            step = left;
        memcpy(to, from, step);
        to += step;
        pipe->head += (uint32_t)step;
        left -= step;
    }
    if (pipe->head == pipe->tail)
        pipe->head = pipe->tail = 0; /* so that small messages stay in one page */
    return (int64_t)size;
}

int64_t pipe_write(struct pipe *pipe, const void *buffer, size_t size)
{
    if (pipe->readers == 0)
        return -EPIPE;
    size_t room = PIPE_SIZE - pipe_used(pipe);
    if (room == 0 || (size <= PIPE_ATOMIC && size > room))
        return -EAGAIN;
    if (size > room)
        size = room;
    const char *from = buffer;
    size_t done = 0;
    while (done < size) {
        size_t step;
        char *to = span(pipe, pipe->tail, &step);
        if (!to)
            break;
        if (step > size - done)
            step = size - done;
        memcpy(to, from + done, step);
        pipe->tail += (uint32_t)step;
        done += step;
    }
    return done == 0 && size > 0 ? -ENOSPC : (int64_t)done;
}

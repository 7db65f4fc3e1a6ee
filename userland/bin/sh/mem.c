/*
 * Memory of the shell.
 *
 * Two lifetimes cover nearly everything. A syntax tree lives in an arena that is freed when its
 * last user lets go. Whatever expansion produces lives on one scratch stack: whoever runs a
 * command takes a mark and goes back to it. A function that goes back to a mark must not have
 * grown a buffer that was started before that mark.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "mem.h"

#define CHUNK_SIZE 4000 /* with malloc's own header below one page */
#define ALIGNMENT _Alignof(max_align_t)

struct chunk {
    struct chunk *below;
    size_t used;
    size_t size;
    _Alignas(max_align_t) char bytes[];
};

static struct arena scratch;

void *xmalloc(size_t size)
{
    return xrealloc(NULL, size);
}

void *xrealloc(void *old, size_t size)
{
    void *new = realloc(old, size ? size : 1);

    if (!new)
        sh_fatal(2, "out of memory");
    return new;
}

char *xstrdup(const char *s)
{
    size_t size = strlen(s) + 1;

    return memcpy(xmalloc(size), s, size);
}

static void push_chunk(struct arena *arena, size_t need)
{
    size_t size = need > CHUNK_SIZE ? need : CHUNK_SIZE;
    struct chunk *chunk = xmalloc(sizeof *chunk + size);

    chunk->below = arena->top;
    chunk->used = 0;
    chunk->size = size;
    arena->top = chunk;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    struct chunk *chunk;

    size = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
    if (!arena->top || arena->top->size - arena->top->used < size)
        push_chunk(arena, size);
    chunk = arena->top;
    chunk->used += size;
    return memset(chunk->bytes + chunk->used - size, 0, size);
}

char *arena_strndup(struct arena *arena, const char *s, size_t len)
{
    return memcpy(arena_alloc(arena, len + 1), s, len);
}

struct arena *arena_new(void)
{
    struct arena *arena = xmalloc(sizeof *arena);

    *arena = (struct arena){.refs = 1};
    return arena;
}

void arena_hold(struct arena *arena)
{
    arena->refs++;
}

static void pop_chunk(struct arena *arena)
{
    struct chunk *chunk = arena->top;

    arena->top = chunk->below;
    free(chunk);
}

void arena_drop(struct arena *arena)
{
    if (--arena->refs > 0)
        return;
    while (arena->top)
        pop_chunk(arena);
    free(arena);
}

struct mark scratch_mark(void)
{
    if (!scratch.top)
        push_chunk(&scratch, CHUNK_SIZE);
    return (struct mark){scratch.top, scratch.top->used};
}

void scratch_release(struct mark mark)
{
    while (scratch.top != mark.chunk)
        pop_chunk(&scratch);
    scratch.top->used = mark.used;
}

void *scratch_alloc(size_t size)
{
    return arena_alloc(&scratch, size);
}

char *scratch_strndup(const char *s, size_t len)
{
    return arena_strndup(&scratch, s, len);
}

char *scratch_strdup(const char *s)
{
    return scratch_strndup(s, strlen(s));
}

static void buf_reserve(struct buf *buf, size_t more)
{
    size_t need = buf->len + more + 1;
    size_t cap = buf->cap ? buf->cap : 32;
    char *data;

    if (need <= buf->cap)
        return;
    while (cap < need)
        cap *= 2;
    data = scratch_alloc(cap);
    if (buf->len)
        memcpy(data, buf->data, buf->len);
    buf->data = data;
    buf->cap = cap;
}

void buf_char(struct buf *buf, char c)
{
    buf_bytes(buf, &c, 1);
}

void buf_bytes(struct buf *buf, const char *bytes, size_t len)
{
    buf_reserve(buf, len);
    memcpy(buf->data + buf->len, bytes, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}

void buf_text(struct buf *buf, const char *s)
{
    buf_bytes(buf, s, strlen(s));
}

void buf_format(struct buf *buf, const char *format, ...)
{
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0)
        return;
    buf_reserve(buf, (size_t)len);
    va_start(args, format);
    vsnprintf(buf->data + buf->len, (size_t)len + 1, format, args);
    va_end(args);
    buf->len += (size_t)len;
}

const char *buf_string(const struct buf *buf)
{
    return buf->data ? buf->data : "";
}

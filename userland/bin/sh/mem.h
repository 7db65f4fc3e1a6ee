/*
 * Memory: arenas (syntax trees), the scratch stack (all that lives as long as one command),
 * growing buffers, and malloc that does not return null.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct chunk;

/* A syntax tree's memory. Counted: a function definition keeps the tree that it stands in. */
struct arena {
    struct chunk *top;
    unsigned refs;
};

/* A place on the scratch stack to go back to. */
struct mark {
    struct chunk *chunk;
    size_t used;
};

/* A string that grows on the scratch stack; data is always terminated. */
struct buf {
    char *data;
    size_t len;
    size_t cap;
};

void *xmalloc(size_t size);
void *xrealloc(void *old, size_t size);
char *xstrdup(const char *s);

struct arena *arena_new(void);
void arena_hold(struct arena *arena);
void arena_drop(struct arena *arena);
void *arena_alloc(struct arena *arena, size_t size);
char *arena_strndup(struct arena *arena, const char *s, size_t len);

struct mark scratch_mark(void);
void scratch_release(struct mark mark);
void *scratch_alloc(size_t size);
char *scratch_strndup(const char *s, size_t len);
char *scratch_strdup(const char *s);

void buf_char(struct buf *buf, char c);
void buf_bytes(struct buf *buf, const char *bytes, size_t len);
void buf_text(struct buf *buf, const char *s);
void buf_format(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *buf_string(const struct buf *buf);

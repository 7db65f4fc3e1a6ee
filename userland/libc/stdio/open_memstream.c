/* open_memstream: a stream that writes into memory which grows; text and size are set by fflush. */
#include "stream.h"
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct memory {
    char **text;
    size_t *size;
    size_t position;
    size_t used;
    size_t room;
};

static int reserve(struct memory *memory, size_t need)
{
    if (need < memory->room)
        return 0;
    size_t want = memory->room * 2 > need ? memory->room * 2 : need + 1;
    char *more = realloc(*memory->text, want);
    if (more == NULL)
        return -1;
    memset(more + memory->room, 0, want - memory->room);
    *memory->text = more;
    memory->room = want;
    return 0;
}

static ssize_t memory_write(FILE *stream, const void *data, size_t size)
{
    struct memory *memory = stream->cookie;
    if (reserve(memory, memory->position + size) < 0)
        return -1;
    memcpy(*memory->text + memory->position, data, size);
    memory->position += size;
    if (memory->used < memory->position) {
        memory->used = memory->position;
        (*memory->text)[memory->used] = '\0';
    }
    *memory->size = memory->position;
    return (ssize_t)size;
}

static off_t memory_seek(FILE *stream, off_t offset, int origin)
{
    struct memory *memory = stream->cookie;
    off_t base = origin == SEEK_CUR ? (off_t)memory->position : (off_t)memory->used;
    if (origin == SEEK_SET)
        base = 0;
    if (__builtin_add_overflow(base, offset, &base) || base < 0) {
        errno = EINVAL;
        return -1;
    }
    memory->position = (size_t)base;
    *memory->size = memory->position < memory->used ? memory->position : memory->used;
    return base;
}

static int memory_close(FILE *stream)
{
    free(stream->cookie);
    return 0;
}

FILE *open_memstream(char **text, size_t *size)
{
    struct memory *memory = calloc(1, sizeof *memory);
    FILE *stream = __stream_new(-1, STREAM_WRITE);
    if (memory == NULL || stream == NULL || (*text = calloc(1, 64)) == NULL) {
        free(memory);
        free(stream);
        return NULL;
    }
    *memory = (struct memory){.text = text, .size = size, .room = 64};
    *size = 0;
    stream->cookie = memory;
    stream->write = memory_write;
    stream->seek = memory_seek;
    stream->close = memory_close;
    return stream;
}

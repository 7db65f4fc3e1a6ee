/* fwrite: into the buffer; what does not fit there is written from the caller's memory. */
#include "stream.h"
#include <string.h>

static size_t write_direct(FILE *stream, const unsigned char *from, size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t now = stream->write(stream, from + done, size - done);
        if (now < 0) {
            stream->flags |= STREAM_ERROR;
            break;
        }
        done += (size_t)now;
    }
    return done;
}

static size_t write_bytes(FILE *stream, const unsigned char *from, size_t size)
{
    size_t room = (size_t)(stream->base + stream->size - stream->write_at);
    if (size > room || (stream->flags & STREAM_NONE)) {
        if (__stream_drain(stream) < 0)
            return 0;
        if (size >= stream->size)
            return write_direct(stream, from, size);
    }
    memcpy(stream->write_at, from, size);
    stream->write_at += size;
    return size;
}

/* Up to and with the last newline goes out, the rest stays. */
static size_t write_lines(FILE *stream, const unsigned char *from, size_t size)
{
    size_t lines = size;
    while (lines > 0 && from[lines - 1] != '\n')
        lines--;
    size_t done = write_bytes(stream, from, lines);
    if (done < lines || (lines > 0 && __stream_drain(stream) < 0))
        return done;
    return done + write_bytes(stream, from + lines, size - lines);
}

size_t fwrite(const void *restrict data, size_t size, size_t count, FILE *restrict stream)
{
    size_t bytes, done;
    if (size == 0 || count == 0 || __stream_to_write(stream) < 0)
        return 0;
    if (__builtin_mul_overflow(size, count, &bytes))
        bytes = (size_t)-1 / size * size;
    if (stream->flags & STREAM_LINE)
        done = write_lines(stream, data, bytes);
    else
        done = write_bytes(stream, data, bytes);
    return done == bytes ? count : done / size;
}

/* fread: what is buffered, then straight into the caller's memory while that has room. */
#include "stream.h"
#include <string.h>

static size_t take(FILE *stream, unsigned char *to, size_t size)
{
    size_t have = (size_t)(stream->read_end - stream->read_at);
    if (have > size)
        have = size;
    memcpy(to, stream->read_at, have);
    stream->read_at += have;
    return have;
}

static size_t read_bytes(FILE *stream, unsigned char *to, size_t size)
{
    size_t done = take(stream, to, size);
    while (size - done >= stream->size && done < size && !(stream->flags & STREAM_EOF)) {
        ssize_t got = stream->read(stream, to + done, size - done);
        if (got <= 0) {
            stream->flags |= got < 0 ? STREAM_ERROR : STREAM_EOF;
            return done;
        }
        done += (size_t)got;
    }
    while (done < size) {
        int c = __stream_underflow(stream);
        if (c == EOF)
            break;
        to[done++] = (unsigned char)c;
        done += take(stream, to + done, size - done);
    }
    return done;
}

size_t fread(void *restrict data, size_t size, size_t count, FILE *restrict stream)
{
    size_t bytes;
    if (size == 0 || count == 0 || __stream_to_read(stream) < 0)
        return 0;
    if (__builtin_mul_overflow(size, count, &bytes))
        bytes = (size_t)-1 / size * size;
    size_t done = read_bytes(stream, data, bytes);
    return done == bytes ? count : done / size;
}

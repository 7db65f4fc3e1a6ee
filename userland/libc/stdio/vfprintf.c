/* vfprintf; an unbuffered stream gets the text in blocks all the same. */
#include "stream.h"
#include "format.h"
#include <string.h>

struct stream_sink {
    struct sink sink;
    FILE *stream;
    int failed;
    size_t used;
    char block[256];
};

static void flush(struct stream_sink *out)
{
    if (fwrite(out->block, 1, out->used, out->stream) != out->used)
        out->failed = 1;
    out->used = 0;
}

static void put(struct sink *sink, const char *text, size_t size)
{
    struct stream_sink *out = (struct stream_sink *)sink;
    if (!(out->stream->flags & STREAM_NONE)) {
        if (fwrite(text, 1, size, out->stream) != size)
            out->failed = 1;
        return;
    }
    while (size > 0) {
        size_t room = sizeof out->block - out->used, now = size < room ? size : room;
        memcpy(out->block + out->used, text, now);
        out->used += now;
        text += now;
        size -= now;
        if (out->used == sizeof out->block)
            flush(out);
    }
}

int vfprintf(FILE *restrict stream, const char *restrict format, va_list arguments)
{
    struct stream_sink out;
    out.sink = (struct sink){.put = put};
    out.stream = stream;
    out.failed = 0;
    out.used = 0;
    if (__stream_to_write(stream) < 0)
        return -1;
    int result = __format(&out.sink, format, arguments);
    flush(&out);
    return out.failed ? -1 : result;
}

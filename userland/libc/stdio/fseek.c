/* fseek, ftell and their kin */
#include "stream.h"
#include <errno.h>
#include <limits.h>

int fseeko(FILE *stream, off_t offset, int origin)
{
    if (origin == SEEK_CUR && stream->read_at != stream->read_end)
        offset -= stream->read_end - stream->read_at;
    if (stream->write_at != NULL && __stream_drain(stream) < 0)
        return -1;
    if (stream->seek(stream, offset, origin) < 0)
        return -1;
    stream->read_at = stream->read_end = stream->write_at = stream->write_end = NULL;
    stream->flags &= ~STREAM_EOF;
    return 0;
}

int fseek(FILE *stream, long offset, int origin)
{
    return fseeko(stream, offset, origin);
}

off_t ftello(FILE *stream)
{
    if (stream->write_at != NULL && (stream->flags & STREAM_APPEND) && __stream_drain(stream) < 0)
        return -1;
    off_t position = stream->seek(stream, 0, SEEK_CUR);
    if (position < 0)
        return -1;
    if (stream->write_at != NULL)
        return position + (stream->write_at - stream->base);
    return position - (stream->read_end - stream->read_at);
}

long ftell(FILE *stream)
{
    return ftello(stream);
}

void rewind(FILE *stream)
{
    fseeko(stream, 0, SEEK_SET);
    clearerr(stream);
}

int fgetpos(FILE *restrict stream, fpos_t *restrict position)
{
    *position = ftello(stream);
    return *position < 0 ? -1 : 0;
}

int fsetpos(FILE *stream, const fpos_t *position)
{
    return fseeko(stream, *position, SEEK_SET);
}

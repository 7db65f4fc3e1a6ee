/* setvbuf, setbuf: heeded only before the first read or write, as ISO C wants them called. */
#include "stream.h"

int setvbuf(FILE *restrict stream, char *restrict buffer, int mode, size_t size)
{
    if (mode != _IOFBF && mode != _IOLBF && mode != _IONBF)
        return -1;
    if (stream->base != NULL)
        return mode == _IONBF ? -1 : 0;
    stream->flags &= ~(STREAM_LINE | STREAM_NONE);
    stream->flags |= STREAM_DECIDED;
    if (mode == _IOLBF)
        stream->flags |= STREAM_LINE;
    if (mode == _IONBF)
        stream->flags |= STREAM_NONE;
    else if (buffer != NULL && size > 2 * UNGET) {
        stream->base = (unsigned char *)buffer + UNGET;
        stream->size = size - UNGET;
    }
    return 0;
}

void setbuf(FILE *restrict stream, char *restrict buffer)
{
    setvbuf(stream, buffer, buffer != NULL ? _IOFBF : _IONBF, BUFSIZ);
}

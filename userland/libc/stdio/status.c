/* clearerr, feof, ferror, fileno */
#include "stream.h"
#include <errno.h>

void clearerr(FILE *stream)
{
    stream->flags &= ~(STREAM_EOF | STREAM_ERROR);
}

int feof(FILE *stream)
{
    return (stream->flags & STREAM_EOF) != 0;
}

int ferror(FILE *stream)
{
    return (stream->flags & STREAM_ERROR) != 0;
}

int fileno(FILE *stream)
{
    if (stream->fd < 0)
        errno = EBADF;
    return stream->fd;
}

/* The states of a stream and the slow paths of getc and putc. */
#include "stream.h"
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static FILE *streams; /* all that were read or written */

ssize_t __stream_fd_read(FILE *stream, void *data, size_t size)
{
    return read(stream->fd, data, size);
}

ssize_t __stream_fd_write(FILE *stream, const void *data, size_t size)
{
    return write(stream->fd, data, size);
}

off_t __stream_fd_seek(FILE *stream, off_t offset, int origin)
{
    return lseek(stream->fd, offset, origin);
}

int __stream_fd_close(FILE *stream)
{
    return close(stream->fd);
}

static void use_little(FILE *stream)
{
    stream->base = stream->little + UNGET;
    stream->size = 1;
    stream->flags |= STREAM_NONE;
}

static void prepare(FILE *stream)
{
    if (!(stream->flags & STREAM_LISTED)) {
        stream->flags |= STREAM_LISTED;
        stream->last = NULL;
        stream->next = streams;
        if (streams != NULL)
            streams->last = stream;
        streams = stream;
    }
    if (stream->base != NULL)
        return;
    if (stream->flags & STREAM_NONE) {
        use_little(stream);
        return;
    }
    if (!(stream->flags & STREAM_DECIDED) && stream->fd >= 0) {
        int saved = errno;
        if (isatty(stream->fd))
            stream->flags |= STREAM_LINE;
        errno = saved;
    }
    unsigned char *memory = malloc(UNGET + BUFSIZ);
    if (memory == NULL) {
        use_little(stream);
        return;
    }
    stream->base = memory + UNGET;
    stream->size = BUFSIZ;
    stream->flags |= STREAM_OWN;
}

static int refuse(FILE *stream)
{
    errno = EBADF;
    stream->flags |= STREAM_ERROR;
    return EOF;
}

int __stream_to_read(FILE *stream)
{
    if (stream->read_end != NULL)
        return 0;
    if (!(stream->flags & STREAM_READ))
        return refuse(stream);
    if (__stream_rest(stream) < 0)
        return EOF;
    prepare(stream);
    stream->read_at = stream->read_end = stream->base;
    return 0;
}

int __stream_to_write(FILE *stream)
{
    if (stream->write_at != NULL)
        return 0;
    if (!(stream->flags & STREAM_WRITE))
        return refuse(stream);
    if (__stream_rest(stream) < 0)
        return EOF;
    prepare(stream);
    stream->write_at = stream->write_end = stream->base;
    if (!(stream->flags & (STREAM_LINE | STREAM_NONE)))
        stream->write_end = stream->base + stream->size;
    return 0;
}

int __stream_drain(FILE *stream)
{
    const unsigned char *from = stream->base;
    while (from < stream->write_at) {
        ssize_t done = stream->write(stream, from, (size_t)(stream->write_at - from));
        if (done < 0) {
            stream->flags |= STREAM_ERROR;
            stream->write_at = stream->base; /* what cannot be written is lost */
            return EOF;
        }
        from += done;
    }
    stream->write_at = stream->base;
    return 0;
}

int __stream_rest(FILE *stream)
{
    int result = 0;
    if (stream->write_at != NULL)
        result = __stream_drain(stream);
    else if (stream->read_at != stream->read_end) {
        int saved = errno; /* what does not seek keeps no position */
        stream->seek(stream, stream->read_at - stream->read_end, SEEK_CUR);
        errno = saved;
    }
    stream->read_at = stream->read_end = stream->write_at = stream->write_end = NULL;
    return result;
}

/* A program that asks at a terminal wants its question seen before the answer is awaited. */
static void flush_terminals(void)
{
    for (FILE *other = streams; other != NULL; other = other->next)
        if (other->write_at != NULL && (other->flags & STREAM_LINE))
            __stream_drain(other);
}

int __stream_underflow(FILE *stream)
{
    if (__stream_to_read(stream) < 0)
        return EOF;
    if (stream->read_at < stream->read_end)
        return *stream->read_at++;
    if (stream->flags & STREAM_EOF) /* it stays: a terminal would be asked again */
        return EOF;
    if (stream->flags & (STREAM_LINE | STREAM_NONE))
        flush_terminals();
    ssize_t got = stream->read(stream, stream->base, stream->size);
    stream->read_at = stream->read_end = stream->base;
    if (got <= 0) {
        stream->flags |= got < 0 ? STREAM_ERROR : STREAM_EOF;
        return EOF;
    }
    stream->read_end += got;
    return *stream->read_at++;
}

int __stream_overflow(FILE *stream, int c)
{
    if (__stream_to_write(stream) < 0)
        return EOF;
    if (stream->write_at == stream->base + stream->size && __stream_drain(stream) < 0)
        return EOF;
    *stream->write_at++ = (unsigned char)c;
    int now = (stream->flags & STREAM_NONE) || ((stream->flags & STREAM_LINE) && (char)c == '\n');
    if (now && __stream_drain(stream) < 0)
        return EOF;
    return (unsigned char)c;
}

void __stream_exit(void)
{
    for (FILE *stream = streams; stream != NULL; stream = stream->next)
        __stream_rest(stream);
}

void __stream_discard(FILE *stream)
{
    if (stream->flags & STREAM_LISTED) {
        if (stream->next != NULL)
            stream->next->last = stream->last;
        if (stream->last != NULL)
            stream->last->next = stream->next;
        else
            streams = stream->next;
    }
    if (stream->flags & STREAM_OWN)
        free(stream->base - UNGET);
    stream->base = NULL;
    stream->flags &= STREAM_FREE;
    if (stream->flags & STREAM_FREE)
        free(stream);
}

/* Input that cannot be read again is kept. */
static int flush(FILE *stream)
{
    if (stream->write_at != NULL)
        return __stream_drain(stream);
    int saved = errno;
    off_t position = stream->read_end != NULL ? stream->seek(stream, 0, SEEK_CUR) : -1;
    errno = saved;
    return position >= 0 ? __stream_rest(stream) : 0;
}

int fflush(FILE *stream)
{
    int result = 0;
    if (stream != NULL)
        return flush(stream);
    for (stream = streams; stream != NULL; stream = stream->next)
        if (flush(stream) < 0)
            result = EOF;
    return result;
}

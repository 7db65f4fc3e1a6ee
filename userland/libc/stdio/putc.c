/* putc and its kin */
#include "stream.h"

int putc_unlocked(int c, FILE *stream)
{
    if (stream->write_at < stream->write_end)
        return *stream->write_at++ = (unsigned char)c;
    return __stream_overflow(stream, c);
}

int putc(int c, FILE *stream)
{
    return putc_unlocked(c, stream);
}

int fputc(int c, FILE *stream)
{
    return putc_unlocked(c, stream);
}

int putchar_unlocked(int c)
{
    return putc_unlocked(c, stdout);
}

int putchar(int c)
{
    return putc_unlocked(c, stdout);
}

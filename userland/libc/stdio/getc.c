/* getc and its kin, ungetc */
#include "stream.h"

int getc_unlocked(FILE *stream)
{
    if (stream->read_at < stream->read_end)
        return *stream->read_at++;
    return __stream_underflow(stream);
}

int getc(FILE *stream)
{
    return getc_unlocked(stream);
}

int fgetc(FILE *stream)
{
    return getc_unlocked(stream);
}

int getchar_unlocked(void)
{
    return getc_unlocked(stdin);
}

int getchar(void)
{
    return getc_unlocked(stdin);
}

int ungetc(int c, FILE *stream)
{
    if (c == EOF || __stream_to_read(stream) < 0)
        return EOF;
    if (stream->read_at == stream->base - UNGET)
        return EOF;
    stream->read_at--;
    if (*stream->read_at != (unsigned char)c) /* a string that is scanned is not written to */
        *stream->read_at = (unsigned char)c;
    stream->flags &= ~STREAM_EOF;
    return (unsigned char)c;
}

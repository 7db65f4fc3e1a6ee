/* sscanf, vsscanf: a stream that has read the whole string already. */
#include "stream.h"
#include <string.h>

static ssize_t read_nothing(FILE *stream, void *data, size_t size)
{
    (void)stream;
    (void)data;
    (void)size;
    return 0;
}

int vsscanf(const char *restrict text, const char *restrict format, va_list arguments)
{
    FILE stream = {.flags = STREAM_READ | STREAM_LISTED, .fd = -1, .read = read_nothing};
    stream.base = stream.read_at = (unsigned char *)text; /* only read; see ungetc */
    stream.read_end = stream.read_at + strlen(text);
    return vfscanf(&stream, format, arguments);
}

int sscanf(const char *restrict text, const char *restrict format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int result = vsscanf(text, format, arguments);
    va_end(arguments);
    return result;
}

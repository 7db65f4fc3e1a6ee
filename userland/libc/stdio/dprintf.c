/* dprintf, vdprintf: a stream for the length of the call. */
#include "stream.h"

int vdprintf(int fd, const char *restrict format, va_list arguments)
{
    FILE stream = STREAM_OVER(fd, STREAM_WRITE | STREAM_NONE | STREAM_DECIDED);
    int result = vfprintf(&stream, format, arguments);
    __stream_discard(&stream);
    return result;
}

int dprintf(int fd, const char *restrict format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int result = vdprintf(fd, format, arguments);
    va_end(arguments);
    return result;
}

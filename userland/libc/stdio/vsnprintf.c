/* vsnprintf, vsprintf, snprintf, sprintf */
#include "format.h"
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct string_sink {
    struct sink sink;
    char *text;
    size_t room; /* for bytes, the NUL apart */
};

static void put(struct sink *sink, const char *text, size_t size)
{
    struct string_sink *out = (struct string_sink *)sink;
    if (sink->total >= out->room)
        return;
    size_t room = out->room - sink->total;
    memcpy(out->text + sink->total, text, size < room ? size : room);
}

int vsnprintf(char *restrict text, size_t size, const char *restrict format, va_list arguments)
{
    struct string_sink out = {{.put = put}, text, size > 0 ? size - 1 : 0};
    int result = __format(&out.sink, format, arguments);
    if (size > 0)
        text[out.sink.total < out.room ? out.sink.total : out.room] = '\0';
    return result;
}

int vsprintf(char *restrict text, const char *restrict format, va_list arguments)
{
    return vsnprintf(text, (size_t)INT_MAX + 1, format, arguments);
}

int snprintf(char *restrict text, size_t size, const char *restrict format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int result = vsnprintf(text, size, format, arguments);
    va_end(arguments);
    return result;
}

int sprintf(char *restrict text, const char *restrict format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int result = vsprintf(text, format, arguments);
    va_end(arguments);
    return result;
}

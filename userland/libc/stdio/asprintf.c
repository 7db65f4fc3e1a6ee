/* asprintf, vasprintf: formats twice, once to learn the size. */
#include <stdio.h>
#include <stdlib.h>

int vasprintf(char **restrict text, const char *restrict format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    *text = size >= 0 ? malloc((size_t)size + 1) : NULL;
    if (*text == NULL)
        size = -1;
    else
        vsnprintf(*text, (size_t)size + 1, format, again);
    va_end(again);
    return size;
}

int asprintf(char **restrict text, const char *restrict format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int result = vasprintf(text, format, arguments);
    va_end(arguments);
    return result;
}

/* fputs, puts */
#include "stream.h"
#include <string.h>

int fputs(const char *restrict text, FILE *restrict stream)
{
    size_t size = strlen(text);
    return fwrite(text, 1, size, stream) == size ? 1 : EOF;
}

int puts(const char *text)
{
    return fputs(text, stdout) < 0 || putchar('\n') < 0 ? EOF : 1;
}

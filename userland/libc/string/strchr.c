/* strchr, strrchr */
#include <string.h>

char *strchr(const char *text, int c)
{
    for (; *text != (char)c; text++)
        if (*text == '\0')
            return NULL;
    return (char *)text;
}

char *strrchr(const char *text, int c)
{
    for (size_t at = strlen(text) + 1; at-- > 0;)
        if (text[at] == (char)c)
            return (char *)text + at;
    return NULL;
}

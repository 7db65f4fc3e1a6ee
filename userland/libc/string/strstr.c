/* strstr */
#include <string.h>

char *strstr(const char *text, const char *part)
{
    return memmem(text, strlen(text), part, strlen(part));
}

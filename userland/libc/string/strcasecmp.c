/* strcasecmp, strncasecmp */
#include <strings.h>
#include <ctype.h>

int strcasecmp(const char *a, const char *b)
{
    return strncasecmp(a, b, (size_t)-1);
}

int strncasecmp(const char *a, const char *b, size_t count)
{
    const unsigned char *p = (const unsigned char *)a, *q = (const unsigned char *)b;
    if (count == 0)
        return 0;
    for (; --count > 0 && tolower(*p) == tolower(*q) && *p != '\0'; p++, q++)
        continue;
    return tolower(*p) - tolower(*q);
}

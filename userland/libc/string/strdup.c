/* strdup, strndup */
#include <string.h>
#include <stdlib.h>

char *strndup(const char *text, size_t count)
{
    size_t size = strnlen(text, count);
    char *copy = malloc(size + 1);
    if (copy == NULL)
        return NULL;
    memcpy(copy, text, size);
    copy[size] = '\0';
    return copy;
}

char *strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    return copy != NULL ? memcpy(copy, text, size) : NULL;
}

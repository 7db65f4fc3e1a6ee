/* getsubopt: the next "key" or "key=value" of a comma-separated list. */
#include <stdlib.h>
#include <string.h>

int getsubopt(char **option, char *const *keys, char **value)
{
    char *text = *option, *end = text + strcspn(text, ",");
    *option = end;
    if (*end == ',') {
        *end = '\0';
        *option = end + 1;
    }
    *value = NULL;
    for (int i = 0; keys[i] != NULL; i++) {
        size_t size = strlen(keys[i]);
        if (strncmp(text, keys[i], size) != 0 || (text[size] != '\0' && text[size] != '='))
            continue;
        if (text[size] == '=')
            *value = text + size + 1;
        return i;
    }
    *value = text;
    return -1;
}

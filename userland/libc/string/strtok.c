/* strtok, strtok_r */
#include <string.h>

char *strtok_r(char *restrict text, const char *restrict separators, char **restrict state)
{
    if (text == NULL)
        text = *state;
    text += strspn(text, separators);
    char *end = text + strcspn(text, separators);
    *state = end;
    if (end == text)
        return NULL;
    if (*end != '\0') {
        *end = '\0';
        *state = end + 1;
    }
    return text;
}

char *strtok(char *restrict text, const char *restrict separators)
{
    static char *state;
    return strtok_r(text, separators, &state);
}

/* text.c: numbers, escapes and paths in arguments. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "util.h"

bool parse_number(const char *text, uintmax_t max, uintmax_t *value)
{
    uintmax_t number = 0;
    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        unsigned digit = (unsigned)*text - '0';
        if (digit > 9 || number > (max - digit) / 10 || digit > max)
            return false;
        number = number * 10 + digit;
    }
    *value = number;
    return true;
}

int escape(const char **text)
{
    static const char names[] = "\\abfnrtv";
    static const char values[] = "\\\a\b\f\n\r\t\v";
    const char *s = *text;
    const char *known = *s != '\0' ? strchr(names, *s) : NULL;
    if (known != NULL) {
        *text = s + 1;
        return values[known - names];
    }
    int value = 0;
    int digits = 0;
    for (; digits < 3 && *s >= '0' && *s <= '7'; digits++)
        value = value * 8 + (*s++ - '0');
    if (digits == 0)
        return -1;
    *text = s;
    return value & 0xff;
}

size_t escape_all(char *text, bool *stopped)
{
    char *to = text;
    const char *from = text;
    *stopped = false;
    while (*from != '\0') {
        int byte = -1;
        if (from[0] == '\\' && from[1] == 'c') {
            *stopped = true;
            break;
        }
        if (from[0] == '\\' && from[1] == '0') {
            from += 2;
            byte = *from >= '0' && *from <= '7' ? escape(&from) : 0;
        } else if (from[0] == '\\' && (from[1] < '0' || from[1] > '7')) {
            const char *after = from + 1;
            byte = escape(&after);
            from = byte >= 0 ? after : from;
        }
        *to++ = byte >= 0 ? (char)byte : *from++;
    }
    return (size_t)(to - text);
}

char *path_join(const char *directory, const char *name)
{
    size_t length = strlen(directory);
    while (length > 0 && directory[length - 1] == '/')
        length--;
    size_t size = strlen(name) + 1;
    char *path = xmalloc(length + 1 + size);
    memcpy(path, directory, length);
    path[length] = '/';
    memcpy(path + length + 1, name, size);
    return path;
}

char *path_into(const char *directory, const char *path)
{
    char *name = xstrdup(path_last(path));
    name[strcspn(name, "/")] = '\0';
    char *joined = path_join(directory, name);
    free(name);
    return joined;
}

bool is_directory(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

const char *path_last(const char *path)
{
    const char *last = path;
    for (const char *s = path; *s != '\0'; s++)
        if (s[0] == '/' && s[1] != '/' && s[1] != '\0')
            last = s + 1;
    return last;
}

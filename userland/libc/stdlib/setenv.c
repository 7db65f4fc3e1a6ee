/*
 * setenv, unsetenv, putenv. The vector is copied to the heap at the first growth. Strings that
 * setenv made are kept in `made`, so that they are freed when they are replaced, and no others are.
 */
#include <stdlib.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

static char **vector; /* ours, if environ is it */
static char **made;
static size_t made_count;

static void unmake(char *text)
{
    for (size_t i = 0; i < made_count; i++)
        if (made[i] == text) {
            free(text);
            made[i] = made[--made_count];
            return;
        }
}

static int remember(char *text)
{
    char **more = reallocarray(made, made_count + 1, sizeof *made);
    if (more == NULL)
        return -1;
    made = more;
    made[made_count++] = text;
    return 0;
}

static size_t name_size(const char *text)
{
    return strcspn(text, "=");
}

static char **find(const char *name, size_t size)
{
    for (char **entry = environ; entry != NULL && *entry != NULL; entry++)
        if (strncmp(*entry, name, size) == 0 && (*entry)[size] == '=')
            return entry;
    return NULL;
}

/* Puts NAME=VALUE in the place of the entry with its name, or at the end. */
static int place(char *text)
{
    char **entry = find(text, name_size(text));
    if (entry != NULL) {
        char *old = *entry;
        *entry = text;
        if (old != text)
            unmake(old);
        return 0;
    }
    size_t count = 0;
    while (environ != NULL && environ[count] != NULL)
        count++;
    char **more = reallocarray(environ == vector ? vector : NULL, count + 2, sizeof *more);
    if (more == NULL)
        return -1;
    if (environ != vector && count > 0)
        memcpy(more, environ, count * sizeof *more);
    more[count] = text;
    more[count + 1] = NULL;
    environ = vector = more;
    return 0;
}

int setenv(const char *name, const char *value, int overwrite)
{
    size_t size = name_size(name), value_size = strlen(value);
    if (size == 0 || name[size] == '=') {
        errno = EINVAL;
        return -1;
    }
    if (!overwrite && find(name, size) != NULL)
        return 0;
    char *text = malloc(size + value_size + 2);
    if (text == NULL)
        return -1;
    memcpy(text, name, size);
    text[size] = '=';
    memcpy(text + size + 1, value, value_size + 1);
    if (remember(text) < 0) {
        free(text);
        return -1;
    }
    if (place(text) < 0) {
        unmake(text);
        return -1;
    }
    return 0;
}

int putenv(char *text)
{
    if (strchr(text, '=') == NULL)
        return unsetenv(text);
    return place(text);
}

int unsetenv(const char *name)
{
    size_t size = name_size(name);
    if (size == 0 || name[size] == '=') {
        errno = EINVAL;
        return -1;
    }
    for (char **entry; (entry = find(name, size)) != NULL;) {
        char *old = *entry;
        do
            entry[0] = entry[1];
        while (*entry++ != NULL);
        unmake(old);
    }
    return 0;
}

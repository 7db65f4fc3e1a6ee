/* One line of a file of fields with colons between, as /etc/passwd and /etc/group are. */
#include "database.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int __database_next(struct database *base, char **fields, int count)
{
    if (base->file == NULL && (base->file = fopen(base->path, "re")) == NULL)
        return 0;
    for (;;) {
        ssize_t size = getline(&base->line, &base->size, base->file);
        if (size < 0)
            return 0;
        if (base->line[size - 1] == '\n')
            base->line[size - 1] = '\0';
        char *at = base->line;
        int found = 0;
        for (; found < count && at != NULL; found++) {
            fields[found] = at;
            at = strchr(at, ':');
            if (at != NULL)
                *at++ = '\0';
        }
        if (found == count && at == NULL)
            return 1;
    }
}

void __database_rewind(struct database *base)
{
    if (base->file != NULL)
        fclose(base->file);
    base->file = NULL;
}

int __database_id(const char *text, unsigned *id)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    *id = (unsigned)value;
    return *text >= '0' && *text <= '9' && *end == '\0' && value <= 0xffffffffUL;
}

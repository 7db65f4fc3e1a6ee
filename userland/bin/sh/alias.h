/* Aliases: names and the texts that stand for them (XCU 2.3.1). */
#pragma once

#include <stdbool.h>

#include "mem.h"

struct alias {
    struct alias *next;
    struct alias *next_ended; /* input.c's list */
    char *name;
    char *value;
    bool active; /* its text is being read: not to be expanded again */
    bool dead;   /* removed while it was read */
};

struct alias *alias_find(const char *name);
void alias_set(const char *name, const char *value);
bool alias_unset(const char *name);
void alias_unset_all(void);
void alias_print(struct buf *out, const struct alias *alias);
void alias_print_all(struct buf *out);

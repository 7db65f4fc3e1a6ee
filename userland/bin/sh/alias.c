/* Aliases, in one list sorted by name. */
#include <stdlib.h>
#include <string.h>

#include "alias.h"
#include "quote.h"

static struct alias *aliases;

struct alias *alias_find(const char *name)
{
    struct alias *a = aliases;

    while (a && (a->dead || strcmp(a->name, name) != 0))
        a = a->next;
    return a;
}

void alias_set(const char *name, const char *value)
{
    struct alias *a = alias_find(name);
    struct alias **at = &aliases;

    if (!a || a->active) {
        if (a)
            a->dead = true; /* its old text is still being read */
        while (*at && strcmp((*at)->name, name) < 0)
            at = &(*at)->next;
        a = xmalloc(sizeof *a);
        *a = (struct alias){.next = *at, .name = xstrdup(name)};
        *at = a;
    }
    free(a->value);
    a->value = xstrdup(value);
}

static void remove_at(struct alias **at)
{
    struct alias *a = *at;

    *at = a->next;
    free(a->name);
    free(a->value);
    free(a);
}

bool alias_unset(const char *name)
{
    struct alias **at = &aliases;

    while (*at && ((*at)->dead || strcmp((*at)->name, name) != 0))
        at = &(*at)->next;
    if (!*at)
        return false;
    if ((*at)->active)
        (*at)->dead = true;
    else
        remove_at(at);
    return true;
}

void alias_unset_all(void)
{
    struct alias **at = &aliases;

    while (*at) {
        if ((*at)->active) {
            (*at)->dead = true;
            at = &(*at)->next;
        } else {
            remove_at(at);
        }
    }
}

void alias_print(struct buf *out, const struct alias *alias)
{
    buf_text(out, alias->name);
    buf_char(out, '=');
    quote_append(out, alias->value);
    buf_char(out, '\n');
}

void alias_print_all(struct buf *out)
{
    for (const struct alias *a = aliases; a; a = a->next) {
        if (!a->dead)
            alias_print(out, a);
    }
}

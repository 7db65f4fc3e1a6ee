/* The table of functions: a list, the last defined first. */
#include <stdlib.h>
#include <string.h>

#include "func.h"

static struct function *functions;

static struct function **find(const char *name)
{
    struct function **at = &functions;

    while (*at && strcmp((*at)->name, name) != 0)
        at = &(*at)->next;
    return at;
}

struct function *func_find(const char *name)
{
    return *find(name);
}

void func_hold(struct function *f)
{
    f->refs++;
}

void func_drop(struct function *f)
{
    if (--f->refs > 0)
        return;
    arena_drop(f->arena);
    free(f->name);
    free(f);
}

bool func_unset(const char *name)
{
    struct function **at = find(name);
    struct function *f = *at;

    if (!f)
        return false;
    *at = f->next;
    func_drop(f);
    return true;
}

void func_define(struct node *n)
{
    struct function *f = xmalloc(sizeof *f);

    func_unset(n->function.name);
    *f = (struct function){functions, xstrdup(n->function.name), n->function.body,
                           n->function.arena, 1};
    arena_hold(f->arena);
    functions = f;
}

/* Functions (XCU 2.9.5). */
#pragma once

#include <stdbool.h>

#include "ast.h"

struct function {
    struct function *next;
    char *name;
    struct node *body;
    struct arena *arena; /* in which the body stands */
    unsigned refs;       /* the table and running calls */
};

struct function *func_find(const char *name);
void func_define(struct node *n);
bool func_unset(const char *name);

/* Keeps a function alive while it runs, even if it unsets itself. */
void func_hold(struct function *f);
void func_drop(struct function *f);

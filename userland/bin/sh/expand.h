/* Word expansions (XCU 2.6). All results live on the scratch stack. */
#pragma once

#include "ast.h"

/* A growing list of strings. */
struct fields {
    char **items;
    int count;
    int cap;
};

void fields_add(struct fields *fields, char *item);

/* All expansions: each word becomes any number of fields. */
void expand_words(struct word *words, struct fields *out);

/* As expand_words, but a word that looks like an assignment is expanded as one (export, ...). */
void expand_declaration(struct word *words, struct fields *out);

/* Without field splitting and pathname expansion: exactly one string. */
char *expand_string(struct word *word);

/* As expand_string, with the tildes after ":" that an assignment has. */
char *expand_assignment(struct word *word);

/* As expand_string, but a pattern: characters that were quoted have a backslash before them. */
char *expand_pattern(struct word *word);

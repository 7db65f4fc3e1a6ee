/* Commands (XCU 2.9, 2.10). */
#pragma once

#include "ast.h"
#include "input.h"

struct parser;

/*
 * The commands up to the end of the line, or as far as they go on after it. Null for an empty
 * line, and at the end of the input, which sets *eof.
 */
struct node *parse_line(struct input *in, struct arena *arena, bool *eof);

/* The commands that the whole text is; null if there are none. */
struct node *parse_text(struct arena *arena, const char *text, int line, int depth);

/* The commands of $(...), of which "$(" has been read; takes the closing parenthesis. */
struct node *parse_substitution(struct parser *outer);

bool is_reserved(const char *word);

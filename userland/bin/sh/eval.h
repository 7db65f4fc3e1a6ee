/* Running the syntax tree (XCU 2.9). */
#pragma once

#include <stdbool.h>

#include "ast.h"
#include "input.h"

/* Whether the process ends after the command: then the last program needs no fork. */
enum eval_mode { EVAL_AND_GO_ON, EVAL_AND_EXIT };

/* Runs it and sets $?, which it also returns. */
int eval(struct node *n, enum eval_mode mode);

/* Runs all of the input's commands; 0 if there are none. */
int eval_input(struct input *in, enum eval_mode mode);
int eval_text(const char *text, enum eval_mode mode);

/* Runs the body in a subshell and appends its output. */
void eval_substitution(struct node *body, struct buf *output);

/* Runs a program, or says that there is none; the arguments end with a null. */
int eval_program(char **argv, const char *search_path);

/* Back to the state outside of all commands, after an error. */
void eval_reset(void);

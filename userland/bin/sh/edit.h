/* Reading a line from a person: prompt, editing, history. */
#pragma once

#include <stdbool.h>

#include "mem.h"

/*
 * Prompts and reads a line, with its newline. On a terminal it can be edited, in the manner of
 * Emacs, and goes to the history. False at the end of the input. An interrupt goes back to the
 * prompt and does not return.
 */
bool edit_line(int fd, const char *prompt, struct buf *line);

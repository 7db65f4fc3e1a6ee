/* mode.h: file modes as chmod and mkdir -m take them, and as ls prints them. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/* Applies an octal or symbolic mode to `old`; false if the text is no mode. */
bool mode_apply(const char *text, mode_t old, mode_t mask, mode_t *result);
/* Ten characters and a NUL, as in `drwxr-xr-x`. */
void mode_text(mode_t mode, char text[11]);

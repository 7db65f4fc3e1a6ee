/* Text that the shell reads back as the same value. */
#pragma once

#include "mem.h"

/* Appends the value in single quotes. */
void quote_append(struct buf *out, const char *value);

/* Appends it bare where no character of it needs quotes. */
void quote_append_short(struct buf *out, const char *value);

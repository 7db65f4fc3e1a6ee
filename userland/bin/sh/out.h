/* Output of built-in utilities: gathered, then written by one call where it fits. */
#pragma once

#include <stdbool.h>

#include "mem.h"

/* Writes all of it; false (with errno) if it could not. */
bool write_all(int fd, const char *bytes, size_t len);

/* Writes a built-in's output to standard output; the utility's status: 0, or 1 with a message. */
int out_flush(const char *utility, struct buf *out);

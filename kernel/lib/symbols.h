/*
 * Names for code addresses, for epitaphs. The table is a section of the image that the build fills
 * from the linked kernel's own symbol table; empty in a plain link.
 */
#pragma once

#include <stdint.h>

/* The function that holds `pc`, or null where the table does not know. */
const char *symbol_find(uint64_t pc, uint64_t *offset);

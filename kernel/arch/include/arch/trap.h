/*
 * Contract: exceptions and system calls. The entry code saves registers into the current env and
 * calls the functions of core/ that are named here.
 */
#pragma once

#include <machine/frame.h>

/* Exception vectors and their stacks. */
void trap_init(void);

/* All registers, for an epitaph. */
void trap_print(const struct frame *frame);

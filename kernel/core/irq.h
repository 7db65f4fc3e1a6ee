/*
 * Interrupts as notifications: each line is bound to one env and its bits.
 */
#pragma once

#include "core/env.h"

/* The line fired; the architecture has masked it where it must be. */
void irq_deliver(unsigned line);

/* Takes all lines from the env. */
void irq_forget(const struct env *env);

/* Takes the line from whoever has it. */
void irq_unbind(unsigned line);

/* What all of root uses: the end of the machine, with a word on why. */
#pragma once

#include <exo/types.h>

#include <stdint.h>

/* Says on COM1 what could not be done, and ends the machine with status 1. */
_Noreturn void fail(const char *what, status_t status);

/* fail() where the status is an error. */
void check(status_t status, const char *what);

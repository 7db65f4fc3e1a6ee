/* Arithmetic expansion (XCU 2.6.4). */
#pragma once

#include <stdint.h>

/* The value of the expression; an error ends the command as an expansion error does. */
int64_t arith_eval(const char *expression);

/* Pathname expansion (XCU 2.14.3). */
#pragma once

#include <stdbool.h>

#include "expand.h"

/* Adds the paths that match, sorted; false if there is none. */
bool glob_expand(const char *pattern, struct fields *out);

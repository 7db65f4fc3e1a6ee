/* Patterns (XCU 2.14). In a pattern, a backslash takes the meaning off the next character. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* True if the pattern matches all of the text. */
bool pattern_match(const char *pattern, const char *text, size_t len);

/* True if the pattern has a character that means more than itself (backslash does not count). */
bool pattern_is_magic(const char *pattern);

/* <strings.h>: comparison without case, and the first set bit. */
#pragma once

#include <bits/types.h>

int ffs(int value);
int ffsl(long value);
int ffsll(long long value);
int strcasecmp(const char *a, const char *b);
int strncasecmp(const char *a, const char *b, size_t count);

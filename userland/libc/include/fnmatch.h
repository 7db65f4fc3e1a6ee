/* <fnmatch.h>: file name patterns (POSIX.1-2024 XCU 2.14). */
#pragma once

#define FNM_NOMATCH 1
#define FNM_PATHNAME 0x1
#define FNM_PERIOD 0x4
#define FNM_NOESCAPE 0x2
#define FNM_CASEFOLD 0x10
#define FNM_IGNORECASE FNM_CASEFOLD

int fnmatch(const char *pattern, const char *string, int flags);

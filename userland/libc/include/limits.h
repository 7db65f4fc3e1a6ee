/* <limits.h>: the compiler's limits of types, then ours of the system (POSIX.1-2024 <limits.h>). */
#pragma once

#include_next <limits.h>

#undef MB_LEN_MAX
#define MB_LEN_MAX 4
#define SSIZE_MAX LONG_MAX

#define _POSIX_ARG_MAX 4096
#define _POSIX_CHILD_MAX 25
#define _POSIX_LINK_MAX 8
#define _POSIX_MAX_CANON 255
#define _POSIX_MAX_INPUT 255
#define _POSIX_NAME_MAX 14
#define _POSIX_NGROUPS_MAX 8
#define _POSIX_OPEN_MAX 20
#define _POSIX_PATH_MAX 256
#define _POSIX_PIPE_BUF 512
#define _POSIX_SSIZE_MAX 32767
#define _POSIX_STREAM_MAX 8
#define _POSIX_SYMLINK_MAX 255
#define _POSIX_SYMLOOP_MAX 8
#define _POSIX_TTY_NAME_MAX 9
#define _POSIX_TZNAME_MAX 6
#define _POSIX_LOGIN_NAME_MAX 9
#define _POSIX_HOST_NAME_MAX 255
#define _POSIX_RE_DUP_MAX 255
#define _POSIX2_BC_BASE_MAX 99
#define _POSIX2_EXPR_NEST_MAX 32
#define _POSIX2_LINE_MAX 2048
#define _POSIX2_RE_DUP_MAX 255

#define ARG_MAX 131072
#define HOST_NAME_MAX 255
#define LINE_MAX 4096
#define LOGIN_NAME_MAX 256
#define MAX_CANON 255
#define MAX_INPUT 255
#define NAME_MAX 255
#define NGROUPS_MAX 32
#define OPEN_MAX 256
#define PATH_MAX 4096
#define PIPE_BUF 4096
#define RE_DUP_MAX 255
#define SYMLINK_MAX 4095
#define SYMLOOP_MAX 40
#define TTY_NAME_MAX 32
#define NL_ARGMAX 9

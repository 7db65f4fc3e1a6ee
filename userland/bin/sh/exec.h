/* Finding programs and becoming them (XCU 2.9.1.4). */
#pragma once

#include <stdbool.h>

#include "mem.h"

/*
 * The path of the program: the name itself if it holds a slash, else the first match in the
 * search path, or in $PATH, whose results are remembered, if that is null. Null if there is none.
 */
const char *exec_find(const char *name, const char *search_path);

/* Replaces the process; leaves with 126 or 127 if that fails. */
_Noreturn void exec_run(const char *path, char **argv);

void exec_forget_paths(void);
void exec_print_paths(struct buf *out);

/* True if it is a file that may be executed. */
bool exec_is_program(const char *path);

bool exec_same_file(const char *left, const char *right);

/* What `command -p` searches. */
#define DEFAULT_PATH "/bin:/usr/bin:/sbin"

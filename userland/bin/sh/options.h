/* The options of set and of the command line. */
#pragma once

#include <stdbool.h>

#include "mem.h"

/*
 * Takes the option arguments at argv[1]...: -abc, +abc, -o name. Returns the index of the first
 * argument that is none, or -1 after a message. On the command line -c, -s, -i, -l are known too,
 * and *command is set by -c; for set it is null.
 */
int options_parse(int argc, char **argv, bool *command);

/* For $-; on the scratch stack. */
char *options_letters(void);

/* `set -o`, or with commands `set +o`. */
void options_print(struct buf *out, bool as_commands);

/* Variables and the environment (XCU 2.5.3). */
#pragma once

#include <stdbool.h>

#include "mem.h"

enum var_flag { VAR_EXPORT = 1, VAR_READONLY = 2 };

/* The value before an assignment that holds for one command only. */
struct var_saved {
    struct var_saved *next;
    const char *name;
    const char *value; /* null if it was unset */
    int flags;
};

/* Takes the environment; sets what a shell must have (IFS, PWD, PS1, ...). */
void var_init(char **environment);

const char *var_get(const char *name); /* null if unset */

/* False, with a message, if the variable is read-only. */
bool var_set(const char *name, const char *value);

/* As var_set, and an error ends the shell. */
void var_assign(const char *name, const char *value);

bool var_unset(const char *name);
void var_flag(const char *name, int flags);

/* Puts what the variable is on the list; the list lives on the scratch stack. */
void var_save(struct var_saved **list, const char *name);
void var_restore(struct var_saved *list);

/* The exported variables, for execve; on the scratch stack. */
char **var_environment(void);

/* All with all of the flags, sorted, each line as `PREFIX name='value'`. */
void var_print(struct buf *out, const char *prefix, int flags);

/* The value of PS1, PS2 or PS4 after parameter expansion. */
const char *var_prompt(const char *name);

/* Where getopts stands within an argument; 0 after OPTIND was assigned. */
extern int var_getopts_offset;

/* Redirections (XCU 2.7). */
#pragma once

#include <stdbool.h>

#include "ast.h"

/* Where the list of saved descriptors is now, for redir_restore. */
int redir_mark(void);

/*
 * Opens what the redirections say. With save, the descriptors that they replace can be brought
 * back. False, after a message, if one fails; those before it stay in place.
 */
bool redir_apply(struct redir *redirs, bool save);

/* Brings back the descriptors saved since the mark. */
void redir_restore(int mark);

/* Keeps the redirections since the mark for good (exec). */
void redir_keep(int mark);

/* Moves a descriptor of the shell's own out of the way of scripts; closed by exec. */
int redir_move_up(int fd);

/*
 * Path resolution (POSIX.1-2024, XBD 4.16) and permission checks (XBD 4.7).
 */
#pragma once

#include "process.h"
#include "tree.h"

enum walk_flag {
    WALK_NOFOLLOW = 1 << 0, /* a symbolic link at the end is the result itself */
    WALK_PARENT = 1 << 1,   /* the last name may be missing: node NULL */
};

/* Where a path leads. Both nodes are held until place_drop. */
struct place {
    struct node *parent;
    struct node *node;
    char name[EXT2_NAME_MAX + 1]; /* last name; "" for the root, "." and ".." are kept */
    size_t length;
    bool trailing; /* a slash at the end asks for a directory */
};

/*
 * `start`: the directory for relative paths. 0 or -errno; nothing is held after an error.
 */
int path_walk(const struct process *process, struct node *start, const char *path, uint32_t flags,
              struct place *place);
void place_drop(struct place *place);

/* `want`: R_OK, W_OK, X_OK. By the effective user, or the real one. 0 or -EACCES. */
int node_permits(const struct process *process, const struct node *node, int want);
int node_permits_real(const struct process *process, const struct node *node, int want);

/* Whether the process may change mode, owner or times. 0 or -EPERM. */
int node_is_owned(const struct process *process, const struct node *node);

/* Whether the place's name may be taken away: write on the parent, and its sticky bit. */
int place_may_remove(const struct process *process, const struct place *place);

/* The absolute path of a directory: bytes with the NUL, or -errno. */
int64_t path_of(struct node *directory, char *buffer, size_t size);

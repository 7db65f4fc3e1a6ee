/*
 * /proc: one directory per process with the files `stat` and `cmdline`, in Linux's form (proc(5)),
 * and `boot` (boot_facts.h), made when they are looked up. Nodes carry the process's number in
 * `process`; the directory /proc itself has PROC_ROOT.
 */
#pragma once

#include "tree.h"

#define PROC_ROOT (-1)

enum proc_file {
    PROC_STAT = 1, /* in node->device */
    PROC_CMDLINE,
    PROC_BOOT, /* in /proc itself */
};

int proc_lookup(struct node *directory, const char *name, size_t length, struct node **found);
int proc_list(struct node *directory, uint32_t offset, struct listing *listing);

/* The file's text in fresh memory; its size, or -errno. */
int64_t proc_text(const struct node *file, char **text);

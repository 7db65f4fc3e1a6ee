/*
 * Open file descriptions and the descriptors that name them.
 */
#pragma once

#include "process.h"

#include <fcntl.h>

struct tty;
struct pipe;

enum file_kind {
    FILE_REGULAR,
    FILE_DIRECTORY,
    FILE_PIPE,
    FILE_TERMINAL,
    FILE_NULL,
    FILE_ZERO,
    FILE_TEXT, /* of /proc: made at open */
};

struct file {
    uint32_t users;
    enum file_kind kind;
    int flags; /* O_ACCMODE, O_SEARCH, O_APPEND, O_NONBLOCK */
    uint64_t offset;
    struct node *node; /* held; NULL: a pipe */
    struct pipe *pipe;
    struct tty *terminal;
    char *text;
    uint64_t text_size;
};

/* A description of what the node is; takes over the hold where it succeeds. 0 or -errno. */
int file_open(struct process *process, struct node *node, int flags, struct file **opened);
int file_open_pipe(struct file **reader, struct file **writer, int flags);
void file_drop(struct file *file);

static inline bool file_reads(const struct file *file)
{
    return (file->flags & O_ACCMODE) != O_WRONLY && !(file->flags & O_SEARCH);
}

static inline bool file_writes(const struct file *file)
{
    return (file->flags & O_ACCMODE) != O_RDONLY;
}

/* Reads at `offset`, or at the description's own where it is -1. Bytes, -errno, -POSIX_BLOCK;
 * `*deciseconds` as in tty_read. */
int64_t file_read(struct process *process, struct file *file, void *buffer, uint64_t size,
                  int64_t offset, uint32_t *deciseconds);
int64_t file_write(struct process *process, struct file *file, const void *buffer, uint64_t size,
                   int64_t offset);

/* POLLIN, POLLOUT, POLLHUP, POLLERR as they are now. */
short file_ready(const struct file *file);

/* The file of a descriptor, or NULL. */
struct file *descriptor_file(const struct process *process, uint64_t fd);

/* Puts the file (with its user) at the lowest free descriptor from `lowest`; -EMFILE. */
int descriptor_add(struct process *process, struct file *file, uint32_t lowest, uint32_t flags);
void descriptor_set(struct process *process, uint32_t fd, struct file *file, uint32_t flags);
int descriptor_close(struct process *process, uint64_t fd);
void descriptors_copy(struct process *child, const struct process *parent);
void descriptors_close(struct process *process);
void descriptors_close_on_exec(struct process *process);

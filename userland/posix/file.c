/* Open file descriptions and descriptors. See file.h. */
#include "file.h"
#include "boot_facts.h"
#include "console.h"
#include "pipe.h"
#include "proc_files.h"
#include "signal.h"
#include "tty.h"
#include "wait.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT_FLAGS = O_ACCMODE | O_SEARCH | O_APPEND | O_NONBLOCK };

static struct file *file_new(enum file_kind kind, struct node *node, int flags)
{
    struct file *file = calloc(1, sizeof(*file));
    if (!file)
        return NULL;
    file->users = 1;
    file->kind = kind;
    file->flags = flags & KEPT_FLAGS;
    file->node = node;
    return file;
}

static int device_open(struct process *process, struct node *node, int flags, struct file **opened)
{
    struct tty *terminal = NULL;
    enum file_kind kind = FILE_TERMINAL;
    switch (node->device) {
    case DEVICE_NULL:
        kind = FILE_NULL;
        break;
    case DEVICE_ZERO:
        kind = FILE_ZERO;
        break;
    default:
        terminal = console_terminal(process, node->device);
        if (!terminal)
            return -ENXIO;
        if (!(flags & O_NOCTTY))
            console_adopt(process, terminal);
        break;
    }
    *opened = file_new(kind, node, flags);
    if (!*opened)
        return -ENOMEM;
    (*opened)->terminal = terminal;
    return 0;
}

static int text_open(struct node *node, int flags, struct file **opened)
{
    char *text = NULL;
    int64_t size = proc_text(node, &text);
    if (size < 0)
        return (int)size;
    *opened = file_new(FILE_TEXT, node, flags);
    if (!*opened) {
        free(text);
        return -ENOMEM;
    }
    (*opened)->text = text;
    (*opened)->text_size = (uint64_t)size;
    return 0;
}

int file_open(struct process *process, struct node *node, int flags, struct file **opened)
{
    if (S_ISCHR(node->mode))
        return device_open(process, node, flags, opened);
    if (node->process != 0 && S_ISREG(node->mode))
        return text_open(node, flags, opened);
    *opened = file_new(S_ISDIR(node->mode) ? FILE_DIRECTORY : FILE_REGULAR, node, flags);
    return *opened ? 0 : -ENOMEM;
}

int file_open_pipe(struct file **reader, struct file **writer, int flags)
{
    struct pipe *pipe = pipe_new();
    *reader = file_new(FILE_PIPE, NULL, O_RDONLY | (flags & O_NONBLOCK));
    *writer = file_new(FILE_PIPE, NULL, O_WRONLY | (flags & O_NONBLOCK));
    if (!pipe || !*reader || !*writer) {
        free(pipe);
        free(*reader);
        free(*writer);
        return -ENOMEM;
    }
    (*reader)->pipe = (*writer)->pipe = pipe;
    pipe->readers = pipe->writers = 1;
    return 0;
}

static void pipe_drop(struct file *file)
{
    struct pipe *pipe = file->pipe;
    if (file_reads(file))
        pipe->readers--;
    else
        pipe->writers--;
    wake(pipe);
    if (pipe->readers == 0 && pipe->writers == 0)
        pipe_free(pipe);
}

void file_drop(struct file *file)
{
    if (--file->users > 0)
        return;
    if (file->kind == FILE_PIPE)
        pipe_drop(file);
    if (file->node)
        node_drop(file->node);
    free(file->text);
    free(file);
}

static int64_t text_read(const struct file *file, void *buffer, uint64_t size, uint64_t offset)
{
    if (offset >= file->text_size)
        return 0;
    uint64_t left = file->text_size - offset;
    memcpy(buffer, file->text + offset, size < left ? size : left);
    return (int64_t)(size < left ? size : left);
}

/* EAGAIN, or sleep for the object, as the description asks. */
static int64_t would_wait(struct process *process, const struct file *file, const void *object)
{
    return file->flags & O_NONBLOCK ? -EAGAIN : wait_for(process, object);
}

static int64_t pipe_transfer_in(struct process *process, struct file *file, void *buffer,
                                uint64_t size)
{
    int64_t done = pipe_read(file->pipe, buffer, size);
    if (done == -EAGAIN)
        return would_wait(process, file, file->pipe);
    wake(file->pipe);
    return done;
}

/* Where a reader sleeps on the empty pipe, the bytes go into its window at once. */
static int64_t hand_to_reader(struct pipe *pipe, const void *buffer, uint64_t size)
{
    struct process *reader = pipe_used(pipe) == 0 ? wait_reader(pipe) : NULL;
    if (!reader || size == 0)
        return 0;
    if (size > reader->read_size)
        size = reader->read_size;
    memcpy(reader->window, buffer, size);
    reader->control->handed = size;
    wake_process(reader);
    return (int64_t)size;
}

static int64_t pipe_transfer_out(struct process *process, struct file *file, const void *buffer,
                                 uint64_t size)
{
    int64_t done = hand_to_reader(file->pipe, buffer, size);
    if (done > 0 && (uint64_t)done == size)
        return done;
    if (done > 0) { /* the rest is the ring's, as far as it fits */
        int64_t rest = pipe_write(file->pipe, (const char *)buffer + done, size - (uint64_t)done);
        return rest > 0 ? done + rest : done;
    }
    done = pipe_write(file->pipe, buffer, size);
    if (done == -EAGAIN)
        return would_wait(process, file, file->pipe);
    if (done == -EPIPE)
        signal_send(process, SIGPIPE);
    else
        wake(file->pipe);
    return done;
}

int64_t file_read(struct process *process, struct file *file, void *buffer, uint64_t size,
                  int64_t offset, uint32_t *deciseconds)
{
    uint64_t at = offset < 0 ? file->offset : (uint64_t)offset;
    int64_t done;
    switch (file->kind) {
    case FILE_PIPE:
        return offset < 0 ? pipe_transfer_in(process, file, buffer, size) : -ESPIPE;
    case FILE_TERMINAL:
        done = console_read(process, file->terminal, buffer, size, deciseconds);
        if (done == -EAGAIN && file->terminal->port == 0)
            boot_facts_prompt();
        return done == -EAGAIN ? would_wait(process, file, file->terminal) : done;
    case FILE_DIRECTORY:
        return -EISDIR;
    case FILE_NULL:
        return 0;
    case FILE_ZERO:
        memset(buffer, 0, size);
        return (int64_t)size;
    case FILE_TEXT:
        done = text_read(file, buffer, size, at);
        break;
    default:
        done = tree_read(file->node, buffer, size, at);
        break;
    }
    if (done > 0 && offset < 0)
        file->offset = at + (uint64_t)done;
    return done;
}

int64_t file_write(struct process *process, struct file *file, const void *buffer, uint64_t size,
                   int64_t offset)
{
    int64_t done;
    switch (file->kind) {
    case FILE_PIPE:
        return offset < 0 ? pipe_transfer_out(process, file, buffer, size) : -ESPIPE;
    case FILE_TERMINAL:
        done = console_write(process, file->terminal, buffer, size);
        return done == -EAGAIN ? would_wait(process, file, file->terminal) : done;
    case FILE_NULL:
    case FILE_ZERO:
        return (int64_t)size;
    case FILE_REGULAR:
        break;
    default:
        return -EBADF;
    }
    uint64_t at = offset < 0 ? file->offset : (uint64_t)offset;
    if (file->flags & O_APPEND && offset < 0)
        at = file->node->size;
    done = tree_write(file->node, buffer, size, at);
    if (done > 0 && offset < 0)
        file->offset = at + (uint64_t)done;
    return done;
}

short file_ready(const struct file *file)
{
    if (file->kind == FILE_TERMINAL)
        return (short)((tty_readable(file->terminal) ? POLLIN | POLLRDNORM : 0) |
                       (console_writable(file->terminal) ? POLLOUT | POLLWRNORM : 0));
    if (file->kind != FILE_PIPE)
        return POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM;
    const struct pipe *pipe = file->pipe;
    if (file_reads(file))
        return (short)((pipe_used(pipe) > 0 ? POLLIN | POLLRDNORM : 0) |
                       (pipe->writers == 0 ? POLLHUP : 0));
    return (short)((PIPE_SIZE - pipe_used(pipe) >= PIPE_ATOMIC ? POLLOUT | POLLWRNORM : 0) |
                   (pipe->readers == 0 ? POLLERR : 0));
}

struct file *descriptor_file(const struct process *process, uint64_t fd)
{
    return fd < process->descriptor_end ? process->descriptors[fd].file : NULL;
}

void descriptor_set(struct process *process, uint32_t fd, struct file *file, uint32_t flags)
{
    for (; process->descriptor_end <= fd; process->descriptor_end++)
        process->descriptors[process->descriptor_end].file = NULL;
    process->descriptors[fd] = (struct descriptor){file, flags};
}

int descriptor_add(struct process *process, struct file *file, uint32_t lowest, uint32_t flags)
{
    for (uint32_t fd = lowest; fd < POSIX_DESCRIPTORS; fd++) {
        if (!descriptor_file(process, fd)) {
            descriptor_set(process, fd, file, flags);
            return (int)fd;
        }
    }
    return -EMFILE;
}

int descriptor_close(struct process *process, uint64_t fd)
{
    struct file *file = descriptor_file(process, fd);
    if (!file)
        return -EBADF;
    process->descriptors[fd].file = NULL;
    file_drop(file);
    return 0;
}

void descriptors_copy(struct process *child, const struct process *parent)
{
    for (uint32_t fd = 0; fd < parent->descriptor_end; fd++) {
        struct descriptor descriptor = parent->descriptors[fd];
        if (descriptor.file && (descriptor.flags & DESCRIPTOR_NO_FORK))
            descriptor.file = NULL;
        if (descriptor.file)
            descriptor.file->users++;
        child->descriptors[fd] = descriptor;
    }
    child->descriptor_end = parent->descriptor_end;
}

void descriptors_close(struct process *process)
{
    for (uint32_t fd = 0; fd < process->descriptor_end; fd++)
        descriptor_close(process, fd);
}

void descriptors_close_on_exec(struct process *process)
{
    for (uint32_t fd = 0; fd < process->descriptor_end; fd++)
        if (process->descriptors[fd].flags & FD_CLOEXEC)
            descriptor_close(process, fd);
}

/*
 * Redirections. Descriptors that a built-in or a compound command replaces are kept as copies
 * from OWN_FIRST up, which close on exec; one stack of them serves all levels, so that an error
 * that goes back to the prompt can bring all of them back.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "expand.h"
#include "jobs.h"
#include "out.h"
#include "redir.h"
#include "shell.h"

#define OWN_FIRST 10
#define PIPE_CAPACITY 512 /* _POSIX_PIPE_BUF: so much fits into any empty pipe */

struct saved {
    int fd;
    int copy; /* -1: it was closed */
};

static struct saved *saved;
static int saved_count;
static int saved_cap;

int redir_mark(void)
{
    return saved_count;
}

int redir_move_up(int fd)
{
    int up = fcntl(fd, F_DUPFD_CLOEXEC, OWN_FIRST);

    if (up < 0)
        return fd;
    close(fd);
    return up;
}

/* Remembers what the descriptor is; copy is -1 if it is closed. */
static void push_saved(int fd, int copy)
{
    if (saved_count == saved_cap) {
        saved_cap = saved_cap ? saved_cap * 2 : 8;
        saved = xrealloc(saved, (size_t)saved_cap * sizeof *saved);
    }
    saved[saved_count++] = (struct saved){fd, copy};
}

static void save_fd(int fd)
{
    push_saved(fd, fcntl(fd, F_DUPFD_CLOEXEC, OWN_FIRST));
}

void redir_restore(int mark)
{
    while (saved_count > mark) {
        struct saved *s = &saved[--saved_count];

        if (s->copy < 0) {
            close(s->fd);
        } else {
            dup2(s->copy, s->fd);
            close(s->copy);
        }
    }
}

void redir_keep(int mark)
{
    while (saved_count > mark) {
        if (saved[--saved_count].copy >= 0)
            close(saved[saved_count].copy);
    }
}

/* `>` under set -C: an existing regular file is an error. */
static int open_noclobber(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0666);
    struct stat status;

    if (fd >= 0 || errno != EEXIST)
        return fd;
    fd = open(path, O_WRONLY);
    if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
        close(fd);
        errno = EEXIST;
        return -1;
    }
    return fd;
}

static int open_target(const struct redir *redir, const char *path)
{
    switch (redir->kind) {
    case REDIR_IN:
        return open(path, O_RDONLY);
    case REDIR_BOTH:
        return open(path, O_RDWR | O_CREAT, 0666);
    case REDIR_APPEND:
        return open(path, O_WRONLY | O_CREAT | O_APPEND, 0666);
    default:
        if (redir->kind == REDIR_OUT && sh.opt[OPT_NOCLOBBER])
            return open_noclobber(path);
        return open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    }
}

/* Fills the pipe from a process of its own, which may wait for the reader. */
static bool fill_pipe(const int *ends, const char *text, size_t len)
{
    pid_t pid = jobs_fork_helper();

    if (pid == 0) {
        close(ends[0]);
        write_all(ends[1], text, len);
        _exit(0);
    }
    return pid > 0;
}

/* A pipe that holds the text: filled now if it fits for sure. */
static int open_here(struct redir *redir)
{
    const char *text = expand_string(redir->target);
    size_t len = strlen(text);
    int ends[2];
    bool filled;

    if (pipe(ends) < 0)
        return -1;
    if (len <= PIPE_CAPACITY)
        filled = write_all(ends[1], text, len);
    else
        filled = fill_pipe(ends, text, len);
    close(ends[1]);
    if (filled)
        return ends[0];
    close(ends[0]);
    return -1;
}

/* Makes redir->fd what `from` is. */
static bool move_fd(int from, const struct redir *redir)
{
    if (from == redir->fd)
        return true;
    if (dup2(from, redir->fd) < 0) {
        sh_warn("%d: %s", redir->fd, strerror(errno));
        close(from);
        return false;
    }
    close(from);
    return true;
}

/* n>&m and n>&- */
static bool duplicate(const struct redir *redir, const char *source)
{
    int from;

    if (strcmp(source, "-") == 0) {
        close(redir->fd);
        return true;
    }
    if (!*source || strlen(source) > 5 || source[strspn(source, "0123456789")]) {
        sh_warn("%s: bad file descriptor", source);
        return false;
    }
    from = atoi(source);
    if (from == redir->fd ? fcntl(from, F_GETFD) < 0 : dup2(from, redir->fd) < 0) {
        sh_warn("%s: %s", source, strerror(errno));
        return false;
    }
    return true;
}

static bool apply_one(struct redir *redir, bool save)
{
    const char *target = redir->kind == REDIR_HERE ? NULL : expand_string(redir->target);
    int fd;

    if (redir->kind == REDIR_DUP_IN || redir->kind == REDIR_DUP_OUT) {
        if (save)
            save_fd(redir->fd);
        return duplicate(redir, target);
    }
    fd = target ? open_target(redir, target) : open_here(redir);
    if (fd < 0) {
        bool creates = redir->kind != REDIR_IN && errno == ENOENT;

        sh_warn("cannot %s %s: %s", creates ? "create" : "open",
                target ? target : "a pipe for the here-document", strerror(errno));
        return false;
    }
    if (save && fd == redir->fd)
        push_saved(fd, -1);
    else if (save)
        save_fd(redir->fd);
    return move_fd(fd, redir);
}

bool redir_apply(struct redir *redirs, bool save)
{
    for (; redirs; redirs = redirs->next) {
        if (!apply_one(redirs, save))
            return false;
    }
    return true;
}

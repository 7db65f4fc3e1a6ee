/* The server's calls about files. See server.h. */
#include "file.h"
#include "page.h"
#include "pipe.h"
#include "path.h"
#include "proc_files.h"
#include "server.h"
#include "wait.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    MODE_BITS = 07777,
    POLL_MAX = POSIX_WINDOW_SIZE / sizeof(struct pollfd),
    TIMES_SIZE = 2 * sizeof(struct timespec),
};

/* Copies of paths from the window; one call at a time uses them. */
static char first_path[POSIX_PATH_MAX], second_path[POSIX_PATH_MAX];

/* Copies a NUL-terminated text from `offset` of the window; what follows it, or 0 (too long). */
static uint32_t copy_path(const struct process *process, uint32_t offset, char *path)
{
    const char *from = (const char *)process->window + offset;
    uint32_t room = POSIX_WINDOW_SIZE - offset;
    for (uint32_t i = 0; i < room && i < POSIX_PATH_MAX; i++)
        if ((path[i] = from[i]) == '\0')
            return offset + i + 1;
    return 0;
}

/* The node where a relative path begins: AT_FDCWD, or a directory's descriptor. */
static int start_of(const struct process *process, uint64_t fd, struct node **start)
{
    if ((int)fd == AT_FDCWD) {
        *start = process->directory;
        return 0;
    }
    struct file *file = descriptor_file(process, (uint32_t)fd);
    if (!file)
        return -EBADF;
    if (file->kind != FILE_DIRECTORY)
        return -ENOTDIR;
    *start = file->node;
    return 0;
}

static int walk_from(struct call *call, uint64_t fd, const char *path, uint32_t flags,
                     struct place *place)
{
    struct node *start = NULL;
    int status = *path == '/' ? 0 : start_of(call->process, fd, &start);
    return status < 0 ? status : path_walk(call->process, start, path, flags, place);
}

/* The place that the path at `offset` of the window names, from descriptor argument 0. */
static int walk(struct call *call, uint32_t offset, uint32_t flags, struct place *place)
{
    if (!copy_path(call->process, offset, first_path))
        return -ENAMETOOLONG;
    return walk_from(call, call->argument[0], first_path, flags, place);
}

/* As walk, but an empty path means the file of descriptor argument 0 itself. */
static int walk_or_fd(struct call *call, uint32_t offset, uint32_t flags, struct place *place)
{
    const char *path = (const char *)call->process->window + offset;
    if (*path != '\0')
        return walk(call, offset, flags, place);
    struct file *file = descriptor_file(call->process, (uint32_t)call->argument[0]);
    if (!file)
        return (int)call->argument[0] == AT_FDCWD ? -ENOENT : -EBADF;
    if (!file->node)
        return -EINVAL;
    *place = (struct place){.node = node_hold(file->node)};
    return 0;
}

static uint32_t follow_flag(uint64_t flags)
{
    return flags & AT_SYMLINK_NOFOLLOW ? WALK_NOFOLLOW : 0;
}

static bool is_proc(const struct node *node)
{
    return node->process != 0;
}

/* Makes a node under the place's name, where there is none yet. Takes over the hold. */
static int enter_new(struct call *call, struct place *place, struct node *node)
{
    if (!node)
        return -ENOSPC;
    int status =
        is_proc(place->parent) ? -EACCES : node_permits(call->process, place->parent, W_OK | X_OK);
    if (status == 0)
        status = tree_enter(place->parent, place->name, place->length, node);
    if (status < 0)
        node_drop(node);
    else
        place->node = node;
    return status;
}

/* The mode that the caller may give: set-group-ID only to who is of that group (chmod, POSIX). */
static mode_t mode_for(const struct process *process, mode_t mode, mode_t type, gid_t group)
{
    bool foreign = process->effective_user != 0 && process->effective_group_id != group;
    return mode & MODE_BITS & ~(foreign && S_ISREG(type) ? (mode_t)S_ISGID : 0);
}

static struct node *new_node(struct call *call, const struct place *place, mode_t type, mode_t mode)
{
    const struct process *process = call->process;
    gid_t group = place->parent->mode & S_ISGID ? place->parent->gid : process->effective_group_id;
    mode = mode_for(process, mode, type, group) & ~process->mask;
    return node_new(type | mode, process->effective_user, group);
}

static int want_of(int flags)
{
    static const int wants[] = {[O_RDONLY] = R_OK, [O_WRONLY] = W_OK, [O_RDWR] = R_OK | W_OK};
    return (flags & O_SEARCH ? X_OK : wants[flags & O_ACCMODE]) | (flags & O_TRUNC ? W_OK : 0);
}

/* An existing file: may it be opened so? */
static int may_open(struct call *call, const struct node *node, int flags)
{
    if ((flags & O_CREAT) && (flags & O_EXCL))
        return -EEXIST;
    if (S_ISLNK(node->mode))
        return -ELOOP;
    if ((flags & O_DIRECTORY) && !S_ISDIR(node->mode))
        return -ENOTDIR;
    if (S_ISDIR(node->mode) && ((flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_TRUNC))))
        return -EISDIR;
    return node_permits(call->process, node, want_of(flags));
}

static int open_place(struct call *call, struct place *place, int flags)
{
    int status;
    if (place->node) {
        status = may_open(call, place->node, flags);
        if (status == 0 && (flags & O_TRUNC) && S_ISREG(place->node->mode))
            status = tree_resize(place->node, 0);
    } else if (!(flags & O_CREAT) || place->trailing) {
        status = place->trailing && (flags & O_CREAT) ? -EISDIR : -ENOENT;
    } else {
        status = enter_new(call, place, new_node(call, place, S_IFREG, (mode_t)call->argument[2]));
    }
    struct file *file = NULL;
    if (status == 0)
        status = file_open(call->process, place->node, flags, &file);
    if (status < 0)
        return status;
    node_hold(place->node); /* the description's */
    uint32_t marks =
        (flags & O_CLOEXEC ? FD_CLOEXEC : 0u) | (flags & O_CLOFORK ? DESCRIPTOR_NO_FORK : 0u);
    int fd = descriptor_add(call->process, file, 0, marks);
    if (fd < 0)
        file_drop(file);
    return fd;
}

int64_t call_open(struct call *call)
{
    int flags = (int)call->argument[1];
    struct place place;
    if ((flags & O_ACCMODE) == O_ACCMODE || ((flags & O_SEARCH) && (flags & O_ACCMODE)))
        return -EINVAL;
    bool link_itself = (flags & O_NOFOLLOW) || ((flags & O_CREAT) && (flags & O_EXCL));
    int status = walk(call, 0, WALK_PARENT | (link_itself ? WALK_NOFOLLOW : 0u), &place);
    if (status < 0)
        return status;
    status = open_place(call, &place, flags);
    place_drop(&place);
    return status;
}

int64_t call_close(struct call *call)
{
    return descriptor_close(call->process, call->argument[0]);
}

/* Calls with POSIX_FLAG_NOBLOCK never wait: what they would wait for reads as EAGAIN. */
static int64_t without_waiting(struct call *call, int64_t result)
{
    if (result != -POSIX_BLOCK || !(call->flags & POSIX_FLAG_NOBLOCK))
        return result;
    wait_forget(call->process);
    return -EAGAIN;
}

int64_t call_read(struct call *call)
{
    struct file *file = descriptor_file(call->process, call->argument[0]);
    if (!file || !file_reads(file))
        return -EBADF;
    uint64_t size = call->argument[1] < POSIX_WINDOW_SIZE ? call->argument[1] : POSIX_WINDOW_SIZE;
    uint32_t deciseconds = 0;
    int64_t done = file_read(call->process, file, call->process->window, size,
                             (int64_t)call->argument[2], &deciseconds);
    call->result[0] = deciseconds;
    if (done == -POSIX_BLOCK && file->kind == FILE_PIPE)
        call->process->read_size = (uint32_t)size;
    return without_waiting(call, done);
}

/* The caller no longer waits, and its window is its own again. */
int64_t call_cancel(struct call *call)
{
    wait_forget(call->process);
    return 0;
}

int64_t call_write(struct call *call)
{
    struct file *file = descriptor_file(call->process, call->argument[0]);
    if (!file || !file_writes(file))
        return -EBADF;
    uint64_t size = call->argument[1] < POSIX_WINDOW_SIZE ? call->argument[1] : POSIX_WINDOW_SIZE;
    int64_t done =
        file_write(call->process, file, call->process->window, size, (int64_t)call->argument[2]);
    return without_waiting(call, done);
}

int64_t call_seek(struct call *call)
{
    struct file *file = descriptor_file(call->process, call->argument[0]);
    if (!file)
        return -EBADF;
    if (file->kind == FILE_PIPE || file->kind == FILE_TERMINAL)
        return -ESPIPE;
    int64_t base = 0;
    if (call->argument[2] == SEEK_CUR)
        base = (int64_t)file->offset;
    else if (call->argument[2] == SEEK_END && file->node)
        base = (int64_t)file->node->size;
    else if (call->argument[2] != SEEK_SET)
        return -EINVAL;
    int64_t offset;
    if (__builtin_add_overflow(base, (int64_t)call->argument[1], &offset))
        return -EOVERFLOW;
    if (offset < 0)
        return -EINVAL;
    file->offset = (uint64_t)offset;
    return offset;
}

static int64_t duplicate(struct process *process, struct file *file, uint64_t lowest,
                         uint32_t flags)
{
    if (lowest >= POSIX_DESCRIPTORS)
        return -EINVAL;
    int fd = descriptor_add(process, file, (uint32_t)lowest, flags);
    if (fd >= 0)
        file->users++;
    return fd;
}

int64_t call_dup(struct call *call)
{
    struct file *file = descriptor_file(call->process, call->argument[0]);
    if (!file)
        return -EBADF;
    return duplicate(call->process, file, call->argument[1], (uint32_t)call->argument[2]);
}

int64_t call_dup2(struct call *call)
{
    struct process *process = call->process;
    struct file *file = descriptor_file(process, call->argument[0]);
    uint64_t to = call->argument[1];
    if (!file || to >= POSIX_DESCRIPTORS)
        return -EBADF;
    if (to != call->argument[0]) {
        descriptor_close(process, to);
        file->users++;
        descriptor_set(process, (uint32_t)to, file, 0);
    }
    return (int64_t)to;
}

int64_t call_fcntl(struct call *call)
{
    struct process *process = call->process;
    struct file *file = descriptor_file(process, call->argument[0]);
    if (!file)
        return -EBADF;
    uint32_t *flags = &process->descriptors[call->argument[0]].flags;
    uint64_t value = call->argument[2];
    switch (call->argument[1]) {
    case F_DUPFD:
        return duplicate(process, file, value, 0);
    case F_DUPFD_CLOEXEC:
        return duplicate(process, file, value, FD_CLOEXEC);
    case F_GETFD:
        return *flags & FD_CLOEXEC;
    case F_SETFD:
        *flags = (*flags & ~(uint32_t)FD_CLOEXEC) | (value & FD_CLOEXEC);
        return 0;
    case F_GETFL:
        return file->flags;
    case F_SETFL:
        file->flags =
            (file->flags & (O_ACCMODE | O_SEARCH)) | ((int)value & (O_APPEND | O_NONBLOCK));
        return 0;
    default:
        return -EINVAL;
    }
}

int64_t call_pipe(struct call *call)
{
    int flags = (int)call->argument[0];
    struct file *reader;
    struct file *writer;
    int status = file_open_pipe(&reader, &writer, flags);
    if (status < 0)
        return status;
    uint32_t marks = flags & O_CLOEXEC ? FD_CLOEXEC : 0;
    int read_fd = descriptor_add(call->process, reader, 0, marks);
    int write_fd = read_fd < 0 ? -EMFILE : descriptor_add(call->process, writer, 0, marks);
    if (write_fd < 0) {
        if (read_fd >= 0)
            descriptor_close(call->process, (uint64_t)read_fd);
        else
            file_drop(reader);
        file_drop(writer);
        return -EMFILE;
    }
    call->result[0] = (uint64_t)read_fd;
    call->result[1] = (uint64_t)write_fd;
    return 0;
}

/* Directories of /proc have one link more for each that they hold; 2 will do. */
static void put_status(const struct node *node, void *window)
{
    struct stat status = {
        .st_dev = 1,
        .st_ino = node->inode,
        .st_nlink = node->links     ? node->links
                    : is_proc(node) ? 1 + S_ISDIR(node->mode)
                                    : 0,
        .st_mode = node->mode,
        .st_uid = node->uid,
        .st_gid = node->gid,
        .st_rdev = S_ISCHR(node->mode) ? node->device : 0,
        .st_size = (off_t)node->size,
        .st_blksize = PAGE,
        .st_blocks = (blkcnt_t)((node->size + PAGE - 1) / PAGE * (PAGE / 512)),
        .st_atim = node->atime,
        .st_mtim = node->mtime,
        .st_ctim = node->ctime,
    };
    memcpy(window, &status, sizeof(status));
}

int64_t call_stat(struct call *call)
{
    struct place place;
    int status = walk(call, 0, follow_flag(call->argument[1]), &place);
    if (status < 0)
        return status;
    put_status(place.node, call->process->window);
    place_drop(&place);
    return 0;
}

int64_t call_fstat(struct call *call)
{
    struct file *file = descriptor_file(call->process, call->argument[0]);
    if (!file)
        return -EBADF;
    if (file->node) {
        put_status(file->node, call->process->window);
        return 0;
    }
    struct stat status = {.st_mode = S_IFIFO | 0600,
                          .st_nlink = 1,
                          .st_blksize = PAGE,
                          .st_size = pipe_used(file->pipe),
                          .st_ino = (uintptr_t)file->pipe};
    memcpy(call->process->window, &status, sizeof(status));
    return 0;
}

int64_t call_access(struct call *call)
{
    struct place place;
    int status = walk(call, 0, follow_flag(call->argument[2]), &place);
    if (status < 0)
        return status;
    int want = (int)call->argument[1];
    if (want & ~(R_OK | W_OK | X_OK))
        status = -EINVAL;
    else if (call->argument[2] & AT_EACCESS)
        status = node_permits(call->process, place.node, want);
    else
        status = node_permits_real(call->process, place.node, want);
    place_drop(&place);
    return status;
}

int64_t call_chmod(struct call *call)
{
    struct place place;
    int status = walk_or_fd(call, 0, follow_flag(call->argument[2]), &place);
    if (status < 0)
        return status;
    struct node *node = place.node;
    status = node_is_owned(call->process, node);
    if (status == 0 && S_ISLNK(node->mode))
        status = -EOPNOTSUPP;
    if (status == 0) {
        node->mode = (node->mode & S_IFMT) |
                     mode_for(call->process, (mode_t)call->argument[1], node->mode, node->gid);
        node->ctime = clock_now();
    }
    place_drop(&place);
    return status;
}

int64_t call_chown(struct call *call)
{
    struct place place;
    int status = walk_or_fd(call, 0, follow_flag(call->argument[3]), &place);
    if (status < 0)
        return status;
    struct node *node = place.node;
    const struct process *process = call->process;
    uid_t user = (uid_t)call->argument[1];
    gid_t group = (gid_t)call->argument[2];
    bool keeps_user = user == (uid_t)-1 || user == node->uid;
    bool own_group = group == (gid_t)-1 || group == process->effective_group_id;
    bool allowed = process->effective_user == 0 ||
                   (process->effective_user == node->uid && keeps_user && own_group);
    if (allowed) {
        if (user != (uid_t)-1)
            node->uid = user;
        if (group != (gid_t)-1)
            node->gid = group;
        if (process->effective_user != 0)
            node->mode &= ~(mode_t)(S_ISUID | S_ISGID);
        node->ctime = clock_now();
    }
    place_drop(&place);
    return allowed ? 0 : -EPERM;
}

static void set_time(struct timespec *time, struct timespec to)
{
    if (to.tv_nsec == UTIME_NOW)
        *time = clock_now();
    else if (to.tv_nsec != UTIME_OMIT)
        *time = to;
}

static bool is_time(struct timespec time)
{
    return time.tv_nsec == UTIME_NOW || time.tv_nsec == UTIME_OMIT ||
           (time.tv_nsec >= 0 && time.tv_nsec < 1000000000);
}

int64_t call_utimens(struct call *call)
{
    struct timespec times[2];
    memcpy(times, call->process->window, sizeof(times));
    if (!is_time(times[0]) || !is_time(times[1]))
        return -EINVAL;
    struct place place;
    int status = walk_or_fd(call, TIMES_SIZE, follow_flag(call->argument[1]), &place);
    if (status < 0)
        return status;
    bool both_now = times[0].tv_nsec == UTIME_NOW && times[1].tv_nsec == UTIME_NOW;
    status = node_is_owned(call->process, place.node);
    if (status < 0 && both_now)
        status = node_permits(call->process, place.node, W_OK);
    if (status == 0) {
        set_time(&place.node->atime, times[0]);
        set_time(&place.node->mtime, times[1]);
        place.node->ctime = clock_now();
    }
    place_drop(&place);
    return status;
}

int64_t call_truncate(struct call *call)
{
    struct place place;
    uint32_t fd = (uint32_t)call->argument[0];
    bool by_fd = *(const char *)call->process->window == '\0';
    int status = walk_or_fd(call, 0, 0, &place);
    if (status < 0)
        return status;
    if (by_fd)
        status = file_writes(descriptor_file(call->process, fd)) ? 0 : -EINVAL;
    else
        status = node_permits(call->process, place.node, W_OK);
    if (S_ISDIR(place.node->mode))
        status = -EISDIR;
    else if (!S_ISREG(place.node->mode) || (int64_t)call->argument[1] < 0 || is_proc(place.node))
        status = -EINVAL;
    if (status == 0)
        status = tree_resize(place.node, call->argument[1]);
    place_drop(&place);
    return status;
}

static int may_unlink(struct call *call, const struct place *place, bool directory)
{
    if (place->length == 0)
        return -EBUSY; /* the root */
    if (place->name[0] == '.' && place->length == 1)
        return -EINVAL;
    if (strcmp(place->name, "..") == 0)
        return -ENOTEMPTY;
    if (directory && !S_ISDIR(place->node->mode))
        return -ENOTDIR;
    if (!directory && S_ISDIR(place->node->mode))
        return -EISDIR;
    if (is_proc(place->node))
        return -EACCES;
    return place_may_remove(call->process, place);
}

int64_t call_unlink(struct call *call)
{
    struct place place;
    int status = walk(call, 0, WALK_NOFOLLOW, &place);
    if (status < 0)
        return status;
    status = may_unlink(call, &place, (call->argument[1] & AT_REMOVEDIR) != 0);
    if (status == 0)
        status = tree_remove(place.parent, place.name, place.length);
    place_drop(&place);
    return status;
}

static bool is_dots(const struct place *place)
{
    return place->length == 0 || strcmp(place->name, ".") == 0 || strcmp(place->name, "..") == 0;
}

/* Two paths of the window walked; the second one's last name may be missing. */
static int walk_two(struct call *call, uint32_t first_flags, struct place *from, struct place *to)
{
    uint32_t next = copy_path(call->process, 0, first_path);
    if (!next || !copy_path(call->process, next, second_path))
        return -ENAMETOOLONG;
    int status = walk_from(call, call->argument[0], first_path, first_flags, from);
    if (status < 0)
        return status;
    status = walk_from(call, call->argument[1], second_path, WALK_NOFOLLOW | WALK_PARENT, to);
    if (status < 0)
        place_drop(from);
    return status;
}

static int may_rename(struct call *call, const struct place *from, const struct place *to)
{
    if (is_dots(from) || is_dots(to))
        return -EBUSY;
    if (is_proc(from->node) || is_proc(to->parent) || (to->node && is_proc(to->node)))
        return -EACCES;
    if (to->trailing && !S_ISDIR(from->node->mode))
        return -ENOTDIR;
    int status = place_may_remove(call->process, from);
    if (status == 0)
        status = to->node ? place_may_remove(call->process, to)
                          : node_permits(call->process, to->parent, W_OK | X_OK);
    return status;
}

int64_t call_rename(struct call *call)
{
    struct place from;
    struct place to;
    int status = walk_two(call, WALK_NOFOLLOW, &from, &to);
    if (status < 0)
        return status;
    status = may_rename(call, &from, &to);
    if (status == 0)
        status = tree_rename(from.parent, from.name, from.length, to.parent, to.name, to.length);
    place_drop(&from);
    place_drop(&to);
    return status;
}

int64_t call_link(struct call *call)
{
    struct place from;
    struct place to;
    uint32_t flags = call->argument[2] & AT_SYMLINK_FOLLOW ? 0 : WALK_NOFOLLOW;
    int status = walk_two(call, flags, &from, &to);
    if (status < 0)
        return status;
    if (to.node)
        status = -EEXIST;
    else if (to.trailing)
        status = -ENOENT;
    else if (S_ISDIR(from.node->mode) || is_proc(from.node))
        status = -EPERM;
    else
        status = enter_new(call, &to, node_hold(from.node));
    place_drop(&from);
    place_drop(&to);
    return status;
}

int64_t call_symlink(struct call *call)
{
    uint32_t next = copy_path(call->process, 0, second_path);
    if (!next)
        return -ENAMETOOLONG;
    struct place place;
    int status = walk(call, next, WALK_NOFOLLOW | WALK_PARENT, &place);
    if (status < 0)
        return status;
    if (place.node) {
        status = -EEXIST;
    } else if (place.trailing || *second_path == '\0') {
        status = -ENOENT;
    } else {
        struct node *node = node_new(S_IFLNK | 0777, call->process->effective_user,
                                     call->process->effective_group_id);
        size_t length = strlen(second_path);
        if (node && (node->target = malloc(length)) != NULL) {
            memcpy(node->target, second_path, length);
            node->size = length;
            status = enter_new(call, &place, node);
        } else {
            if (node)
                node_drop(node);
            status = -ENOSPC;
        }
    }
    place_drop(&place);
    return status;
}

int64_t call_readlink(struct call *call)
{
    struct place place;
    int status = walk(call, 0, WALK_NOFOLLOW, &place);
    if (status < 0)
        return status;
    const char *target = S_ISLNK(place.node->mode) ? tree_target(place.node) : NULL;
    int64_t size = target ? (int64_t)place.node->size : -EINVAL;
    if (size > (int64_t)call->argument[1])
        size = (int64_t)call->argument[1];
    if (size > 0)
        memcpy(call->process->window, target, (size_t)size);
    place_drop(&place);
    return size;
}

/* A new directory or regular file where there is nothing. */
static int64_t make(struct call *call, mode_t type, mode_t mode)
{
    struct place place;
    int status = walk(call, 0, WALK_NOFOLLOW | WALK_PARENT, &place);
    if (status < 0)
        return status;
    if (place.node)
        status = -EEXIST;
    else if (place.trailing && type != S_IFDIR)
        status = -ENOENT;
    else
        status = enter_new(call, &place, new_node(call, &place, type, mode));
    place_drop(&place);
    return status;
}

int64_t call_mkdir(struct call *call)
{
    return make(call, S_IFDIR, (mode_t)call->argument[1]);
}

int64_t call_mknod(struct call *call)
{
    mode_t mode = (mode_t)call->argument[1];
    if ((mode & S_IFMT) != 0 && !S_ISREG(mode))
        return -EOPNOTSUPP;
    return make(call, S_IFREG, mode);
}

int64_t call_chdir(struct call *call)
{
    struct place place;
    int status = walk_or_fd(call, 0, 0, &place);
    if (status < 0)
        return status;
    status = S_ISDIR(place.node->mode) ? node_permits(call->process, place.node, X_OK) : -ENOTDIR;
    if (status == 0) {
        node_drop(call->process->directory);
        call->process->directory = node_hold(place.node);
    }
    place_drop(&place);
    return status;
}

int64_t call_getcwd(struct call *call)
{
    return path_of(call->process->directory, call->process->window, POSIX_WINDOW_SIZE);
}

int64_t call_umask(struct call *call)
{
    mode_t old = call->process->mask;
    call->process->mask = (mode_t)call->argument[0] & 0777;
    return old;
}

static unsigned char entry_type(mode_t mode)
{
    return (unsigned char)((mode & S_IFMT) >> 12);
}

int64_t call_getdents(struct call *call)
{
    struct file *file = descriptor_file(call->process, call->argument[0]);
    if (!file)
        return -EBADF;
    if (file->kind != FILE_DIRECTORY)
        return -ENOTDIR;
    if (!file_reads(file))
        return -EBADF;
    uint64_t size = call->argument[1] < POSIX_WINDOW_SIZE ? call->argument[1] : POSIX_WINDOW_SIZE;
    uint64_t done = 0;
    struct listing listing;
    while (is_proc(file->node) ? proc_list(file->node, (uint32_t)file->offset, &listing)
                               : tree_list(file->node, (uint32_t)file->offset, &listing)) {
        struct dirent *entry = (void *)((char *)call->process->window + done);
        uint64_t length = (offsetof(struct dirent, d_name) + listing.length + 1u + 7) & ~7ull;
        if (length > size - done)
            return done > 0 ? (int64_t)done : -EINVAL;
        entry->d_ino = listing.inode;
        entry->d_off = listing.next;
        entry->d_reclen = (unsigned short)length;
        entry->d_type = entry_type(listing.mode);
        memcpy(entry->d_name, listing.name, listing.length);
        entry->d_name[listing.length] = '\0';
        file->offset = listing.next;
        done += length;
    }
    return (int64_t)done;
}

/* What may make the descriptors ready. More than WAIT_OBJECTS: the caller looks again at once. */
static void note_poll(struct process *process, const struct pollfd *fds, uint64_t count)
{
    const void *objects[WAIT_OBJECTS];
    uint32_t noted = 0;
    for (uint64_t i = 0; i < count; i++) {
        const struct file *file = descriptor_file(process, (uint32_t)fds[i].fd);
        if (!file)
            continue;
        if (noted == WAIT_OBJECTS) {
            wake_process(process);
            return;
        }
        objects[noted++] = file->kind == FILE_PIPE ? (void *)file->pipe : file->terminal;
    }
    wait_for_any(process, objects, noted);
}

int64_t call_poll(struct call *call)
{
    uint64_t count = call->argument[0];
    if (count > POLL_MAX)
        return -EINVAL;
    struct pollfd *fds = call->process->window;
    int64_t ready = 0;
    for (uint64_t i = 0; i < count; i++) {
        fds[i].revents = 0;
        if (fds[i].fd < 0)
            continue;
        struct file *file = descriptor_file(call->process, (uint32_t)fds[i].fd);
        short wanted = (short)(fds[i].events | POLLHUP | POLLERR);
        fds[i].revents = file ? (short)(file_ready(file) & wanted) : (short)POLLNVAL;
        ready += fds[i].revents != 0;
    }
    if (ready == 0 && call->argument[1])
        note_poll(call->process, fds, count);
    return ready;
}

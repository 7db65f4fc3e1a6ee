/* Names: making, removing, moving them; the working directory; reading directories. */
#include "libos.h"

#include <libc/libos.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HERE ((uint64_t)AT_FDCWD)

int unlinkat(int dir, const char *path, int flags)
{
    return (int)libos_path_call(POSIX_UNLINK, path, (uint64_t)dir, (uint64_t)flags, 0, 0);
}

int unlink(const char *path)
{
    return unlinkat(AT_FDCWD, path, 0);
}

int rmdir(const char *path)
{
    return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
    return (int)libos_paths_call(POSIX_RENAME, from, to, (uint64_t)from_dir, (uint64_t)to_dir, 0);
}

int rename(const char *from, const char *to)
{
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int linkat(int from_dir, const char *from, int to_dir, const char *to, int flags)
{
    return (int)libos_paths_call(POSIX_LINK, from, to, (uint64_t)from_dir, (uint64_t)to_dir,
                                 (uint64_t)flags);
}

int link(const char *from, const char *to)
{
    return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int symlinkat(const char *target, int dir, const char *path)
{
    return (int)libos_paths_call(POSIX_SYMLINK, target, path, (uint64_t)dir, 0, 0);
}

int symlink(const char *target, const char *path)
{
    return symlinkat(target, AT_FDCWD, path);
}

/* A call whose answer is so many bytes of the window. */
static int64_t take_bytes(int64_t result, void *buffer)
{
    if (result > 0)
        memcpy(buffer, LIBOS_WINDOW, (size_t)result);
    return result;
}

ssize_t readlinkat(int dir, const char *restrict path, char *restrict buffer, size_t size)
{
    libos_enter();
    int64_t result = -ENAMETOOLONG;
    if (libos_put_path(path, 0))
        result = take_bytes(libos_call(POSIX_READLINK, (uint64_t)dir, size, 0, 0, NULL), buffer);
    libos_leave();
    return libos_result(result);
}

ssize_t readlink(const char *restrict path, char *restrict buffer, size_t size)
{
    return readlinkat(AT_FDCWD, path, buffer, size);
}

int mkdirat(int dir, const char *path, mode_t mode)
{
    return (int)libos_path_call(POSIX_MKDIR, path, (uint64_t)dir, mode, 0, 0);
}

int mkdir(const char *path, mode_t mode)
{
    return mkdirat(AT_FDCWD, path, mode);
}

int mknod(const char *path, mode_t mode, dev_t device)
{
    (void)device; /* only files of a kind without one can be made */
    return (int)libos_path_call(POSIX_MKNOD, path, HERE, mode, 0, 0);
}

int mkfifo(const char *path, mode_t mode)
{
    return mknod(path, S_IFIFO | (mode & 07777), 0);
}

int chdir(const char *path)
{
    return (int)libos_path_call(POSIX_CHDIR, path, HERE, 0, 0, 0);
}

int fchdir(int fd)
{
    libos_enter();
    LIBOS_WINDOW[0] = '\0';
    int64_t result = libos_call(POSIX_CHDIR, (uint64_t)fd, 0, 0, 0, NULL);
    libos_leave();
    return (int)libos_result(result);
}

/* `buffer` NULL: fresh memory, as everybody expects though POSIX does not say so. */
char *getcwd(char *buffer, size_t size)
{
    char *to = buffer;
    libos_enter();
    int64_t result = libos_call(POSIX_GETCWD, 0, 0, 0, 0, NULL);
    if (result > 0 && !to)
        to = malloc(size = (size_t)result);
    if (result > 0 && !to)
        result = -ENOMEM;
    if (result > (int64_t)size)
        result = size == 0 ? -EINVAL : -ERANGE;
    if (result > 0)
        memcpy(to, LIBOS_WINDOW, (size_t)result);
    libos_leave();
    return libos_result(result) < 0 ? NULL : to;
}

ssize_t __getdents(int fd, void *buffer, size_t size)
{
    libos_enter();
    int64_t result = take_bytes(libos_call(POSIX_GETDENTS, (uint64_t)fd, size, 0, 0, NULL), buffer);
    libos_leave();
    return libos_result(result);
}

/* What is known of files, and changing it. */
#include "libos.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <string.h>
#include <unistd.h>

/* The server puts the status into the window. */
static int take_status(int64_t result, struct stat *status)
{
    if (result == 0)
        memcpy(status, LIBOS_WINDOW, sizeof(*status));
    return (int)result;
}

int fstatat(int dir, const char *restrict path, struct stat *restrict status, int flags)
{
    libos_enter();
    int result = -ENAMETOOLONG;
    if (libos_put_path(path, 0))
        result =
            take_status(libos_call(POSIX_STAT, (uint64_t)dir, (uint64_t)flags, 0, 0, NULL), status);
    libos_leave();
    return (int)libos_result(result);
}

int stat(const char *restrict path, struct stat *restrict status)
{
    return fstatat(AT_FDCWD, path, status, 0);
}

int lstat(const char *restrict path, struct stat *restrict status)
{
    return fstatat(AT_FDCWD, path, status, AT_SYMLINK_NOFOLLOW);
}

int fstat(int fd, struct stat *status)
{
    libos_enter();
    int result = take_status(libos_call(POSIX_FSTAT, (uint64_t)fd, 0, 0, 0, NULL), status);
    libos_leave();
    return (int)libos_result(result);
}

int faccessat(int dir, const char *path, int mode, int flags)
{
    return (int)libos_path_call(POSIX_ACCESS, path, (uint64_t)dir, (uint64_t)mode, (uint64_t)flags,
                                0);
}

int access(const char *path, int mode)
{
    return faccessat(AT_FDCWD, path, mode, 0);
}

/* A call on a descriptor itself: an empty path in the window. */
static int64_t descriptor_call(uint64_t call, int fd, uint64_t a, uint64_t b)
{
    libos_enter();
    LIBOS_WINDOW[0] = '\0';
    int64_t result = libos_call(call, (uint64_t)fd, a, b, 0, NULL);
    libos_leave();
    return libos_result(result);
}

int fchmodat(int dir, const char *path, mode_t mode, int flags)
{
    return (int)libos_path_call(POSIX_CHMOD, path, (uint64_t)dir, mode, (uint64_t)flags, 0);
}

int chmod(const char *path, mode_t mode)
{
    return fchmodat(AT_FDCWD, path, mode, 0);
}

int fchmod(int fd, mode_t mode)
{
    return (int)descriptor_call(POSIX_CHMOD, fd, mode, 0);
}

int fchownat(int dir, const char *path, uid_t uid, gid_t gid, int flags)
{
    return (int)libos_path_call(POSIX_CHOWN, path, (uint64_t)dir, uid, gid, (uint64_t)flags);
}

int chown(const char *path, uid_t uid, gid_t gid)
{
    return fchownat(AT_FDCWD, path, uid, gid, 0);
}

int fchown(int fd, uid_t uid, gid_t gid)
{
    return (int)descriptor_call(POSIX_CHOWN, fd, uid, gid);
}

/* Two times, then the path; an empty one stands for the descriptor. */
static int set_times(int dir, const char *path, const struct timespec times[2], int flags)
{
    static const struct timespec now[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_NOW}};
    libos_enter();
    memcpy(LIBOS_WINDOW, times ? times : now, sizeof(now));
    int64_t result = -ENAMETOOLONG;
    if (libos_put_path(path, sizeof(now)))
        result = libos_call(POSIX_UTIMENS, (uint64_t)dir, (uint64_t)flags, 0, 0, NULL);
    libos_leave();
    return (int)libos_result(result);
}

int utimensat(int dir, const char *path, const struct timespec times[2], int flags)
{
    return *path == '\0' ? (int)libos_result(-ENOENT) : set_times(dir, path, times, flags);
}

int futimens(int fd, const struct timespec times[2])
{
    return set_times(fd, "", times, 0);
}

int truncate(const char *path, off_t size)
{
    return (int)libos_path_call(POSIX_TRUNCATE, path, (uint64_t)AT_FDCWD, (uint64_t)size, 0, 0);
}

int ftruncate(int fd, off_t size)
{
    return (int)descriptor_call(POSIX_TRUNCATE, fd, (uint64_t)size, 0);
}

mode_t umask(mode_t mask)
{
    return (mode_t)libos_simple(POSIX_UMASK, mask, 0, 0, 0);
}

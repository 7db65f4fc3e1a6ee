/* sysconf, pathconf, fpathconf, confstr: our limits do not vary. */
#include <unistd.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

long sysconf(int name)
{
    static const long values[] = {
        [_SC_ARG_MAX] = ARG_MAX,
        [_SC_CHILD_MAX] = -1,
        [_SC_CLK_TCK] = 100,
        [_SC_NGROUPS_MAX] = NGROUPS_MAX,
        [_SC_OPEN_MAX] = OPEN_MAX,
        [_SC_PAGESIZE] = 4096,
        [_SC_VERSION] = _POSIX_VERSION,
        [_SC_LINE_MAX] = LINE_MAX,
        [_SC_HOST_NAME_MAX] = HOST_NAME_MAX,
        [_SC_LOGIN_NAME_MAX] = LOGIN_NAME_MAX,
        [_SC_SYMLOOP_MAX] = SYMLOOP_MAX,
        [_SC_NPROCESSORS_ONLN] = 1,
    };
    if (name < 0 || (size_t)name >= sizeof values / sizeof values[0]) {
        errno = EINVAL;
        return -1;
    }
    return values[name];
}

static long path_limit(int name)
{
    static const long values[] = {
        [_PC_LINK_MAX] = 65000,
        [_PC_MAX_CANON] = MAX_CANON,
        [_PC_MAX_INPUT] = MAX_INPUT,
        [_PC_NAME_MAX] = NAME_MAX,
        [_PC_PATH_MAX] = PATH_MAX,
        [_PC_PIPE_BUF] = PIPE_BUF,
        [_PC_NO_TRUNC] = 1,
        [_PC_CHOWN_RESTRICTED] = 1,
        [_PC_VDISABLE] = _POSIX_VDISABLE,
        [_PC_SYMLINK_MAX] = SYMLINK_MAX,
    };
    if (name < 0 || (size_t)name >= sizeof values / sizeof values[0]) {
        errno = EINVAL;
        return -1;
    }
    return values[name];
}

long pathconf(const char *path, int name)
{
    return access(path, F_OK) == 0 ? path_limit(name) : -1;
}

long fpathconf(int fd, int name)
{
    return lseek(fd, 0, SEEK_CUR) >= 0 || errno == ESPIPE ? path_limit(name) : -1;
}

size_t confstr(int name, char *buffer, size_t size)
{
    static const char path[] = "/bin:/sbin";
    if (name != _CS_PATH) {
        errno = EINVAL;
        return 0;
    }
    if (size > 0)
        strlcpy(buffer, path, size);
    return sizeof path;
}

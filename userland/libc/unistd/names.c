/* gethostname, getpgrp, lchown, creat, isatty, pause: one call of the libOS each. */
#include <unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/utsname.h>
#include <termios.h>

int gethostname(char *name, size_t size)
{
    struct utsname system;
    if (uname(&system) < 0)
        return -1;
    if (strlcpy(name, system.nodename, size) >= size) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return 0;
}

pid_t getpgrp(void)
{
    return getpgid(0);
}

int lchown(const char *path, uid_t uid, gid_t gid)
{
    return fchownat(AT_FDCWD, path, uid, gid, AT_SYMLINK_NOFOLLOW);
}

int creat(const char *path, mode_t mode)
{
    return open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

int isatty(int fd)
{
    struct termios attributes;
    return tcgetattr(fd, &attributes) == 0;
}

int pause(void)
{
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    return sigsuspend(&mask);
}

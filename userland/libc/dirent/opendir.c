/* opendir, readdir and their kin, over the libOS's __getdents. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <libc/libos.h>

struct __dir {
    int fd;
    long position; /* what telldir says: d_off of the entry read last */
    size_t at;
    size_t end;
    _Alignas(8) char records[4096 - 32];
};

DIR *fdopendir(int fd)
{
    struct stat status;
    if (fstat(fd, &status) < 0)
        return NULL;
    if (!S_ISDIR(status.st_mode)) {
        errno = ENOTDIR;
        return NULL;
    }
    DIR *dir = malloc(sizeof *dir);
    if (dir == NULL)
        return NULL;
    dir->fd = fd;
    dir->position = 0;
    dir->at = dir->end = 0;
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    return dir;
}

DIR *opendir(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    DIR *dir = fdopendir(fd);
    if (dir == NULL) {
        int saved = errno;
        close(fd);
        errno = saved;
    }
    return dir;
}

struct dirent *readdir(DIR *dir)
{
    if (dir->at == dir->end) {
        ssize_t size = __getdents(dir->fd, dir->records, sizeof dir->records);
        if (size <= 0)
            return NULL;
        dir->at = 0;
        dir->end = (size_t)size;
    }
    struct dirent *entry = (struct dirent *)(void *)(dir->records + dir->at);
    dir->at += entry->d_reclen;
    dir->position = entry->d_off;
    return entry;
}

int closedir(DIR *dir)
{
    int fd = dir->fd;
    free(dir);
    return close(fd);
}

int dirfd(DIR *dir)
{
    return dir->fd;
}

void seekdir(DIR *dir, long where)
{
    if (lseek(dir->fd, where, SEEK_SET) < 0)
        return;
    dir->position = where;
    dir->at = dir->end = 0;
}

void rewinddir(DIR *dir)
{
    seekdir(dir, 0);
}

long telldir(DIR *dir)
{
    return dir->position;
}

/* fopen, fdopen, freopen, fclose */
#include "stream.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int __stream_mode(const char *mode, unsigned *how)
{
    int flags;
    switch (*mode) {
    case 'r':
        flags = 0;
        *how = STREAM_READ;
        break;
    case 'w':
        flags = O_CREAT | O_TRUNC;
        *how = STREAM_WRITE;
        break;
    case 'a':
        flags = O_CREAT | O_APPEND;
        *how = STREAM_WRITE | STREAM_APPEND;
        break;
    default:
        errno = EINVAL;
        return -1;
    }
    if (strchr(mode, '+') != NULL)
        *how |= STREAM_READ | STREAM_WRITE;
    if (strchr(mode, 'x') != NULL)
        flags |= O_EXCL;
    if (strchr(mode, 'e') != NULL)
        flags |= O_CLOEXEC;
    if (strchr(mode, 'f') != NULL)
        flags |= O_CLOFORK;
    if ((*how & STREAM_READ) && (*how & STREAM_WRITE))
        return flags | O_RDWR;
    return flags | (*how & STREAM_READ ? O_RDONLY : O_WRONLY);
}

FILE *__stream_new(int fd, unsigned how)
{
    FILE *stream = calloc(1, sizeof *stream);
    if (stream != NULL)
        *stream = (FILE)STREAM_OVER(fd, how | STREAM_FREE);
    return stream;
}

FILE *fopen(const char *restrict path, const char *restrict mode)
{
    unsigned how;
    int flags = __stream_mode(mode, &how);
    if (flags < 0)
        return NULL;
    int fd = open(path, flags, 0666);
    if (fd < 0)
        return NULL;
    FILE *stream = __stream_new(fd, how);
    if (stream == NULL)
        close(fd);
    return stream;
}

FILE *fdopen(int fd, const char *mode)
{
    unsigned how;
    int flags = __stream_mode(mode, &how), now;
    if (flags < 0 || (now = fcntl(fd, F_GETFL)) < 0)
        return NULL;
    if ((flags & O_APPEND) && !(now & O_APPEND) && fcntl(fd, F_SETFL, now | O_APPEND) < 0)
        return NULL;
    if ((flags & O_CLOEXEC) && fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
        return NULL;
    return __stream_new(fd, how);
}

/* Opens path in the place of the stream's descriptor, which keeps its number. */
static int replace(FILE *stream, const char *path, int flags)
{
    int fd = open(path, flags, 0666);
    if (fd < 0 || fd == stream->fd)
        return fd;
    int old = stream->fd;
    if (old < 0)
        return fd;
    if (dup2(fd, old) < 0) {
        close(fd);
        return -1;
    }
    close(fd);
    return old;
}

FILE *freopen(const char *restrict path, const char *restrict mode, FILE *restrict stream)
{
    unsigned how;
    int flags = __stream_mode(mode, &how), fd = stream->fd;
    __stream_rest(stream);
    if (flags >= 0 && path != NULL)
        fd = replace(stream, path, flags);
    if (flags < 0 || fd < 0) {
        int saved = errno;
        fclose(stream);
        errno = saved;
        return NULL;
    }
    stream->fd = fd;
    stream->flags &= ~(STREAM_READ | STREAM_WRITE | STREAM_APPEND | STREAM_EOF | STREAM_ERROR);
    stream->flags |= how;
    return stream;
}

int fclose(FILE *stream)
{
    int result = __stream_rest(stream);
    if (stream->close(stream) < 0)
        result = EOF;
    stream->fd = -1;
    __stream_discard(stream);
    return result;
}

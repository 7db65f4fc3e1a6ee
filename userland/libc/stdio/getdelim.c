/* getdelim, getline, fgets: whole stretches of the buffer at once. */
#include "stream.h"
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * Bytes at hand, up to and with the delimiter, at most `most`: their number, with *found telling
 * whether the delimiter is the last. 0 at the end of file or on errors.
 */
static size_t stretch(FILE *stream, int delimiter, size_t most, int *found)
{
    *found = 0;
    if (stream->read_at == stream->read_end) {
        if (__stream_underflow(stream) == EOF)
            return 0;
        stream->read_at--;
    }
    size_t have = (size_t)(stream->read_end - stream->read_at);
    if (have > most)
        have = most;
    unsigned char *end = memchr(stream->read_at, delimiter, have);
    if (end == NULL)
        return have;
    *found = 1;
    return (size_t)(end - stream->read_at) + 1;
}

/* An error of before must not be taken for one that comes now. */
static unsigned forget_error(FILE *stream)
{
    unsigned before = stream->flags & STREAM_ERROR;
    stream->flags &= ~STREAM_ERROR;
    return before;
}

static int failed_since(FILE *stream, unsigned before)
{
    int failed = (stream->flags & STREAM_ERROR) != 0;
    stream->flags |= before;
    return failed;
}

static int reserve(char **line, size_t *size, size_t need)
{
    if (*line != NULL && *size >= need)
        return 0;
    size_t want = *line != NULL && *size > need / 2 ? *size * 2 : need;
    if (want < 120)
        want = 120;
    char *more = realloc(*line, want);
    if (more == NULL)
        return -1;
    *line = more;
    *size = want;
    return 0;
}

ssize_t getdelim(char **restrict line, size_t *restrict size, int delimiter, FILE *restrict stream)
{
    size_t used = 0, more;
    int found = 0;
    if (line == NULL || size == NULL) {
        errno = EINVAL;
        stream->flags |= STREAM_ERROR;
        return -1;
    }
    if (*line == NULL)
        *size = 0;
    if (__stream_to_read(stream) < 0)
        return -1;
    unsigned before = forget_error(stream);
    while (!found && (more = stretch(stream, delimiter, SSIZE_MAX - 1 - used, &found)) > 0) {
        if (reserve(line, size, used + more + 1) < 0) {
            stream->flags |= STREAM_ERROR;
            return -1;
        }
        memcpy(*line + used, stream->read_at, more);
        stream->read_at += more;
        used += more;
    }
    if (failed_since(stream, before) || used == 0)
        return -1;
    (*line)[used] = '\0';
    return (ssize_t)used;
}

ssize_t getline(char **restrict line, size_t *restrict size, FILE *restrict stream)
{
    return getdelim(line, size, '\n', stream);
}

char *fgets(char *restrict line, int size, FILE *restrict stream)
{
    size_t used = 0, more;
    int found = 0;
    if (size <= 0 || __stream_to_read(stream) < 0)
        return NULL;
    size_t room = (size_t)size - 1;
    unsigned before = forget_error(stream);
    while (used < room && !found && (more = stretch(stream, '\n', room - used, &found)) > 0) {
        memcpy(line + used, stream->read_at, more);
        stream->read_at += more;
        used += more;
    }
    if (failed_since(stream, before) || (used == 0 && room > 0))
        return NULL;
    line[used] = '\0';
    return line;
}

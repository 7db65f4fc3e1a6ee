/*
 * popen, pclose. The parent's ends are close-on-exec, so that no later child holds the pipe of an
 * earlier one open.
 */
#include "stream.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void run(const char *command, int fd, int target)
{
    if (fd == target)
        fcntl(fd, F_SETFD, 0);
    else
        dup2(fd, target);
    execl("/bin/sh", "sh", "-c", "--", command, (char *)NULL);
    _exit(127);
}

FILE *popen(const char *command, const char *mode)
{
    int ends[2];
    int reading = mode[0] == 'r';
    if (!reading && mode[0] != 'w') {
        errno = EINVAL;
        return NULL;
    }
    if (pipe2(ends, O_CLOEXEC) < 0)
        return NULL;
    FILE *stream = __stream_new(ends[!reading], reading ? STREAM_READ : STREAM_WRITE);
    pid_t child = stream != NULL ? fork() : -1;
    if (child == 0)
        run(command, ends[reading], reading);
    close(ends[reading]);
    if (child < 0) {
        close(ends[!reading]);
        if (stream != NULL)
            __stream_discard(stream);
        return NULL;
    }
    stream->child = child;
    return stream;
}

int pclose(FILE *stream)
{
    pid_t child = stream->child, done;
    int status;
    fclose(stream);
    do
        done = waitpid(child, &status, 0);
    while (done < 0 && errno == EINTR);
    return done < 0 ? -1 : status;
}

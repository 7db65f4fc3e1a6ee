/* select, over poll. */
#include <sys/select.h>
#include <errno.h>
#include <poll.h>
#include <string.h>

void __fd_zero(fd_set *set)
{
    memset(set, 0, sizeof *set);
}

static int wanted(int fd, const fd_set *set)
{
    return set != NULL && FD_ISSET(fd, set);
}

static nfds_t collect(int count, const fd_set *readable, const fd_set *writable,
                      const fd_set *exceptional, struct pollfd *fds)
{
    nfds_t used = 0;
    for (int fd = 0; fd < count; fd++) {
        int events = 0;
        events |= wanted(fd, readable) ? POLLIN : 0;
        events |= wanted(fd, writable) ? POLLOUT : 0;
        events |= wanted(fd, exceptional) ? POLLPRI : 0;
        if (events != 0)
            fds[used++] = (struct pollfd){.fd = fd, .events = (short)events};
    }
    return used;
}

/* Leaves in the set the descriptors where any of the events came; returns how many. */
static int keep(fd_set *set, const struct pollfd *fds, nfds_t used, int asked, int events)
{
    int count = 0;
    if (set == NULL)
        return 0;
    __fd_zero(set);
    for (nfds_t i = 0; i < used; i++)
        if ((fds[i].events & asked) && (fds[i].revents & events)) {
            FD_SET(fds[i].fd, set);
            count++;
        }
    return count;
}

int select(int count, fd_set *restrict readable, fd_set *restrict writable,
           fd_set *restrict exceptional, struct timeval *restrict timeout)
{
    struct pollfd fds[FD_SETSIZE];
    long wait = -1;
    if (count < 0 || count > FD_SETSIZE || (timeout != NULL && timeout->tv_sec < 0)) {
        errno = EINVAL;
        return -1;
    }
    if (timeout != NULL)
        wait = timeout->tv_sec > 2000000 ? 2000000000
                                         : timeout->tv_sec * 1000 + (timeout->tv_usec + 999) / 1000;
    nfds_t used = collect(count, readable, writable, exceptional, fds);
    if (poll(fds, used, (int)wait) < 0)
        return -1;
    for (nfds_t i = 0; i < used; i++)
        if (fds[i].revents & POLLNVAL) {
            errno = EBADF;
            return -1;
        }
    return keep(readable, fds, used, POLLIN, POLLIN | POLLHUP | POLLERR) +
           keep(writable, fds, used, POLLOUT, POLLOUT | POLLERR) +
           keep(exceptional, fds, used, POLLPRI, POLLPRI);
}

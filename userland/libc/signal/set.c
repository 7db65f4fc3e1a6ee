/* Sets of signals: signal n is bit n - 1. */
#include <signal.h>
#include <errno.h>

static int valid(int signal)
{
    if (signal > 0 && signal < NSIG)
        return 1;
    errno = EINVAL;
    return 0;
}

int sigemptyset(sigset_t *set)
{
    *set = 0;
    return 0;
}

int sigfillset(sigset_t *set)
{
    *set = (1UL << (NSIG - 1)) - 1;
    return 0;
}

int sigaddset(sigset_t *set, int signal)
{
    if (!valid(signal))
        return -1;
    *set |= 1UL << (signal - 1);
    return 0;
}

int sigdelset(sigset_t *set, int signal)
{
    if (!valid(signal))
        return -1;
    *set &= ~(1UL << (signal - 1));
    return 0;
}

int sigismember(const sigset_t *set, int signal)
{
    if (!valid(signal))
        return -1;
    return (int)(*set >> (signal - 1) & 1);
}

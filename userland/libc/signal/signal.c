/* signal, raise, killpg */
#include <signal.h>
#include <errno.h>
#include <unistd.h>

void (*signal(int number, void (*handler)(int)))(int)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART}, old;
    if (sigaction(number, &action, &old) < 0)
        return SIG_ERR;
    return old.sa_handler;
}

int raise(int number)
{
    return kill(getpid(), number) < 0 ? errno : 0;
}

int killpg(pid_t group, int number)
{
    if (group <= 1) {
        errno = EINVAL;
        return -1;
    }
    return kill(-group, number);
}

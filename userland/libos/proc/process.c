/* Processes: fork, wait, the end, and who is who. */
#include "libos.h"

#include <libos/power.h>

#include <sys/resource.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include <signal.h>
#include <string.h>
#include <unistd.h>

enum {
    NANOSECONDS_PER_TICK = 10000000, /* 100 ticks a second */
    NANOSECONDS_PER_MICROSECOND = 1000,
    MICROSECONDS = 1000000,
};

pid_t fork(void)
{
    libos_enter();
    int64_t result = libos_fork_raw(SLOT_SERVER, POSIX_FORK);
    if (result == 0)
        libos_alarm_forget();
    libos_leave(); /* in the child too: it continues here */
    return (pid_t)libos_result(result);
}

_Noreturn void _exit(int status)
{
    for (;;)
        libos_call(POSIX_EXIT, (uint64_t)(status & 0xFF) << 8, 0, 0, 0, NULL);
}

pid_t waitpid(pid_t pid, int *status, int options)
{
    struct libos_moment moment = libos_now();
    struct libos_answer answer;
    for (;;) {
        int64_t result = libos_call(POSIX_WAIT, (uint64_t)pid, (uint64_t)options, 0, 0, &answer);
        if (result != -POSIX_BLOCK) {
            if (result > 0 && status)
                *status = (int)answer.value[0];
            return (pid_t)libos_result(result);
        }
        if (libos_sleep(moment, LIBOS_FOREVER) == LIBOS_INTERRUPTED)
            return (pid_t)libos_result(-EINTR);
    }
}

pid_t getpid(void)
{
    return LIBOS_CONTROL->pid;
}

static int64_t get_id(enum posix_id what, pid_t pid)
{
    return libos_simple(POSIX_GETID, what, (uint64_t)pid, 0, 0);
}

pid_t getppid(void)
{
    return (pid_t)get_id(POSIX_ID_PARENT, 0);
}

pid_t getpgid(pid_t pid)
{
    return (pid_t)get_id(POSIX_ID_GROUP, pid);
}

pid_t getsid(pid_t pid)
{
    return (pid_t)get_id(POSIX_ID_SESSION, pid);
}

uid_t getuid(void)
{
    return (uid_t)get_id(POSIX_ID_USER, 0);
}

uid_t geteuid(void)
{
    return (uid_t)get_id(POSIX_ID_EFFECTIVE_USER, 0);
}

gid_t getgid(void)
{
    return (gid_t)get_id(POSIX_ID_GROUP_ID, 0);
}

gid_t getegid(void)
{
    return (gid_t)get_id(POSIX_ID_EFFECTIVE_GROUP_ID, 0);
}

/* There are no supplementary groups. */
int getgroups(int count, gid_t groups[])
{
    (void)count;
    (void)groups;
    return 0;
}

int setuid(uid_t uid)
{
    return (int)libos_simple(POSIX_SETID, POSIX_ID_USER, uid, 0, 0);
}

int setgid(gid_t gid)
{
    return (int)libos_simple(POSIX_SETID, POSIX_ID_GROUP_ID, gid, 0, 0);
}

int setpgid(pid_t pid, pid_t group)
{
    return (int)libos_simple(POSIX_SETPGID, (uint64_t)pid, (uint64_t)group, 0, 0);
}

pid_t setsid(void)
{
    return (pid_t)libos_simple(POSIX_SETSID, 0, 0, 0, 0);
}

clock_t times(struct tms *buffer)
{
    struct libos_answer answer = {0};
    libos_call(POSIX_TIMES, 0, 0, 0, 0, &answer);
    *buffer = (struct tms){.tms_utime = (clock_t)(answer.value[0] / NANOSECONDS_PER_TICK),
                           .tms_cutime = (clock_t)(answer.value[1] / NANOSECONDS_PER_TICK)};
    return (clock_t)(libos_clock() / NANOSECONDS_PER_TICK);
}

int getrusage(int who, struct rusage *usage)
{
    if (who != RUSAGE_SELF && who != RUSAGE_CHILDREN)
        return (int)libos_result(-EINVAL);
    struct libos_answer answer = {0};
    libos_call(POSIX_TIMES, 0, 0, 0, 0, &answer);
    uint64_t time = answer.value[who == RUSAGE_CHILDREN] / NANOSECONDS_PER_MICROSECOND;
    *usage = (struct rusage){.ru_utime = {.tv_sec = (time_t)(time / MICROSECONDS),
                                          .tv_usec = (suseconds_t)(time % MICROSECONDS)}};
    return 0;
}

/* The limits are the layout's and the server's, and cannot be changed. */
int getrlimit(int resource, struct rlimit *limit)
{
    rlim_t value = RLIM_INFINITY;
    if (resource == RLIMIT_NOFILE)
        value = POSIX_DESCRIPTORS;
    else if (resource == RLIMIT_STACK)
        value = POSIX_STACK_TOP - POSIX_STACK_LIMIT;
    else if (resource == RLIMIT_CORE)
        value = 0;
    *limit = (struct rlimit){value, value};
    return 0;
}

int setrlimit(int resource, const struct rlimit *limit)
{
    struct rlimit now;
    getrlimit(resource, &now);
    if (limit->rlim_cur == now.rlim_cur)
        return 0;
    return (int)libos_result(limit->rlim_cur > now.rlim_max ? -EPERM : -EINVAL);
}

int libos_power_off(int status)
{
    return (int)libos_simple(POSIX_POWER, (uint64_t)status, 0, 0, 0);
}

int uname(struct utsname *name)
{
    static const struct utsname ours = {.sysname = "ExoV6",
                                        .nodename = "exov6",
                                        .release = "0.1.0",
                                        .version = "1",
                                        .machine = "x86_64"};
    *name = ours;
    return 0;
}

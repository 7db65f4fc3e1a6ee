/*
 * init: the first process. Keeps a login shell on /dev/ttyS0, starts the command agent where there
 * is a second serial port, and waits for every orphan. There is nothing to configure.
 */
#include <fcntl.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    RESTART_PAUSE = 1, /* seconds, where a service ended sooner than that */
    STATUS_CANNOT_RUN = 127,
};

struct service {
    const char *terminal;
    const char *program;
    const char *name; /* argv[0]; "-" in front makes a login shell */
    pid_t pid;
    time_t started;
};

static struct service services[] = {
    {.terminal = "/dev/ttyS0", .program = "/bin/sh", .name = "-sh"},
    {.terminal = "/dev/ttyS1", .program = "/sbin/agent", .name = "agent"},
};

static const char *const environment[] = {
    "HOME=/root", "LOGNAME=root", "PATH=/bin:/sbin", "SHELL=/bin/sh", "TERM=vt100",
    "USER=root",  NULL,
};

static void complain(const char *what, const char *which)
{
    int console = open("/dev/console", O_WRONLY | O_NOCTTY);
    if (console < 0)
        return;
    const char *parts[] = {"init: ", what, " ", which, ": ", strerror(errno), "\n"};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (write(console, parts[i], strlen(parts[i])) < 0)
            break;
    close(console);
}

/* In the child: a session of its own, with the terminal as its controlling one. */
static _Noreturn void run(const struct service *service)
{
    setsid();
    int terminal = open(service->terminal, O_RDWR);
    if (terminal < 0) {
        complain("cannot open", service->terminal);
        _exit(STATUS_CANNOT_RUN);
    }
    for (int fd = 0; fd <= 2; fd++)
        dup2(terminal, fd);
    if (terminal > 2)
        close(terminal);
    if (chdir("/root") < 0 && chdir("/") < 0)
        complain("cannot enter", "/");
    char *argv[] = {(char *)service->name, NULL};
    execve(service->program, argv, (char *const *)environment);
    complain("cannot run", service->program);
    _exit(STATUS_CANNOT_RUN);
}

static void start(struct service *service)
{
    struct stat status;
    if (stat(service->terminal, &status) < 0)
        return;
    service->started = time(NULL);
    service->pid = fork();
    if (service->pid == 0)
        run(service);
    if (service->pid < 0)
        complain("cannot start", service->program);
}

int main(void)
{
    size_t count = sizeof(services) / sizeof(services[0]);
    for (size_t i = 0; i < count; i++)
        start(&services[i]);
    for (;;) {
        pid_t pid = wait(NULL);
        if (pid < 0) /* no service could be started: nothing will ever change */
            sleep(RESTART_PAUSE);
        for (size_t i = 0; i < count; i++) {
            if (pid <= 0 || services[i].pid != pid)
                continue;
            if (time(NULL) - services[i].started < RESTART_PAUSE)
                sleep(RESTART_PAUSE);
            start(&services[i]);
        }
    }
}

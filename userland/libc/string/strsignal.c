/* strsignal, sig2str, str2sig: the names of signals. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    const char *text;
} signals[NSIG] = {
    [SIGHUP] = {"HUP", "Hangup"},
    [SIGINT] = {"INT", "Interrupt"},
    [SIGQUIT] = {"QUIT", "Quit"},
    [SIGILL] = {"ILL", "Illegal instruction"},
    [SIGTRAP] = {"TRAP", "Trace/breakpoint trap"},
    [SIGABRT] = {"ABRT", "Aborted"},
    [SIGBUS] = {"BUS", "Bus error"},
    [SIGFPE] = {"FPE", "Floating point exception"},
    [SIGKILL] = {"KILL", "Killed"},
    [SIGUSR1] = {"USR1", "User defined signal 1"},
    [SIGSEGV] = {"SEGV", "Segmentation fault"},
    [SIGUSR2] = {"USR2", "User defined signal 2"},
    [SIGPIPE] = {"PIPE", "Broken pipe"},
    [SIGALRM] = {"ALRM", "Alarm clock"},
    [SIGTERM] = {"TERM", "Terminated"},
    [SIGCHLD] = {"CHLD", "Child exited"},
    [SIGCONT] = {"CONT", "Continued"},
    [SIGSTOP] = {"STOP", "Stopped (signal)"},
    [SIGTSTP] = {"TSTP", "Stopped"},
    [SIGTTIN] = {"TTIN", "Stopped (tty input)"},
    [SIGTTOU] = {"TTOU", "Stopped (tty output)"},
    [SIGURG] = {"URG", "Urgent I/O condition"},
    [SIGXCPU] = {"XCPU", "CPU time limit exceeded"},
    [SIGXFSZ] = {"XFSZ", "File size limit exceeded"},
    [SIGVTALRM] = {"VTALRM", "Virtual timer expired"},
    [SIGPROF] = {"PROF", "Profiling timer expired"},
    [SIGWINCH] = {"WINCH", "Window changed"},
    [SIGPOLL] = {"POLL", "I/O possible"},
    [SIGSYS] = {"SYS", "Bad system call"},
};

static int known(int signal)
{
    return signal > 0 && signal < NSIG && signals[signal].name != NULL;
}

char *strsignal(int signal)
{
    return (char *)(known(signal) ? signals[signal].text : "Unknown signal");
}

int sig2str(int signal, char *name)
{
    if (!known(signal))
        return -1;
    strcpy(name, signals[signal].name);
    return 0;
}

int str2sig(const char *restrict name, int *restrict signal)
{
    if (*name >= '0' && *name <= '9') {
        char *end;
        long number = strtol(name, &end, 10);
        if (*end != '\0' || number >= NSIG || !known((int)number))
            return -1;
        *signal = (int)number;
        return 0;
    }
    for (int i = 1; i < NSIG; i++)
        if (signals[i].name != NULL && strcmp(name, signals[i].name) == 0) {
            *signal = i;
            return 0;
        }
    return -1;
}

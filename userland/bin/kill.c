/*
 * kill: terminate or signal processes.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/kill.html
 */
#include <signal.h>
#include <string.h>
#include <strings.h>
#include <sys/types.h>

#include "util.h"

static const struct {
    const char *name;
    int number;
} signals[] = {
    {"0", 0},          {"ABRT", SIGABRT}, {"ALRM", SIGALRM},   {"BUS", SIGBUS},
    {"CHLD", SIGCHLD}, {"CONT", SIGCONT}, {"FPE", SIGFPE},     {"HUP", SIGHUP},
    {"ILL", SIGILL},   {"INT", SIGINT},   {"KILL", SIGKILL},   {"PIPE", SIGPIPE},
    {"QUIT", SIGQUIT}, {"SEGV", SIGSEGV}, {"STOP", SIGSTOP},   {"TERM", SIGTERM},
    {"TSTP", SIGTSTP}, {"TTIN", SIGTTIN}, {"TTOU", SIGTTOU},   {"USR1", SIGUSR1},
    {"USR2", SIGUSR2}, {"URG", SIGURG},   {"WINCH", SIGWINCH}, {"SYS", SIGSYS},
    {"TRAP", SIGTRAP}, {"XCPU", SIGXCPU}, {"XFSZ", SIGXFSZ},   {"VTALRM", SIGVTALRM},
    {"PROF", SIGPROF},
};
enum { SIGNAL_COUNT = sizeof signals / sizeof *signals };

static const char *signal_name(int number)
{
    for (int i = 0; i < SIGNAL_COUNT; i++)
        if (signals[i].number == number)
            return signals[i].name;
    return NULL;
}

/* A name with or without SIG, in any case, or a number. */
static int signal_number(const char *text)
{
    uintmax_t number;
    if (parse_number(text, 127, &number))
        return (int)number;
    const char *name = strncasecmp(text, "SIG", 3) == 0 ? text + 3 : text;
    for (int i = 0; i < SIGNAL_COUNT; i++)
        if (strcasecmp(name, signals[i].name) == 0)
            return signals[i].number;
    diex("%s: no such signal", text);
}

static void list_all(void)
{
    const char *gap = "";
    for (int number = 1; number < 128; number++) {
        const char *name = signal_name(number);
        if (name == NULL)
            continue;
        printf("%s%s", gap, name);
        gap = " ";
    }
    putchar('\n');
}

/* The name of a signal, also of one that shows in an exit status as 128 + number. */
static void list_status(const char *text)
{
    uintmax_t status;
    if (!parse_number(text, 255, &status))
        diex("%s: not an exit status", text);
    const char *name = signal_name((int)(status > 128 ? status - 128 : status));
    if (name == NULL || status == 0)
        diex("%s: no such signal", text);
    puts(name);
}

static bool send(int number, const char *text)
{
    bool negative = *text == '-';
    uintmax_t value;
    if (!parse_number(text + negative, INT32_MAX, &value)) {
        warnx("%s: not a process id", text);
        return false;
    }
    pid_t pid = negative ? -(pid_t)value : (pid_t)value;
    if (kill(pid, number) != 0) {
        warn("%s", text);
        return false;
    }
    return true;
}

int main(int argc, char *argv[])
{
    util_start(argv,
               "kill -s signal_name pid ...\n"
               "kill -l [exit_status ...]\n"
               "kill [-signal_name] pid ...\n"
               "kill [-signal_number] pid ...",
               1);
    int number = SIGTERM;
    int i = 1;
    if (i < argc && strcmp(argv[i], "-l") == 0) {
        if (argc == 2)
            list_all();
        for (i++; i < argc; i++)
            list_status(argv[i]);
        return util_end(0);
    }
    /* By hand: a signal may stand behind the minus, and a process group has one too. */
    if (i + 1 < argc && strcmp(argv[i], "-s") == 0) {
        number = signal_number(argv[i + 1]);
        i += 2;
    } else if (i < argc && argv[i][0] == '-' && strcmp(argv[i], "--") != 0) {
        number = signal_number(argv[i] + 1);
        i++;
    }
    if (i < argc && strcmp(argv[i], "--") == 0)
        i++;
    if (i == argc)
        usage();
    int status = 0;
    for (; i < argc; i++)
        if (!send(number, argv[i]))
            status = 1;
    return status;
}

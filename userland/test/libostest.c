/*
 * libostest: what the library OS promises of signals, waiting and memory, where a shell would not
 * notice that it is wrong: handlers in the middle of computations, jumps out of them, races of
 * signals and sleeps, stacks that overflow, pages shared after fork. Prints what failed.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    SIGNALS = 40, /* that interrupt a computation */
    PAGE = 4096,
    SHALLOW = 1000, /* frames of a page each: within the stack's limit */
    DEEP = 100000,  /* beyond it */
};

static int faults;
static volatile int hits;
static sigjmp_buf back;

#define CHECK(condition) check((condition), #condition, __LINE__)

static void check(bool good, const char *text, int line)
{
    if (!good) {
        printf("line %d: %s (errno %d, hits %d)\n", line, text, errno, hits);
        faults++;
    }
}

static void count(int signal)
{
    volatile double scratch = signal; /* the FPU's state must come back for who was interrupted */
    scratch = scratch * 3.5 + hits;
    hits++;
}

static void jump(int signal)
{
    siglongjmp(back, signal);
}

static void handle(int signal, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigaction(signal, &action, NULL);
}

static int status_of(pid_t pid)
{
    int status = -1;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return status;
}

static bool killed_by(pid_t pid, int signal)
{
    int status = status_of(pid);
    return WIFSIGNALED(status) && WTERMSIG(status) == signal;
}

/* ---- signals ---- */

static _Noreturn void send_many(pid_t target)
{
    for (int i = 0; i < SIGNALS + 10; i++) {
        kill(target, SIGUSR1);
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    }
    _exit(0);
}

static void computing(void)
{
    hits = 0;
    handle(SIGUSR1, count, 0);
    pid_t me = getpid();
    pid_t sender = fork();
    if (sender == 0)
        send_many(me);
    double sum = 0;
    while (hits < SIGNALS)
        for (int i = 1; i < 1000; i++)
            sum = sum + 1.0 / i - 1.0 / i;
    CHECK(sum < 1e-6 && sum > -1e-6);
    CHECK(status_of(sender) == 0);
}

static void alarms(void)
{
    hits = 0;
    handle(SIGALRM, count, 0);
    alarm(1);
    while (hits == 0)
        continue;
    alarm(1);
    CHECK(pause() == -1 && errno == EINTR && hits == 2);
    struct timespec left = {0};
    alarm(1);
    CHECK(nanosleep(&(struct timespec){.tv_sec = 5}, &left) == -1 && errno == EINTR);
    CHECK(left.tv_sec >= 3);
}

static void interrupted_reads(void)
{
    int fds[2];
    char byte;
    CHECK(pipe(fds) == 0);
    handle(SIGALRM, count, 0);
    alarm(1);
    CHECK(read(fds[0], &byte, 1) == -1 && errno == EINTR);
    handle(SIGALRM, count, SA_RESTART);
    pid_t writer = fork();
    if (writer == 0) {
        sleep(2);
        _exit(write(fds[1], "z", 1) != 1);
    }
    alarm(1);
    CHECK(read(fds[0], &byte, 1) == 1 && byte == 'z');
    CHECK(status_of(writer) == 0);
    close(fds[0]);
    handle(SIGPIPE, count, 0);
    hits = 0;
    CHECK(write(fds[1], "x", 1) == -1 && errno == EPIPE && hits == 1);
    close(fds[1]);
}

static void masks(void)
{
    sigset_t set;
    sigset_t old;
    sigset_t pending;
    hits = 0;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, &old);
    raise(SIGUSR1);
    sigpending(&pending);
    CHECK(hits == 0 && sigismember(&pending, SIGUSR1) == 1);
    sigprocmask(SIG_SETMASK, &old, NULL);
    CHECK(hits == 1);
    sigprocmask(SIG_BLOCK, &set, &old);
    pid_t me = getpid();
    pid_t sender = fork();
    if (sender == 0)
        _exit(kill(me, SIGUSR1) != 0);
    CHECK(sigsuspend(&old) == -1 && errno == EINTR && hits == 2);
    sigprocmask(SIG_SETMASK, &old, NULL);
    CHECK(status_of(sender) == 0);
}

static volatile char *const volatile nowhere = (volatile char *)8; /* unmapped */

/* Makes the fault that a signal stands for. */
static void provoke(int signal)
{
    volatile int zero = 0;
    switch (signal) {
    case SIGALRM:
        alarm(1);
        for (;;)
            continue;
    case SIGFPE:
        zero = 7 / zero;
        break;
    case SIGILL:
        __builtin_trap();
    default:
        *nowhere = 1;
        break;
    }
}

static void jumps(void)
{
    static const int signals[] = {SIGALRM, SIGALRM, SIGSEGV, SIGSEGV, SIGFPE, SIGILL, SIGSEGV};
    for (volatile size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        handle(signals[i], jump, 0);
        int signal = sigsetjmp(back, 1);
        if (signal == 0)
            provoke(signals[i]);
        CHECK(signal == signals[i]);
    }
}

/* ---- waiting ---- */

static void children(void)
{
    int status;
    hits = 0;
    handle(SIGCHLD, count, 0);
    if (fork() == 0)
        _exit(3);
    CHECK(wait(&status) > 0 || errno == EINTR);
    while (wait(&status) > 0)
        continue;
    CHECK(hits == 1);
    handle(SIGCHLD, SIG_IGN, 0);
    if (fork() == 0)
        _exit(3);
    CHECK(wait(&status) == -1 && errno == ECHILD);
    handle(SIGCHLD, SIG_DFL, 0);
}

static void stops(void)
{
    int status;
    pid_t sleeper = fork();
    if (sleeper == 0)
        for (;;)
            pause();
    kill(sleeper, SIGSTOP);
    CHECK(waitpid(sleeper, &status, WUNTRACED) == sleeper && WIFSTOPPED(status));
    kill(sleeper, SIGCONT);
    CHECK(waitpid(sleeper, &status, WCONTINUED) == sleeper && WIFCONTINUED(status));
    kill(sleeper, SIGTERM);
    CHECK(killed_by(sleeper, SIGTERM));
    pid_t runner = fork();
    if (runner == 0)
        for (;;)
            continue;
    kill(runner, SIGSTOP);
    CHECK(waitpid(runner, &status, WUNTRACED) == runner && WIFSTOPPED(status));
    kill(runner, SIGKILL);
    CHECK(killed_by(runner, SIGKILL));
}

static void polls(void)
{
    int fds[2];
    char byte;
    CHECK(pipe(fds) == 0);
    struct pollfd poller = {.fd = fds[0], .events = POLLIN};
    CHECK(poll(&poller, 1, 100) == 0);
    CHECK(write(fds[1], "a", 1) == 1);
    CHECK(poll(&poller, 1, -1) == 1 && poller.revents == POLLIN);
    close(fds[1]);
    CHECK(read(fds[0], &byte, 1) == 1);
    CHECK(poll(&poller, 1, -1) == 1 && (poller.revents & POLLHUP));
    close(fds[0]);
}

/* ---- memory ---- */

static char *volatile sink;

__attribute__((noinline)) static int descend(int frames)
{
    char frame[PAGE] = {0};
    sink = frame;
    frame[frames % PAGE] = (char)frames;
    int below = frames > 0 ? descend(frames - 1) : 0;
    return below + sink[0] + frame[5];
}

static void stacks(void)
{
    descend(SHALLOW);
    for (int i = 0; i < 2; i++) { /* without a handler, and with one that has no stack to run on */
        pid_t pid = fork();
        if (pid == 0) {
            handle(SIGSEGV, i == 0 ? SIG_DFL : count, 0);
            descend(DEEP);
            _exit(0);
        }
        CHECK(killed_by(pid, SIGSEGV));
    }
}

static void mappings(void)
{
    int fd = open("/bin/cat", O_RDONLY);
    char *file = mmap(NULL, 2 * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    CHECK(file != MAP_FAILED && memcmp(file, "\177ELF", 4) == 0);
    char *memory = mmap(NULL, 5 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED && memory[0] == 0);
    memory[0] = 1;
    /* A page that cannot be written at fork is shared; who may write it later must not share. */
    CHECK(mprotect(memory, PAGE, PROT_READ) == 0);
    pid_t pid = fork();
    if (pid == 0) {
        mprotect(memory, PAGE, PROT_READ | PROT_WRITE);
        memory[0] = 7;
        _exit(memory[0]);
    }
    CHECK(WEXITSTATUS(status_of(pid)) == 7 && memory[0] == 1);
    CHECK(munmap(memory, 5 * PAGE) == 0);
    handle(SIGSEGV, jump, 0);
    int signal = sigsetjmp(back, 1);
    if (signal == 0)
        memory[0] = 1;
    CHECK(signal == SIGSEGV);
}

int main(void)
{
    computing();
    alarms();
    interrupted_reads();
    masks();
    jumps();
    children();
    stops();
    polls();
    stacks();
    mappings();
    if (faults == 0)
        puts("ok");
    return faults != 0;
}

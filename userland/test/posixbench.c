/*
 * posixbench: how many guest instructions the POSIX library OS spends on what a shell does most.
 *
 * Under QEMU's `-icount shift=0` the time-stamp counter advances by one for each guest instruction,
 * so these figures repeat exactly. Each line printed is `bench NAME MINIMUM MEDIAN`.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 31

static uint64_t counter(void)
{
    uint32_t low, high;
    __asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void report(const char *name, uint64_t *samples)
{
    qsort(samples, ROUNDS, sizeof(samples[0]), compare);
    printf("bench %s %llu %llu\n", name, (unsigned long long)samples[0],
           (unsigned long long)samples[ROUNDS / 2]);
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void fork_wait(const char *program, const char *name)
{
    uint64_t samples[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t begin = counter();
        pid_t child = fork();
        if (child < 0)
            die("fork");
        if (child == 0) {
            if (program != NULL)
                execl(program, program, (char *)NULL);
            _exit(program == NULL ? 0 : 127);
        }
        int status;
        if (waitpid(child, &status, 0) != child || status != 0)
            die(name);
        samples[i] = counter() - begin;
    }
    report(name, samples);
}

/* The child sends back each byte it gets until its input ends. */
static void echo_bytes(int in, int out)
{
    char byte;
    while (read(in, &byte, 1) == 1)
        if (write(out, &byte, 1) != 1)
            _exit(1);
    _exit(0);
}

static void pipe_round_trip(void)
{
    int there[2], back[2];
    if (pipe(there) != 0 || pipe(back) != 0)
        die("pipe");
    pid_t child = fork();
    if (child < 0)
        die("fork");
    if (child == 0) {
        close(there[1]);
        close(back[0]);
        echo_bytes(there[0], back[1]);
    }
    close(there[0]);
    close(back[1]);
    uint64_t samples[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        char byte = (char)i;
        uint64_t begin = counter();
        if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1)
            die("pipe round trip");
        samples[i] = counter() - begin;
        if (byte != (char)i)
            die("pipe round trip: another byte came back");
    }
    close(there[1]);
    waitpid(child, NULL, 0);
    report("pipe_round_trip", samples);
}

int main(void)
{
    fork_wait(NULL, "fork_exit_wait");
    fork_wait("/bin/true", "fork_exec_wait");
    pipe_round_trip();
    return fflush(stdout) == 0 ? 0 : 1;
}

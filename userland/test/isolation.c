/*
 * isolation: tries to reach beyond its own process, with memory, with capabilities that it was
 * never given or that were revoked, and with nonsense in calls of the POSIX server. Each attempt
 * is made by a child, which must fail or be ended for it, while a neighbour goes on working.
 * Prints what went wrong, or `ok: N attempts`.
 */
#include <exo/syscall.h>
#include <posix/protocol.h>

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SLOTS = 4096, /* more than any table has */
    FUZZERS = 40, /* children that make random calls */
    CALLS = 200,  /* of each */
    NOBODY = 65534,
};

static int faults;
static int attempts;

static void report(const char *what, uint64_t value)
{
    printf("%s (%#llx)\n", what, (unsigned long long)value);
    faults++;
}

/* ---- memory ---- */

/* Where the kernel, the server and other parts of this process's own space lie. */
static const uint64_t addresses[] = {
    0,
    POSIX_HEAP_LIMIT,          /* nothing is mapped there */
    POSIX_AREA_VADDR + 0x1000, /* behind the upcall area */
    0x100000000,               /* the server's heap */
    0x400000000,               /* the server's view of all pages */
    0x7FFFFFFFE000,            /* a domain's facts */
    0xFFFF800000000000,        /* the kernel's view of memory */
    0xFFFFFFFF80000000,        /* the kernel */
    0x0000800000000000,        /* no address at all */
};

static bool dies_by_touching(uint64_t address, bool write)
{
    pid_t pid = fork();
    if (pid == 0) {
        volatile char *byte = (volatile char *)address;
        if (write)
            *byte = 1;
        else
            (void)*byte;
        _exit(0);
    }
    int status = 0;
    attempts++;
    return waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV;
}

static void try_memory(void)
{
    for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
        if (!dies_by_touching(addresses[i], false))
            report("a read of a foreign address was let pass", addresses[i]);
        if (!dies_by_touching(addresses[i], true))
            report("a write to a foreign address was let pass", addresses[i]);
    }
    if (!dies_by_touching(POSIX_TEXT_VADDR, true))
        report("a write to the program's text was let pass", POSIX_TEXT_VADDR);
}

/* ---- capabilities ---- */

static bool is_ours(slot_t slot)
{
    return slot == SLOT_SELF || slot == SLOT_SERVER;
}

static void try_slots(void)
{
    for (slot_t slot = 0; slot < SLOTS; slot++) {
        attempts++;
        if (!is_ours(slot) && exo_cap_check(slot, CAP_NONE, 0) == 0)
            report("a made-up capability was taken", slot);
    }
}

static void look_at_space(slot_t slot)
{
    struct exo_aspace_query query;
    exo_aspace_query(slot, POSIX_TEXT_VADDR, &query);
}

static void look_at_frame(slot_t slot)
{
    struct exo_frame_info info;
    exo_frame_info(slot, 0, &info);
}

static void destroy_env(slot_t slot)
{
    exo_env_destroy(slot);
}

static bool dies_by_using(void (*use)(slot_t), slot_t slot)
{
    pid_t pid = fork();
    if (pid == 0) {
        use(slot);
        _exit(0);
    }
    int status = 0;
    attempts++;
    return waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
}

static void try_uses(void)
{
    static const slot_t made_up[] = {0, 5, 127, 128, 4095, 4096, 0x7FFFFFFF, 0xFFFFFFFF};
    for (size_t i = 0; i < sizeof(made_up) / sizeof(made_up[0]); i++)
        if (!dies_by_using(look_at_frame, made_up[i]))
            report("a made-up capability was no fault", made_up[i]);
    /* The process's own space: given at creation, revoked by the server before it first ran. */
    if (!dies_by_using(look_at_space, SLOT_ASPACE))
        report("a revoked capability was no fault", SLOT_ASPACE);
    if (!dies_by_using(look_at_space, SLOT_SELF))
        report("an env was taken for a space", SLOT_SELF);
    if (!dies_by_using(destroy_env, SLOT_SERVER))
        report("a gate was taken for an env", SLOT_SERVER);
}

/* What we hold must not do more than it says. */
static void try_rights(void)
{
    attempts += 2;
    if (exo_cap_derive(SLOT_SERVER, 0, SLOT_SERVER + 1, RIGHT_ALL, 0, 0) == 0 &&
        exo_cap_check(SLOT_SERVER + 1, CAP_GATE, RIGHT_CONTROL) == 0)
        report("a derived capability has more rights", SLOT_SERVER);
    if (exo_gas_move(SLOT_SELF, SLOT_SERVER, 1) == 0)
        report("gas went through a gate", SLOT_SERVER);
}

/* ---- the server's calls ---- */

static uint64_t random_state;

static uint64_t random_word(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

/* Values that are wrong in more interesting ways than any 64 bits. */
static uint64_t random_argument(void)
{
    switch (random_word() % 7) {
    case 0:
        return random_word();
    case 1:
        return -(random_word() % 200);
    case 2:
        return POSIX_TEXT_VADDR + random_word() % 0x40000 * 4096;
    case 3:
        return 1ull << random_word() % 64;
    case 4:
        return random_word() % 0x3000;
    default:
        return random_word() % 8;
    }
}

static void fill_window(void)
{
    static const char *const paths[] = {"/tmp/a", "/tmp/b/c", "/proc/1/stat", "..", "/dev/null",
                                        "/etc",   "/bin/../", "x/y/z",        ""};
    char *window = (char *)POSIX_WINDOW_VADDR;
    if (random_word() % 8 == 0) {
        for (size_t i = 0; i < POSIX_WINDOW_SIZE; i++)
            window[i] = (char)random_word();
        return;
    }
    size_t at = random_word() % 2 ? 32 : 0; /* behind the times of utimensat */
    for (int i = 0; i < 3; i++) {
        const char *path = paths[random_word() % (sizeof(paths) / sizeof(paths[0]))];
        strcpy(window + at, path);
        at += strlen(path) + 1;
    }
}

/* Calls that would end or detach the child, or multiply it, are left to other tests. */
static bool is_left_out(uint64_t call)
{
    return call == POSIX_EXIT || call == POSIX_STOP || call == POSIX_WAIT || call == POSIX_FORK ||
           call == POSIX_KILL || call == POSIX_SETSID || call == POSIX_TTY;
}

static _Noreturn void make_random_calls(uint64_t seed)
{
    random_state = seed * 0x9E3779B97F4A7C15ull + 1;
    for (int i = 0; i < CALLS; i++) {
        uint64_t call = random_word() % (POSIX_CALLS + 2);
        if (is_left_out(call))
            continue;
        fill_window();
        struct exo_gate_call answer;
        exo_gate_call(SLOT_SERVER, call, random_argument(), random_argument(), random_argument(),
                      random_argument(), 0, 0, &answer);
    }
    _exit(0);
}

static void try_calls(void)
{
    for (uint64_t seed = 1; seed <= FUZZERS; seed++) {
        pid_t pid = fork();
        if (pid == 0) {
            for (int fd = 0; fd < 3; fd++)
                close(fd);
            if (setgid(NOBODY) != 0 || setuid(NOBODY) != 0)
                _exit(1);
            make_random_calls(seed);
        }
        attempts += CALLS;
        if (pid < 0 || waitpid(pid, NULL, 0) != pid)
            report("a child was lost", seed);
    }
}

/* ---- the neighbour ---- */

static pid_t start_neighbour(int there[2], int back[2])
{
    if (pipe(there) != 0 || pipe(back) != 0)
        exit(2);
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    close(there[1]);
    close(back[0]);
    uint64_t value;
    while (read(there[0], &value, sizeof(value)) == sizeof(value)) {
        value++;
        if (write(back[1], &value, sizeof(value)) != sizeof(value))
            break;
    }
    _exit(0);
}

/* It answers, and with what it was asked. */
static void ask_neighbour(int there, int back)
{
    static uint64_t asked;
    uint64_t answer = 0;
    asked += 1000;
    if (write(there, &asked, sizeof(asked)) != sizeof(asked) ||
        read(back, &answer, sizeof(answer)) != sizeof(answer) || answer != asked + 1)
        report("the neighbour does not go on", answer);
}

int main(void)
{
    static void (*const tries[])(void) = {try_memory, try_slots, try_uses, try_rights, try_calls};
    int there[2];
    int back[2];
    pid_t neighbour = start_neighbour(there, back);
    close(there[0]);
    close(back[1]);
    for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
        tries[i]();
        ask_neighbour(there[1], back[0]);
    }
    close(there[1]);
    waitpid(neighbour, NULL, 0);
    if (faults == 0)
        printf("ok: %d attempts\n", attempts);
    return faults != 0;
}

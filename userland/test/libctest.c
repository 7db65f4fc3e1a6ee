/*
 * libctest: the parts of libc that need a POSIX system below them, tried where there is one: jumps,
 * signals, processes, pipes, temporary files, directories, the data bases. Prints what is wrong.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int failures;

static void check(int good, const char *what)
{
    if (good)
        return;
    printf("%s: failed (errno %d: %s)\n", what, errno, strerror(errno));
    failures++;
}

/* For what nothing can go on without. */
static void *need(void *pointer, const char *what)
{
    if (pointer == NULL) {
        check(0, what);
        exit(1);
    }
    return pointer;
}

static jmp_buf place;
static sigjmp_buf signal_place;
static volatile sig_atomic_t caught;

static _Noreturn void jump(int depth)
{
    volatile char frame[64];
    frame[0] = (char)depth;
    if (depth > 0)
        jump(depth - 1);
    longjmp(place, 0); /* arrives as 1 */
}

static void on_signal(int number)
{
    caught = number;
}

static void jump_out(int number)
{
    siglongjmp(signal_place, number);
}

static void check_jumps(void)
{
    volatile int before = 42;
    sigset_t mask;
    int value = setjmp(place);
    if (value == 0)
        jump(20);
    check(value == 1 && before == 42, "longjmp");
    signal(SIGUSR1, jump_out);
    value = sigsetjmp(signal_place, 1);
    if (value == 0)
        raise(SIGUSR1);
    check(value == SIGUSR1, "siglongjmp out of a handler");
    sigprocmask(SIG_BLOCK, NULL, &mask);
    check(sigismember(&mask, SIGUSR1) == 0, "siglongjmp restores the mask");
}

static void check_signals(void)
{
    sigset_t block, pending;
    check(signal(SIGUSR2, on_signal) != SIG_ERR && raise(SIGUSR2) == 0 && caught == SIGUSR2,
          "raise");
    caught = 0;
    sigemptyset(&block);
    sigaddset(&block, SIGUSR2);
    sigprocmask(SIG_BLOCK, &block, NULL);
    raise(SIGUSR2);
    check(caught == 0 && sigpending(&pending) == 0 && sigismember(&pending, SIGUSR2) == 1,
          "a blocked signal");
    sigprocmask(SIG_UNBLOCK, &block, NULL);
    check(caught == SIGUSR2, "an unblocked signal");
}

static void check_processes(void)
{
    char line[80] = "";
    check(system("exit 3") == 3 << 8, "system");
    check(system(NULL) != 0, "system(NULL)");
    FILE *reader = need(popen("echo from the shell", "r"), "popen");
    check(fgets(line, sizeof line, reader) != NULL && strcmp(line, "from the shell\n") == 0,
          "popen for reading");
    check(pclose(reader) == 0, "pclose");
    FILE *writer = need(popen("read word; exit $word", "w"), "popen");
    check(fprintf(writer, "7\n") == 2 && pclose(writer) == 7 << 8, "popen for writing");
    pid_t child = fork();
    if (child == 0)
        abort();
    int status = 0;
    check(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT,
          "abort");
    child = fork();
    if (child == 0) {
        execlp("true", "true", (char *)NULL);
        _exit(9);
    }
    check(wait(&status) == child && status == 0, "execlp");
    errno = 0;
    check(execlp("no-such-program", "x", (char *)NULL) == -1 && errno == ENOENT,
          "execlp of nothing");
}

static void check_files(void)
{
    char directory[] = "/tmp/libctest.XXXXXX", line[20];
    struct dirent **names;
    FILE *file = need(tmpfile(), "tmpfile");
    check(fputs("text\n", file) >= 0 && fseek(file, 0, SEEK_SET) == 0 &&
              fgets(line, sizeof line, file) != NULL && strcmp(line, "text\n") == 0,
          "tmpfile");
    fclose(file);
    check(mkdtemp(directory) != NULL && chdir(directory) == 0, "mkdtemp");
    for (const char *name = "cab"; *name != '\0'; name++) {
        snprintf(line, sizeof line, "file-%c", *name);
        close(creat(line, 0644));
    }
    int count = scandir(".", &names, NULL, alphasort);
    check(count == 5 && strcmp(names[2]->d_name, "file-a") == 0 &&
              strcmp(names[4]->d_name, "file-c") == 0,
          "scandir");
    glob_t found;
    check(glob("f*-[ac]", 0, NULL, &found) == 0 && found.gl_pathc == 2 &&
              strcmp(found.gl_pathv[1], "file-c") == 0,
          "glob");
    char *path = realpath("./../.", NULL);
    check(path != NULL && strcmp(path, "/tmp") == 0, "realpath");
    DIR *stream = need(opendir("."), "opendir");
    need(readdir(stream), "readdir");
    long where = telldir(stream);
    char name[256];
    strlcpy(name, ((struct dirent *)need(readdir(stream), "readdir"))->d_name, sizeof name);
    seekdir(stream, where);
    check(strcmp(((struct dirent *)need(readdir(stream), "readdir"))->d_name, name) == 0,
          "seekdir");
    closedir(stream);
    check(system("rm -r \"$PWD\"") == 0 || chdir("/") == 0, "clean-up");
}

static void check_others(void)
{
    int ends[2];
    fd_set readable;
    struct timeval none = {0};
    struct passwd *user = getpwuid(0);
    struct group *group = getgrgid(0);
    check(user != NULL && strcmp(user->pw_name, "root") == 0, "getpwuid");
    check(group != NULL && strcmp(group->gr_name, "root") == 0, "getgrgid");
    check(pipe(ends) == 0, "pipe");
    FD_ZERO(&readable);
    FD_SET(ends[0], &readable);
    check(select(ends[0] + 1, &readable, NULL, NULL, &none) == 0, "select of nothing");
    FD_SET(ends[0], &readable);
    check(write(ends[1], "x", 1) == 1 && select(ends[0] + 1, &readable, NULL, NULL, NULL) == 1 &&
              FD_ISSET(ends[0], &readable),
          "select");
    close(ends[0]);
    close(ends[1]);
    struct timespec before, behind, pause_time = {.tv_nsec = 2000000};
    clock_gettime(CLOCK_MONOTONIC, &before);
    check(nanosleep(&pause_time, NULL) == 0, "nanosleep");
    clock_gettime(CLOCK_MONOTONIC, &behind);
    long passed = (behind.tv_sec - before.tv_sec) * 1000000000 + behind.tv_nsec - before.tv_nsec;
    check(passed >= 2000000, "the clock after nanosleep");
    int null = open("/dev/null", O_RDONLY);
    check(null >= 0 && !isatty(null), "isatty");
}

/* Much memory in blocks of many sizes, each byte written. */
static void check_memory(void)
{
    static unsigned char *blocks[200];
    for (int round = 0; round < 2000; round++) {
        int i = (int)((unsigned)rand() % 200);
        size_t size = (size_t)rand() % 20000 + 1;
        blocks[i] = need(realloc(blocks[i], size), "realloc");
        memset(blocks[i], i, size);
    }
    for (int i = 0; i < 200; i++)
        free(blocks[i]);
}

/* In a child without privileges; whether it says 1. */
static int as_nobody(int (*try)(const char *path), const char *path)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        _exit(setgid(1000) == 0 && setuid(1000) == 0 && try(path));
    waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 1;
}

static int is_refused(const char *path)
{
    return open(path, O_SEARCH) < 0 && open(path, O_RDWR | O_SEARCH) < 0 &&
           open(path, O_ACCMODE) < 0 && open(path, O_SEARCH | O_TRUNC) < 0;
}

/* No flags of open get round the permissions; what is absurd is refused, and all goes on. */
static void check_refusals(void)
{
    char name[] = "/tmp/libctest.XXXXXX";
    int fd = mkstemp(name);
    check(fd >= 0 && write(fd, "x", 1) == 1 && as_nobody(is_refused, name), "open for nobody");
    check(pwrite(fd, "x", 1, (off_t)1 << 42) < 0, "a write far behind the end");
    check(open(name, O_ACCMODE) < 0 && errno == EINVAL, "open with no access mode");
    struct stat status;
    check(fstat(fd, &status) == 0 && status.st_size == 1, "the file after refusals");
    unlink(name);
    close(fd);
    for (int i = 0; i < 3; i++)
        check(poll(NULL, 0, 1) == 0, "poll of nothing");
}

/* A page that was read-only at fork is not shared when it is written to afterwards. */
static void check_fork_protected(void)
{
    int status = 0;
    char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    page[0] = 1;
    mprotect(page, 4096, PROT_READ);
    pid_t child = fork();
    if (child == 0) {
        mprotect(page, 4096, PROT_READ | PROT_WRITE);
        page[0] = 2;
        _exit(page[0]);
    }
    waitpid(child, &status, 0);
    check(WEXITSTATUS(status) == 2 && page[0] == 1, "fork of a protected page");
    munmap(page, 4096);
}

int main(void)
{
    check_jumps();
    check_signals();
    check_processes();
    check_files();
    check_others();
    check_memory();
    check_refusals();
    check_fork_protected();
    return failures != 0;
}

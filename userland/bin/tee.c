/*
 * tee: duplicate standard input.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/tee.html
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "util.h"

struct output {
    const char *name;
    int fd; /* -1 once it failed */
};

static bool copy(struct output *outputs, int count)
{
    static char buffer[32768];
    bool good = true;
    ssize_t size;
    while ((size = read(STDIN_FILENO, buffer, sizeof buffer)) != 0) {
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            die("standard input");
        for (int i = 0; i < count; i++) {
            if (outputs[i].fd < 0 || write_all(outputs[i].fd, buffer, (size_t)size))
                continue;
            warn("%s", outputs[i].name);
            outputs[i].fd = -1;
            good = false;
        }
    }
    return good;
}

int main(int argc, char *argv[])
{
    util_start(argv, "tee [-ai] [file ...]", 1);
    int flags = O_TRUNC;
    int option;
    while ((option = getopt(argc, argv, "ai")) != -1) {
        if (option == 'a')
            flags = O_APPEND;
        else if (option == 'i')
            signal(SIGINT, SIG_IGN);
        else
            usage();
    }
    int count = argc - optind + 1;
    struct output *outputs = xrealloc(NULL, (size_t)count, sizeof *outputs);
    outputs[0] = (struct output){"standard output", STDOUT_FILENO};
    bool good = true;
    for (int i = 1; i < count; i++) {
        const char *name = argv[optind + i - 1];
        outputs[i] = (struct output){name, open(name, O_WRONLY | O_CREAT | flags, 0666)};
        if (outputs[i].fd < 0) {
            warn("%s", name);
            good = false;
        }
    }
    good = copy(outputs, count) && good;
    return !good;
}

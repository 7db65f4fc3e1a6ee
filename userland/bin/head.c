/*
 * head: copy the first part of files.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/head.html
 */
#include <unistd.h>

#include "util.h"

/* Stops behind the count-th line or byte and leaves the rest of the file unread. */
static void copy(FILE *file, uintmax_t count, bool bytes)
{
    int c;
    while (count > 0 && (c = getc(file)) != EOF) {
        putchar(c);
        if (bytes || c == '\n')
            count--;
    }
}

int main(int argc, char *argv[])
{
    util_start(argv, "head [-c number|-n number] [file ...]", 1);
    uintmax_t count = 10;
    bool bytes = false;
    int option;
    while ((option = getopt(argc, argv, "c:n:")) != -1) {
        if (option == '?')
            usage();
        bytes = option == 'c';
        if (!parse_number(optarg, UINTMAX_MAX, &count))
            diex("%s: not a number", optarg);
    }
    char **names = input_names(argv + optind);
    bool titled = argc - optind > 1;
    int status = 0;
    const char *lead = "";
    for (; *names != NULL; names++) {
        FILE *file = input_open(*names);
        if (file == NULL) {
            status = 1;
            continue;
        }
        if (titled)
            printf("%s==> %s <==\n", lead, *names);
        lead = "\n";
        copy(file, count, bytes);
        if (!input_close(file, *names))
            status = 1;
    }
    return util_end(status);
}

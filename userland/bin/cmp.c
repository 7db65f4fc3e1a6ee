/*
 * cmp: compare two files.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/cmp.html
 */
#include <unistd.h>

#include "util.h"

enum { SAME = 0, DIFFERENT = 1, TROUBLE = 2 };

static int compare(FILE *files[2], char *const names[2], char mode)
{
    uintmax_t byte = 1;
    uintmax_t line = 1;
    int status = SAME;
    for (;; byte++) {
        int a = getc(files[0]);
        int b = getc(files[1]);
        if (ferror(files[0]) || ferror(files[1]))
            return TROUBLE;
        if (a == EOF || b == EOF) {
            if (a == b)
                return status;
            if (mode != 's')
                warnx("EOF on %s", names[a == EOF ? 0 : 1]);
            return DIFFERENT;
        }
        if (a != b) {
            status = DIFFERENT;
            if (mode == 0)
                printf("%s %s differ: char %ju, line %ju\n", names[0], names[1], byte, line);
            else if (mode == 'l')
                printf("%ju %o %o\n", byte, (unsigned)a, (unsigned)b);
            if (mode != 'l')
                return DIFFERENT;
        }
        line += a == '\n';
    }
}

int main(int argc, char *argv[])
{
    util_start(argv, "cmp [-l|-s] file1 file2", TROUBLE);
    char mode = 0;
    int option;
    while ((option = getopt(argc, argv, "ls")) != -1) {
        if (option == '?')
            usage();
        mode = (char)option;
    }
    if (argc - optind != 2)
        usage();
    char **names = argv + optind;
    FILE *files[2];
    for (int i = 0; i < 2; i++) {
        files[i] = input_open(names[i]);
        if (files[i] == NULL)
            return TROUBLE;
    }
    int status = compare(files, names, mode);
    for (int i = 0; i < 2; i++)
        if (!input_close(files[i], names[i]))
            status = TROUBLE;
    return util_end(status);
}

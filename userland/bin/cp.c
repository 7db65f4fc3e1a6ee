/*
 * cp: copy files.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/cp.html
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "tree.h"
#include "util.h"

static bool copy_into(const char *from, const char *directory, const struct copy_rules *rules)
{
    char *to = path_into(directory, from);
    bool good = tree_copy(from, to, rules);
    free(to);
    return good;
}

int main(int argc, char *argv[])
{
    util_start(argv,
               "cp [-Pfip] source_file target_file\n"
               "cp [-Pfip] source_file ... target\n"
               "cp -R [-H|-L|-P] [-fip] source_file ... target",
               1);
    struct copy_rules rules = {0};
    int option;
    while ((option = getopt(argc, argv, "HLPRfipr")) != -1) {
        switch (option) {
        case 'H':
        case 'L':
        case 'P':
            rules.follow = (char)option;
            break;
        case 'R':
        case 'r':
            rules.recursive = true;
            break;
        case 'f':
            rules.force = true;
            break;
        case 'i':
            rules.interactive = true;
            break;
        case 'p':
            rules.preserve = true;
            break;
        default:
            usage();
        }
    }
    int count = argc - optind;
    if (count < 2)
        usage();
    if (rules.follow == 0)
        rules.follow = rules.recursive ? 'P' : 'L';
    const char *target = argv[argc - 1];
    if (!is_directory(target)) {
        if (count == 2)
            return !tree_copy(argv[optind], target, &rules);
        errno = ENOTDIR;
        die("%s", target);
    }
    int status = 0;
    for (int i = optind; i < argc - 1; i++)
        if (!copy_into(argv[i], target, &rules))
            status = 1;
    return status;
}

/*
 * rm: remove directory entries.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/rm.html
 */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tree.h"
#include "util.h"

/* Never the root, nor a last component that is dot or dot-dot. */
static bool is_forbidden(const char *path)
{
    const char *last = path_last(path);
    size_t length = strcspn(last, "/");
    bool dots =
        (length == 1 && last[0] == '.') || (length == 2 && last[0] == '.' && last[1] == '.');
    if (dots)
        return true;
    struct stat st;
    struct stat root;
    return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) && stat("/", &root) == 0 &&
           st.st_dev == root.st_dev && st.st_ino == root.st_ino;
}

int main(int argc, char *argv[])
{
    util_start(argv, "rm [-diRrv] file ...\nrm -f [-diRrv] [file ...]", 1);
    struct remove_rules rules = {0};
    int option;
    while ((option = getopt(argc, argv, "dfiRrv")) != -1) {
        switch (option) {
        case 'd':
            rules.directories = true;
            break;
        case 'f': /* the last of -f and -i wins */
            rules.force = true;
            rules.interactive = false;
            break;
        case 'i':
            rules.interactive = true;
            rules.force = false;
            break;
        case 'R':
        case 'r':
            rules.recursive = true;
            break;
        case 'v':
            rules.verbose = true;
            break;
        default:
            usage();
        }
    }
    if (optind == argc && !rules.force)
        usage();
    int status = 0;
    for (int i = optind; i < argc; i++) {
        if (is_forbidden(argv[i])) {
            warnx("%s: will not be removed", argv[i]);
            status = 1;
        } else if (!tree_remove(argv[i], &rules)) {
            status = 1;
        }
    }
    return util_end(status);
}

/*
 * chmod: change the file modes.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/chmod.html
 */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mode.h"
#include "tree.h"
#include "util.h"

static const char *mode_argument;
static mode_t mask;
static bool recursive;

static bool change(const char *path, bool operand);

static bool change_inner(const char *path, const void *context)
{
    (void)context;
    return change(path, false);
}

/* A link found on the way is left alone; one named by an operand is followed. */
static bool change(const char *path, bool operand)
{
    struct stat st;
    mode_t mode = 0;
    if ((operand ? stat : lstat)(path, &st) != 0) {
        warn("%s", path);
        return false;
    }
    if (S_ISLNK(st.st_mode))
        return true;
    mode_apply(mode_argument, st.st_mode, mask, &mode);
    if (chmod(path, mode & 07777) != 0) {
        warn("%s", path);
        return false;
    }
    return !recursive || !S_ISDIR(st.st_mode) || directory_each(path, change_inner, NULL);
}

/* getopt() would take `-w` or `-x,u+r` for options: a mode may begin with a minus. */
static bool is_mode(const char *text)
{
    return text[0] == '-' && text[1] != '\0' && strchr("rwxXstugo", text[1]) != NULL;
}

int main(int argc, char *argv[])
{
    util_start(argv, "chmod [-R] mode file ...", 1);
    while (optind < argc && argv[optind][0] == '-' && !is_mode(argv[optind])) {
        int option = getopt(argc, argv, "R");
        if (option == -1)
            break;
        if (option == '?')
            usage();
        recursive = true;
    }
    if (argc - optind < 2)
        usage();
    mode_argument = argv[optind];
    mode_t parsed;
    mask = umask(0);
    umask(mask);
    if (!mode_apply(mode_argument, 0, mask, &parsed))
        diex("%s: not a mode", mode_argument);
    int status = 0;
    for (int i = optind + 1; i < argc; i++)
        if (!change(argv[i], true))
            status = 1;
    return status;
}

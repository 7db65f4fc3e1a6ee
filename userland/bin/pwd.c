/*
 * pwd: return working directory name.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pwd.html
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util.h"

static bool has_dots(const char *path)
{
    for (const char *s = path; (s = strstr(s, "/.")) != NULL; s++) {
        const char *end = s[2] == '.' ? s + 3 : s + 2;
        if (*end == '/' || *end == '\0')
            return true;
    }
    return false;
}

/* PWD, if it is an absolute name without dots of the directory that we are in. */
static const char *logical(void)
{
    const char *name = getenv("PWD");
    struct stat named;
    struct stat here;
    if (name == NULL || name[0] != '/' || has_dots(name))
        return NULL;
    if (stat(name, &named) != 0 || stat(".", &here) != 0)
        return NULL;
    return named.st_dev == here.st_dev && named.st_ino == here.st_ino ? name : NULL;
}

static const char *physical(void)
{
    static char name[65536]; /* more than a path may be long on the systems that we know */
    if (getcwd(name, sizeof name) == NULL)
        die("cannot find the working directory");
    return name;
}

int main(int argc, char *argv[])
{
    util_start(argv, "pwd [-L|-P]", 1);
    bool use_logical = true;
    int option;
    while ((option = getopt(argc, argv, "LP")) != -1) {
        if (option == '?')
            usage();
        use_logical = option == 'L';
    }
    if (optind != argc)
        usage();
    const char *name = use_logical ? logical() : NULL;
    puts(name != NULL ? name : physical());
    return util_end(0);
}

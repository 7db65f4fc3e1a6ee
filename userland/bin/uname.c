/*
 * uname: return system name.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/uname.html
 */
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "util.h"

int main(int argc, char *argv[])
{
    util_start(argv, "uname [-amnrsv]", 1);
    static const char letters[] =
        "snrvm"; /* the order of the output, whatever that of the options */
    bool shown[sizeof letters] = {false};
    int option;
    while ((option = getopt(argc, argv, "amnrsv")) != -1) {
        if (option == '?')
            usage();
        for (int i = 0; letters[i] != '\0'; i++)
            shown[i] |= option == 'a' || option == letters[i];
    }
    if (optind != argc)
        usage();
    if (memchr(shown, true, sizeof shown) == NULL)
        shown[0] = true;
    struct utsname name;
    if (uname(&name) < 0)
        die("cannot ask the system");
    const char *values[] = {name.sysname, name.nodename, name.release, name.version, name.machine};
    const char *gap = "";
    for (int i = 0; letters[i] != '\0'; i++) {
        if (!shown[i])
            continue;
        printf("%s%s", gap, values[i]);
        gap = " ";
    }
    putchar('\n');
    return util_end(0);
}

/*
 * sleep: suspend execution for an interval.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/sleep.html
 */
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "util.h"

int main(int argc, char *argv[])
{
    util_start(argv, "sleep time", 1);
    uintmax_t seconds;
    if (getopt(argc, argv, "") != -1 || argc - optind != 1)
        usage();
    if (!parse_number(argv[optind], INT64_MAX, &seconds))
        diex("%s: not a number of seconds", argv[optind]);
    struct timespec left = {.tv_sec = (time_t)seconds};
    while (nanosleep(&left, &left) != 0)
        if (errno != EINTR)
            die("cannot sleep");
    return 0;
}

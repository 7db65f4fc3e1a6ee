/*
 * date: write the date and time.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/date.html
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "util.h"

static void print(const char *format, const struct tm *tm)
{
    /* strftime() says 0 for an empty result too, so the format gets one byte that is cut off. */
    size_t length = strlen(format);
    char *marked = xmalloc(length + 2);
    memcpy(marked, format, length);
    memcpy(marked + length, ".", 2);
    for (size_t size = 256;; size *= 2) {
        char *text = xmalloc(size);
        size_t used = strftime(text, size, marked, tm);
        if (used > 0) {
            text[used - 1] = '\0';
            puts(text);
            return;
        }
        free(text);
    }
}

static int pair(const char *digits)
{
    return (digits[0] - '0') * 10 + digits[1] - '0';
}

/* XSI: mmddhhmm[[cc]yy] */
static void set_clock(const char *text, struct tm *tm)
{
    size_t length = strspn(text, "0123456789");
    if (text[length] != '\0' || (length != 8 && length != 10 && length != 12))
        diex("%s: not a date (mmddhhmm[[cc]yy])", text);
    tm->tm_mon = pair(text) - 1;
    tm->tm_mday = pair(text + 2);
    tm->tm_hour = pair(text + 4);
    tm->tm_min = pair(text + 6);
    tm->tm_sec = 0;
    tm->tm_isdst = -1;
    if (length == 10)
        tm->tm_year = pair(text + 8) + (pair(text + 8) < 69 ? 100 : 0);
    if (length == 12)
        tm->tm_year = pair(text + 8) * 100 + pair(text + 10) - 1900;
    struct tm wanted = *tm;
    struct timespec now = {.tv_sec = mktime(tm)};
    if (tm->tm_mon != wanted.tm_mon || tm->tm_mday != wanted.tm_mday ||
        tm->tm_hour != wanted.tm_hour || tm->tm_min != wanted.tm_min)
        diex("%s: no such date", text);
    if (clock_settime(CLOCK_REALTIME, &now) != 0)
        die("cannot set the clock");
}

int main(int argc, char *argv[])
{
    util_start(argv, "date [-u] [+format]\ndate [-u] mmddhhmm[[cc]yy]", 1);
    int option;
    while ((option = getopt(argc, argv, "u")) != -1) {
        if (option == '?')
            usage();
        setenv("TZ", "UTC0", 1);
    }
    if (argc - optind > 1)
        usage();
    tzset();
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0)
        die("cannot read the clock");
    struct tm *tm = localtime(&now.tv_sec);
    if (tm == NULL)
        die("cannot tell the local time");
    const char *format = "+%a %b %e %H:%M:%S %Z %Y";
    if (optind < argc && argv[optind][0] == '+')
        format = argv[optind];
    else if (optind < argc)
        set_clock(argv[optind], tm);
    print(format + 1, tm);
    return util_end(0);
}

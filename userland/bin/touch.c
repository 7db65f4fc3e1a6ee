/*
 * touch: change file access and modification times.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/touch.html
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "util.h"

/* `count` digits as a number within [low, high]; moves *text; -1 if it is none. */
static int field(const char **text, int count, int low, int high)
{
    int value = 0;
    for (; count > 0; count--, (*text)++) {
        if (**text < '0' || **text > '9')
            return -1;
        value = value * 10 + (**text - '0');
    }
    return value >= low && value <= high ? value : -1;
}

static bool to_time(struct tm *tm, bool utc, struct timespec *time)
{
    tm->tm_isdst = -1;
    if (tm->tm_mon < 0 || tm->tm_mday < 0 || tm->tm_hour < 0 || tm->tm_min < 0 || tm->tm_sec < 0)
        return false;
    if (utc) {
        setenv("TZ", "UTC0", 1);
        tzset();
    }
    struct tm wanted = *tm;
    time->tv_sec = mktime(tm);
    /* mktime() repairs 31 February into March: that is no date that was meant. */
    return tm->tm_mday == wanted.tm_mday && tm->tm_mon == wanted.tm_mon;
}

/* -t [[CC]YY]MMDDhhmm[.SS] */
static bool parse_time(const char *text, struct timespec *result)
{
    struct tm tm = {0};
    size_t digits = strcspn(text, ".");
    if (digits == 12) {
        tm.tm_year = field(&text, 4, 0, 9999) - 1900;
    } else if (digits == 10) {
        int year = field(&text, 2, 0, 99);
        tm.tm_year = year < 69 ? year + 100 : year;
    } else {
        time_t now = time(NULL);
        tm.tm_year = localtime(&now)->tm_year;
    }
    if (digits != 12 && digits != 10 && digits != 8)
        return false;
    tm.tm_mon = field(&text, 2, 1, 12) - 1;
    tm.tm_mday = field(&text, 2, 1, 31);
    tm.tm_hour = field(&text, 2, 0, 23);
    tm.tm_min = field(&text, 2, 0, 59);
    if (*text == '.') {
        text++;
        tm.tm_sec = field(&text, 2, 0, 60);
    }
    result->tv_nsec = 0;
    return *text == '\0' && to_time(&tm, false, result);
}

/* A fraction of a second behind a point or a comma, to the nanosecond. */
static long fraction(const char **text)
{
    long nanoseconds = 0;
    long unit = 100000000;
    for ((*text)++; **text >= '0' && **text <= '9'; (*text)++, unit /= 10)
        nanoseconds += unit * (**text - '0');
    return nanoseconds;
}

/* -d YYYY-MM-DDThh:mm:SS[.frac][tz]: a blank for T, a comma for the point, Z or nothing for tz */
static bool parse_date(const char *text, struct timespec *result)
{
    struct tm tm = {0};
    size_t year = strspn(text, "0123456789");
    if (year < 4 || year > 9)
        return false;
    tm.tm_year = field(&text, (int)year, 0, 999999999) - 1900;
    const char *separators = "--?::";
    int *fields[] = {&tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec};
    static const int limits[][2] = {{1, 12}, {1, 31}, {0, 23}, {0, 59}, {0, 60}};
    for (int i = 0; i < 5; i++, text++) {
        if (separators[i] == '?' ? *text != 'T' && *text != ' ' : *text != separators[i])
            return false;
        text++;
        *fields[i] = field(&text, 2, limits[i][0], limits[i][1]);
        text--;
    }
    tm.tm_mon--;
    result->tv_nsec = *text == '.' || *text == ',' ? fraction(&text) : 0;
    bool utc = *text == 'Z';
    if (utc)
        text++;
    return *text == '\0' && to_time(&tm, utc, result);
}

static bool set_times(const char *name, const struct timespec times[2], bool create)
{
    if (utimensat(AT_FDCWD, name, times, 0) == 0)
        return true;
    if (errno == ENOENT && !create)
        return true;
    if (errno == ENOENT) {
        int fd = open(name, O_WRONLY | O_CREAT, 0666);
        if (fd >= 0) {
            bool good = futimens(fd, times) == 0;
            close(fd);
            if (good)
                return true;
        }
    }
    warn("%s", name);
    return false;
}

static void reference(const char *name, struct timespec times[2])
{
    struct stat st;
    if (stat(name, &st) != 0)
        die("%s", name);
    times[0] = st.st_atim;
    times[1] = st.st_mtim;
}

int main(int argc, char *argv[])
{
    util_start(argv, "touch [-acm] [-r ref_file|-t time|-d date_time] file ...", 1);
    bool access_time = false;
    bool modification_time = false;
    bool create = true;
    struct timespec times[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_NOW}};
    int option;
    while ((option = getopt(argc, argv, "acd:mr:t:")) != -1) {
        if (option == 'a')
            access_time = true;
        else if (option == 'm')
            modification_time = true;
        else if (option == 'c')
            create = false;
        else if (option == 'r')
            reference(optarg, times);
        else if (option != 't' && option != 'd')
            usage();
        else if (!(option == 't' ? parse_time : parse_date)(optarg, &times[0]))
            diex("%s: not a time", optarg);
        else
            times[1] = times[0];
    }
    if (optind == argc)
        usage();
    if (access_time && !modification_time)
        times[1].tv_nsec = UTIME_OMIT;
    if (modification_time && !access_time)
        times[0].tv_nsec = UTIME_OMIT;
    int status = 0;
    for (int i = optind; i < argc; i++)
        if (!set_times(argv[i], times, create))
            status = 1;
    return status;
}

/*
 * ps: report process status. Reads /proc/PID/stat, whose fields stand in the order of Linux's
 * proc(5), and /proc/PID's owner.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/ps.html
 */
#include <fcntl.h>
#include <pwd.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tree.h"
#include "util.h"

struct process {
    pid_t pid, ppid, pgid, session;
    uid_t uid;
    gid_t gid;
    long long tty; /* device number, 0 for none */
    long long ticks, start, nice, priority, flags, pages, address_space;
    char state;
    char name[64];
    char tty_name[32];
};

struct column {
    const char *name;
    const char *header;
    int width; /* negative: left-aligned */
    void (*format)(const struct process *, char *text, size_t size);
};

static long ticks_per_second;
static long long uptime;

static void put(char *text, size_t size, long long value)
{
    snprintf(text, size, "%lld", value);
}

static void format_user(const struct process *p, char *text, size_t size)
{
    const struct passwd *user = getpwuid(p->uid);
    if (user != NULL)
        snprintf(text, size, "%s", user->pw_name);
    else
        put(text, size, p->uid);
}

static void format_group(const struct process *p, char *text, size_t size)
{
    const struct group *group = getgrgid(p->gid);
    if (group != NULL)
        snprintf(text, size, "%s", group->gr_name);
    else
        put(text, size, p->gid);
}

static void format_uid(const struct process *p, char *text, size_t size)
{
    put(text, size, p->uid);
}

static void format_pid(const struct process *p, char *text, size_t size)
{
    put(text, size, p->pid);
}

static void format_ppid(const struct process *p, char *text, size_t size)
{
    put(text, size, p->ppid);
}

static void format_pgid(const struct process *p, char *text, size_t size)
{
    put(text, size, p->pgid);
}

/* [[dd-]hh:]mm:ss, or [dd-]hh:mm:ss */
static void put_time(char *text, size_t size, long long seconds, bool hours)
{
    int used = 0;
    if (seconds >= 86400)
        used = snprintf(text, size, "%lld-", seconds / 86400);
    if (hours || seconds >= 3600)
        used += snprintf(text + used, size - (size_t)used, "%02lld:", seconds / 3600 % 24);
    snprintf(text + used, size - (size_t)used, "%02lld:%02lld", seconds / 60 % 60, seconds % 60);
}

static long long age(const struct process *p)
{
    long long seconds = uptime - p->start / ticks_per_second;
    return seconds > 0 ? seconds : 0;
}

static void format_etime(const struct process *p, char *text, size_t size)
{
    put_time(text, size, age(p), false);
}

static void format_time(const struct process *p, char *text, size_t size)
{
    put_time(text, size, p->ticks / ticks_per_second, true);
}

static void format_pcpu(const struct process *p, char *text, size_t size)
{
    long long lived = age(p);
    long long tenths = lived > 0 ? p->ticks * 1000 / ticks_per_second / lived : 0;
    snprintf(text, size, "%lld.%lld", tenths / 10, tenths % 10);
}

static void format_vsz(const struct process *p, char *text, size_t size)
{
    put(text, size, p->address_space / 1024);
}

static void format_pages(const struct process *p, char *text, size_t size)
{
    put(text, size, p->pages);
}

static void format_nice(const struct process *p, char *text, size_t size)
{
    put(text, size, p->nice);
}

static void format_priority(const struct process *p, char *text, size_t size)
{
    put(text, size, p->priority);
}

static void format_flags(const struct process *p, char *text, size_t size)
{
    snprintf(text, size, "%llo", (unsigned long long)p->flags & 7);
}

static void format_cpu(const struct process *p, char *text, size_t size)
{
    (void)p;
    put(text, size, 0);
}

static void format_state(const struct process *p, char *text, size_t size)
{
    snprintf(text, size, "%c", p->state);
}

static void format_dash(const struct process *p, char *text, size_t size)
{
    (void)p;
    snprintf(text, size, "-");
}

static void format_tty(const struct process *p, char *text, size_t size)
{
    snprintf(text, size, "%s", p->tty_name);
}

static void format_comm(const struct process *p, char *text, size_t size)
{
    snprintf(text, size, "%s", p->name);
}

/* The arguments with blanks between them; the name in brackets where there are none. */
static void format_args(const struct process *p, char *text, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/cmdline", (int)p->pid);
    int fd = open(path, O_RDONLY);
    ssize_t length = fd >= 0 ? read(fd, text, size - 1) : 0;
    if (fd >= 0)
        close(fd);
    if (length <= 0) {
        snprintf(text, size, "[%s]", p->name);
        return;
    }
    text[length] = '\0';
    for (ssize_t i = 0; i + 1 < length; i++)
        if (text[i] == '\0')
            text[i] = ' ';
}

static void format_start(const struct process *p, char *text, size_t size)
{
    time_t now = time(NULL);
    time_t started = now - (time_t)age(p);
    strftime(text, size, age(p) < 86400 ? "%H:%M:%S" : "%b %d", localtime(&started));
}

static const struct column columns[] = {
    {"ruser", "RUSER", -8, format_user},
    {"user", "USER", -8, format_user},
    {"rgroup", "RGROUP", -8, format_group},
    {"group", "GROUP", -8, format_group},
    {"pid", "PID", 5, format_pid},
    {"ppid", "PPID", 5, format_ppid},
    {"pgid", "PGID", 5, format_pgid},
    {"pcpu", "%CPU", 4, format_pcpu},
    {"vsz", "VSZ", 6, format_vsz},
    {"nice", "NI", 3, format_nice},
    {"etime", "ELAPSED", 11, format_etime},
    {"time", "TIME", 8, format_time},
    {"tty", "TT", -8, format_tty},
    {"comm", "COMMAND", -15, format_comm},
    {"args", "COMMAND", -27, format_args},
    /* Columns of -f and -l; POSIX gives them no names for -o. */
    {"F", "F", 1, format_flags},
    {"S", "S", 1, format_state},
    {"UID", "UID", 5, format_uid},
    {"USER", "UID", -8, format_user},
    {"C", "C", 2, format_cpu},
    {"PRI", "PRI", 3, format_priority},
    {"ADDR", "ADDR", 4, format_dash},
    {"SZ", "SZ", 5, format_pages},
    {"WCHAN", "WCHAN", -6, format_dash},
    {"STIME", "STIME", 8, format_start},
    {"TTY", "TTY", -8, format_tty},
    {"CMD", "CMD", -15, format_comm},
    {"ARGS", "CMD", -27, format_args},
};

struct shown {
    const struct column *column;
    const char *header;
};

static struct shown *shown;
static size_t shown_count;

static void show(const char *name, const char *header)
{
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        if (strcmp(columns[i].name, name) != 0)
            continue;
        shown = xgrow(shown, shown_count, sizeof *shown);
        shown[shown_count++] =
            (struct shown){&columns[i], header != NULL ? header : columns[i].header};
        return;
    }
    diex("%s: no such column", name);
}

/* -o: names separated by commas or blanks; behind = the rest of the argument is a header. */
static void show_list(char *list)
{
    char *header = strchr(list, '=');
    if (header != NULL)
        *header++ = '\0';
    for (char *name = strtok(list, ", \t"); name != NULL;) {
        char *next = strtok(NULL, ", \t");
        show(name, next == NULL ? header : NULL);
        name = next;
    }
}

static void show_names(const char *names)
{
    char *list = xstrdup(names);
    show_list(list);
    free(list);
}

/* One -g, -p, -t, -u, -U or -G list. */
struct filter {
    char kind;
    char *list;
};

static struct filter filters[16];
static int filter_count;
static bool every;          /* -A */
static bool with_terminals; /* -a */
static bool not_leaders;    /* -d */

/* A terminal's device number, by its path, its name below /dev, or what follows tty in that. */
static long long tty_number(const char *name)
{
    char path[64];
    struct stat st;
    const char *folder = name[0] == '/'                     ? ""
                         : name[0] >= '0' && name[0] <= '9' ? "/dev/tty"
                                                            : "/dev/";
    snprintf(path, sizeof path, "%s%s", folder, name);
    return stat(path, &st) == 0 ? (long long)st.st_rdev : -1;
}

static bool item_matches(char kind, const char *item, const struct process *p)
{
    uintmax_t number = 0;
    bool numeric = parse_number(item, INT32_MAX, &number);
    const struct passwd *user;
    const struct group *group;
    switch (kind) {
    case 'p':
        return numeric && p->pid == (pid_t)number;
    case 'g':
        return numeric && p->session == (pid_t)number;
    case 't':
        return strcmp(item, p->tty_name) == 0 || (p->tty != 0 && tty_number(item) == p->tty);
    case 'G':
        group = numeric ? NULL : getgrnam(item);
        return p->gid == (group != NULL ? group->gr_gid : numeric ? (gid_t)number : (gid_t)-1);
    default:
        user = numeric ? NULL : getpwnam(item);
        return p->uid == (user != NULL ? user->pw_uid : numeric ? (uid_t)number : (uid_t)-1);
    }
}

static bool filter_matches(const struct filter *filter, const struct process *p)
{
    char *copy = xstrdup(filter->list);
    bool matches = false;
    for (char *item = strtok(copy, ", \t"); item != NULL && !matches; item = strtok(NULL, ", \t"))
        matches = item_matches(filter->kind, item, p);
    free(copy);
    return matches;
}

static bool selected(const struct process *p, const struct process *self)
{
    if (every || (with_terminals && p->tty != 0 && p->session != p->pid) ||
        (not_leaders && p->session != p->pid))
        return true;
    for (int i = 0; i < filter_count; i++)
        if (filter_matches(&filters[i], p))
            return true;
    return filter_count == 0 && !with_terminals && !not_leaders && p->uid == geteuid() &&
           p->tty == self->tty;
}

/* The terminal's name below /dev, found by its device number. */
static void find_tty_name(struct process *p)
{
    static const char *const directories[] = {"/dev", "/dev/pts"};
    snprintf(p->tty_name, sizeof p->tty_name, "?");
    if (p->tty == 0)
        return;
    for (int i = 0; i < 2; i++) {
        char **names = directory_names(directories[i]);
        for (char **name = names; names != NULL && *name != NULL; name++) {
            struct stat st;
            char *path = path_join(directories[i], *name);
            if (stat(path, &st) == 0 && S_ISCHR(st.st_mode) && (long long)st.st_rdev == p->tty)
                snprintf(p->tty_name, sizeof p->tty_name, "%.31s", path + 5);
            free(path);
        }
        if (names != NULL)
            directory_names_free(names);
    }
}

/* `pid (comm) state ppid …`: comm may hold anything, so it ends at the last parenthesis. */
static bool parse_stat(char *text, struct process *p)
{
    char *open = strchr(text, '(');
    char *close = strrchr(text, ')');
    if (open == NULL || close == NULL || close < open)
        return false;
    *close = '\0';
    snprintf(p->name, sizeof p->name, "%.63s", open + 1);
    p->pid = (pid_t)strtol(text, NULL, 10);
    p->state = close[2];
    long long fields[32] = {0}; /* number 4, ppid, is fields[4] */
    char *at = close + 3;
    for (int i = 4; i < 25; i++)
        fields[i] = strtoll(at, &at, 10);
    p->ppid = (pid_t)fields[4];
    p->pgid = (pid_t)fields[5];
    p->session = (pid_t)fields[6];
    p->tty = fields[7];
    p->flags = fields[9];
    p->ticks = fields[14] + fields[15];
    p->priority = fields[18];
    p->nice = fields[19];
    p->start = fields[22];
    p->address_space = fields[23];
    p->pages = fields[24];
    return true;
}

static bool read_process(const char *pid, struct process *p)
{
    char path[64];
    char text[1024];
    struct stat st;
    snprintf(path, sizeof path, "/proc/%.32s/stat", pid);
    int fd = open(path, O_RDONLY);
    if (fd < 0)
        return false; /* it ended since the directory was read */
    ssize_t length = read(fd, text, sizeof text - 1);
    bool owned = fstat(fd, &st) == 0;
    close(fd);
    if (length <= 0 || !owned)
        return false;
    text[length] = '\0';
    *p = (struct process){.uid = st.st_uid, .gid = st.st_gid};
    if (!parse_stat(text, p))
        return false;
    find_tty_name(p);
    return true;
}

static void print_row(const struct process *p)
{
    for (size_t i = 0; i < shown_count; i++) {
        char text[1024];
        const struct column *column = shown[i].column;
        if (p != NULL)
            column->format(p, text, sizeof text);
        else
            snprintf(text, sizeof text, "%s", shown[i].header);
        bool last_left = i + 1 == shown_count && column->width < 0;
        printf("%s%*s", i == 0 ? "" : " ", last_left ? 0 : column->width, text);
    }
    putchar('\n');
}

static void print_header(void)
{
    for (size_t i = 0; i < shown_count; i++)
        if (shown[i].header[0] != '\0') {
            print_row(NULL);
            return;
        }
}

static int by_pid(const void *a, const void *b)
{
    const struct process *first = a;
    const struct process *second = b;
    return first->pid < second->pid ? -1 : first->pid > second->pid;
}

static bool list(void)
{
    char **names = directory_names("/proc");
    if (names == NULL)
        die("/proc");
    struct process *processes = NULL;
    size_t count = 0;
    struct process self = {0};
    for (char **name = names; *name != NULL; name++) {
        struct process p;
        if ((*name)[0] < '0' || (*name)[0] > '9' || !read_process(*name, &p))
            continue;
        processes = xgrow(processes, count, sizeof *processes);
        processes[count++] = p;
        if (p.pid == getpid())
            self = p;
    }
    directory_names_free(names);
    if (count > 0)
        qsort(processes, count, sizeof *processes, by_pid);
    print_header();
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        if (!selected(&processes[i], &self))
            continue;
        print_row(&processes[i]);
        any = true;
    }
    free(processes);
    return any;
}

static void parse_options(int argc, char *argv[])
{
    bool full = false;
    bool long_list = false;
    int option;
    while ((option = getopt(argc, argv, "aAdefg:G:ln:o:p:t:u:U:")) != -1) {
        every |= option == 'A' || option == 'e';
        with_terminals |= option == 'a';
        not_leaders |= option == 'd';
        full |= option == 'f';
        long_list |= option == 'l';
        if (option == 'o')
            show_list(optarg);
        else if (strchr("gGptuU", option) != NULL && filter_count < 16)
            filters[filter_count++] = (struct filter){(char)option, optarg};
        else if (option == '?')
            usage();
    }
    if (optind != argc)
        usage();
    if (shown_count > 0)
        return;
    if (long_list)
        show_names(full ? "F S USER pid ppid C PRI nice ADDR SZ WCHAN STIME TTY time ARGS"
                        : "F S UID pid ppid C PRI nice ADDR SZ WCHAN TTY time CMD");
    else
        show_names(full ? "USER pid ppid C STIME TTY time ARGS" : "pid TTY time CMD");
}

int main(int argc, char *argv[])
{
    util_start(argv,
               "ps [-aA] [-defl] [-g grouplist] [-G grouplist] [-n namelist]\n"
               "   [-o format]... [-p proclist] [-t termlist] [-u userlist] [-U userlist]",
               1);
    parse_options(argc, argv);
    ticks_per_second = sysconf(_SC_CLK_TCK);
    if (ticks_per_second <= 0)
        ticks_per_second = 100;
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) == 0)
        uptime = now.tv_sec;
    bool any = list();
    return util_end(!any);
}

/*
 * ls: list directory contents.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/ls.html
 */
#include <ctype.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "mode.h"
#include "tree.h"
#include "util.h"

struct file {
    char *name; /* as it is printed */
    char *path; /* as it is opened */
    char *target;
    struct stat st;
};

struct list {
    struct file *files;
    size_t count;
};

/* The directories above the one being listed: -R with -L may meet one again. */
struct ancestor {
    const struct ancestor *above;
    dev_t device;
    ino_t inode;
};

static char layout; /* 1 C m x l */
static bool show_all, show_hidden, no_descent, classify, mark_directories, follow_all;
static bool follow_operands, inodes, kibibytes, numeric, no_group, no_owner, printable_only;
static bool recursive, reverse, blocks;
static char sort_key = 'n'; /* n name, t time, S size, f none */
static char time_kind = 'm';
static size_t width = 80;
static int status;
static bool printed_any;

static void failed(const char *path)
{
    warn("%s", path);
    status = 1;
}

static struct timespec file_time(const struct stat *st)
{
    return time_kind == 'c' ? st->st_ctim : time_kind == 'u' ? st->st_atim : st->st_mtim;
}

/* Sorting */

static int compare_times(const struct file *a, const struct file *b)
{
    struct timespec x = file_time(&a->st);
    struct timespec y = file_time(&b->st);
    if (x.tv_sec != y.tv_sec)
        return x.tv_sec > y.tv_sec ? -1 : 1;
    return x.tv_nsec > y.tv_nsec ? -1 : x.tv_nsec < y.tv_nsec;
}

static int compare(const void *first, const void *second)
{
    const struct file *a = first;
    const struct file *b = second;
    int order = 0;
    if (sort_key == 't')
        order = compare_times(a, b);
    else if (sort_key == 'S')
        order = a->st.st_size > b->st.st_size ? -1 : a->st.st_size < b->st.st_size;
    if (order == 0)
        order = strcmp(a->name, b->name);
    return reverse ? -order : order;
}

static void sort(struct list *list)
{
    if (sort_key != 'f' && list->count > 1)
        qsort(list->files, list->count, sizeof *list->files, compare);
}

/* Printing */

static void print_name(const char *name)
{
    for (; *name != '\0'; name++)
        putchar(printable_only && !isprint((unsigned char)*name) ? '?' : *name);
}

static char suffix(const struct stat *st)
{
    if (S_ISDIR(st->st_mode) && (classify || mark_directories))
        return '/';
    if (!classify)
        return '\0';
    if (S_ISLNK(st->st_mode))
        return layout == 'l' ? '\0' : '@';
    if (S_ISFIFO(st->st_mode))
        return '|';
    return S_ISREG(st->st_mode) && (st->st_mode & 0111) != 0 ? '*' : '\0';
}

static uintmax_t block_count(const struct stat *st)
{
    uintmax_t count = (uintmax_t)st->st_blocks; /* of 512 bytes */
    return kibibytes ? (count + 1) / 2 : count;
}

static int digits(uintmax_t number)
{
    int count = 1;
    while (number >= 10) {
        number /= 10;
        count++;
    }
    return count;
}

static const char *owner_name(const struct stat *st)
{
    static char text[16];
    const struct passwd *user = numeric ? NULL : getpwuid(st->st_uid);
    snprintf(text, sizeof text, "%u", (unsigned)st->st_uid);
    return user != NULL ? user->pw_name : text;
}

static const char *group_name(const struct stat *st)
{
    static char text[16];
    const struct group *group = numeric ? NULL : getgrgid(st->st_gid);
    snprintf(text, sizeof text, "%u", (unsigned)st->st_gid);
    return group != NULL ? group->gr_name : text;
}

/* How wide the columns of one listing are. */
struct widths {
    int inode, blocks, links, owner, group, size;
};

static int widest(int a, int b)
{
    return a > b ? a : b;
}

static struct widths measure(const struct list *list)
{
    struct widths w = {0};
    for (size_t i = 0; i < list->count; i++) {
        const struct stat *st = &list->files[i].st;
        w.inode = widest(w.inode, digits(st->st_ino));
        w.blocks = widest(w.blocks, digits(block_count(st)));
        if (layout != 'l')
            continue;
        w.links = widest(w.links, digits(st->st_nlink));
        w.owner = widest(w.owner, (int)strlen(owner_name(st)));
        w.group = widest(w.group, (int)strlen(group_name(st)));
        w.size = widest(w.size, digits((uintmax_t)st->st_size));
    }
    return w;
}

/* Six months back and not ahead: the time; else the year. */
static void print_time(const struct stat *st)
{
    char text[32];
    time_t when = file_time(st).tv_sec;
    time_t now = time(NULL);
    const struct tm *tm = localtime(&when);
    bool recent = when <= now && now - when < 365 * 86400 / 2;
    if (tm == NULL || strftime(text, sizeof text, recent ? "%b %e %H:%M" : "%b %e  %Y", tm) == 0)
        snprintf(text, sizeof text, "%jd", (intmax_t)when);
    printf("%s ", text);
}

static void print_prefix(const struct stat *st, const struct widths *w)
{
    if (inodes)
        printf("%*ju ", w->inode, (uintmax_t)st->st_ino);
    if (blocks)
        printf("%*ju ", w->blocks, block_count(st));
}

static void print_long(const struct file *file, const struct widths *w)
{
    const struct stat *st = &file->st;
    char mode[11];
    mode_text(st->st_mode, mode);
    print_prefix(st, w);
    printf("%s %*ju ", mode, w->links, (uintmax_t)st->st_nlink);
    if (!no_owner)
        printf("%-*s ", w->owner, owner_name(st));
    if (!no_group)
        printf("%-*s ", w->group, group_name(st));
    if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode))
        printf("%3u, %3u ", (unsigned)(st->st_rdev >> 8 & 0xfff), (unsigned)(st->st_rdev & 0xff));
    else
        printf("%*ju ", w->size, (uintmax_t)st->st_size);
    print_time(st);
    print_name(file->name);
    if (S_ISLNK(st->st_mode) && file->target != NULL) {
        fputs(" -> ", stdout);
        print_name(file->target);
    }
}

/* Prints one entry in a short layout; how many columns it took. */
static size_t print_short(const struct file *file, const struct widths *w)
{
    char mark = suffix(&file->st);
    size_t used = strlen(file->name) + (mark != '\0');
    used += inodes ? (size_t)w->inode + 1 : 0;
    used += blocks ? (size_t)w->blocks + 1 : 0;
    print_prefix(&file->st, w);
    print_name(file->name);
    if (mark != '\0')
        putchar(mark);
    return used;
}

static size_t entry_width(const struct file *file, const struct widths *w)
{
    return strlen(file->name) + (suffix(&file->st) != '\0') + (inodes ? (size_t)w->inode + 1 : 0) +
           (blocks ? (size_t)w->blocks + 1 : 0);
}

/* -C sorts down the columns, -x across. */
static void print_columns(const struct list *list, const struct widths *w)
{
    size_t column = 0;
    for (size_t i = 0; i < list->count; i++) {
        size_t needed = entry_width(&list->files[i], w) + 2;
        column = needed > column ? needed : column;
    }
    size_t columns = width / column > 0 ? width / column : 1;
    size_t rows = (list->count + columns - 1) / columns;
    for (size_t row = 0; row < rows; row++) {
        size_t used = 0;
        for (size_t i = 0; i < columns; i++) {
            size_t at = layout == 'C' ? i * rows + row : row * columns + i;
            if (at >= list->count)
                break;
            if (i > 0)
                printf("%*s", (int)(column - used), "");
            used = print_short(&list->files[at], w);
        }
        putchar('\n');
    }
}

/* -m: one stream, broken where the line is full. */
static void print_stream(const struct list *list, const struct widths *w)
{
    size_t used = 0;
    for (size_t i = 0; i < list->count; i++) {
        size_t needed = entry_width(&list->files[i], w);
        bool last = i + 1 == list->count;
        if (used > 0 && used + 1 + needed + !last > width) {
            putchar('\n');
            used = 0;
        } else if (used > 0) {
            putchar(' ');
            used++;
        }
        used += print_short(&list->files[i], w);
        if (!last) {
            putchar(',');
            used++;
        }
    }
    putchar('\n');
}

static void print_list(const struct list *list)
{
    struct widths w = measure(list);
    if (list->count == 0)
        return;
    printed_any = true;
    if (layout == 'C' || layout == 'x') {
        print_columns(list, &w);
        return;
    }
    if (layout == 'm') {
        print_stream(list, &w);
        return;
    }
    for (size_t i = 0; i < list->count; i++) {
        if (layout == 'l') {
            char mark = suffix(&list->files[i].st);
            print_long(&list->files[i], &w);
            if (mark != '\0')
                putchar(mark);
        } else {
            print_short(&list->files[i], &w);
        }
        putchar('\n');
    }
}

/* Collecting */

static bool add(struct list *list, const char *name, const char *path, bool follow)
{
    struct stat st;
    if ((follow ? stat : lstat)(path, &st) != 0) {
        /* A link to nothing is shown as itself. */
        if (!follow || errno != ENOENT || lstat(path, &st) != 0) {
            failed(path);
            return false;
        }
    }
    list->files = xgrow(list->files, list->count, sizeof *list->files);
    char *target = layout == 'l' && S_ISLNK(st.st_mode) ? read_link(path) : NULL;
    list->files[list->count++] = (struct file){xstrdup(name), xstrdup(path), target, st};
    return true;
}

static void free_list(struct list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->files[i].name);
        free(list->files[i].path);
        free(list->files[i].target);
    }
    free(list->files);
}

static void add_entry(struct list *list, const char *directory, const char *name)
{
    if (name[0] == '.' && !show_all && !show_hidden)
        return;
    char *path = path_join(directory, name);
    add(list, name, path, follow_all);
    free(path);
}

static bool is_loop(const struct ancestor *list, const struct stat *st)
{
    for (; list != NULL; list = list->above)
        if (list->device == st->st_dev && list->inode == st->st_ino)
            return true;
    return false;
}

static void list_directory(const struct file *directory, bool titled, const struct ancestor *above)
{
    char **names = directory_names(directory->path);
    if (names == NULL) {
        failed(directory->path);
        return;
    }
    struct list list = {0};
    if (show_all) {
        add_entry(&list, directory->path, ".");
        add_entry(&list, directory->path, "..");
    }
    for (char **name = names; *name != NULL; name++)
        add_entry(&list, directory->path, *name);
    directory_names_free(names);
    sort(&list);
    if (printed_any)
        putchar('\n');
    if (titled) {
        print_name(directory->path);
        fputs(":\n", stdout);
        printed_any = true;
    }
    if (layout == 'l' || blocks) {
        uintmax_t total = 0;
        for (size_t i = 0; i < list.count; i++)
            total += block_count(&list.files[i].st);
        printf("total %ju\n", total);
    }
    print_list(&list);
    struct ancestor here = {above, directory->st.st_dev, directory->st.st_ino};
    for (size_t i = 0; recursive && i < list.count; i++) {
        const struct file *file = &list.files[i];
        bool dots = strcmp(file->name, ".") == 0 || strcmp(file->name, "..") == 0;
        if (dots || !S_ISDIR(file->st.st_mode))
            continue;
        if (is_loop(&here, &file->st)) {
            errno = ELOOP;
            failed(file->path);
        } else {
            list_directory(file, true, &here);
        }
    }
    free_list(&list);
}

/* Operands: first those that are no directories, then each directory's contents. */
static void list_operands(char **names)
{
    struct list files = {0};
    struct list directories = {0};
    /* Links named by operands are followed, but not where they are what is described. */
    bool follow = follow_all || follow_operands || !(no_descent || classify || layout == 'l');
    bool several = names[0] != NULL && names[1] != NULL;
    for (; *names != NULL; names++) {
        struct stat st;
        bool directory = (follow ? stat : lstat)(*names, &st) == 0 && S_ISDIR(st.st_mode);
        add(directory && !no_descent ? &directories : &files, *names, *names, follow);
    }
    sort(&files);
    sort(&directories);
    print_list(&files);
    for (size_t i = 0; i < directories.count; i++)
        list_directory(&directories.files[i], several || recursive, NULL);
    free_list(&files);
    free_list(&directories);
}

/* COLUMNS, else what the terminal says. */
static void find_width(void)
{
    const char *columns = getenv("COLUMNS");
    uintmax_t value;
    struct winsize size;
    if (columns != NULL && parse_number(columns, 65535, &value) && value > 0)
        width = (size_t)value;
    else if (tcgetwinsize(STDOUT_FILENO, &size) == 0 && size.ws_col > 0)
        width = size.ws_col;
}

static void parse_option(int option)
{
    switch (option) {
    case '1':
        if (layout != 'l')
            layout = '1';
        break;
    case 'C':
    case 'l':
    case 'm':
    case 'x':
        layout = (char)option;
        break;
    case 'g':
        layout = 'l';
        no_owner = true;
        break;
    case 'o':
        layout = 'l';
        no_group = true;
        break;
    case 'n':
        layout = 'l';
        numeric = true;
        break;
    case 'A':
        show_hidden = true;
        break;
    case 'a':
        show_all = true;
        break;
    case 'c':
    case 'u':
        time_kind = (char)option;
        break;
    case 'd':
        no_descent = true;
        break;
    case 'F':
        classify = true;
        break;
    case 'f':
        sort_key = 'f';
        show_all = true;
        break;
    case 'H':
        follow_operands = true;
        break;
    case 'i':
        inodes = true;
        break;
    case 'k':
        kibibytes = true;
        break;
    case 'L':
        follow_all = true;
        break;
    case 'p':
        mark_directories = true;
        break;
    case 'q':
        printable_only = true;
        break;
    case 'R':
        recursive = true;
        break;
    case 'r':
        reverse = true;
        break;
    case 'S':
    case 't':
        sort_key = (char)option;
        break;
    case 's':
        blocks = true;
        break;
    default:
        usage();
    }
}

int main(int argc, char *argv[])
{
    util_start(argv,
               "ls [-ikqrs] [-glno] [-A|-a] [-C|-m|-x|-1] [-F|-p] [-H|-L] [-R|-d]\n"
               "   [-S|-f|-t] [-c|-u] [file ...]",
               1);
    bool terminal = isatty(STDOUT_FILENO) == 1;
    layout = terminal ? 'C' : '1';
    printable_only = terminal;
    int option;
    while ((option = getopt(argc, argv, "1ACFHLRSacdfgiklmnopqrstux")) != -1)
        parse_option(option);
    if (no_descent)
        recursive = false;
    if (layout == 'C' || layout == 'x' || layout == 'm')
        find_width();
    static char dot[] = ".";
    static char *here[] = {dot, NULL};
    list_operands(optind < argc ? argv + optind : here);
    return util_end(status);
}

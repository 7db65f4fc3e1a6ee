/*
 * Driver for the POSIX server's parts that need no kernel, on the host: the file tree over an
 * fs.img, pipes, the terminal's line discipline. Commands come as lines on standard input, each
 * gives one line; tests/c/test_posix.py asks and judges.
 */
#include "pipe.h"
#include "tree.h"
#include "tty.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PAGES = 4096, LINE = 1 << 20 };

/* ---- page.h, as malloc sees it, so that the sanitizer finds every use after the last drop ---- */

static void *pages[PAGES];
static uint32_t users[PAGES];

static uint32_t taken(void)
{
    uint32_t count = 0;
    for (uint32_t i = 1; i < PAGES; i++)
        count += users[i] > 0;
    return count;
}

uint32_t page_take_raw(void)
{
    for (uint32_t i = 1; i < PAGES; i++) {
        if (users[i] == 0) {
            pages[i] = malloc(PAGE);
            memset(pages[i], 0xA5, PAGE);
            users[i] = 1;
            return i;
        }
    }
    return 0;
}

uint32_t page_take_reserved(void)
{
    return page_take_raw();
}

uint32_t page_take_zeroed(void)
{
    uint32_t page = page_take_raw();
    if (page)
        memset(pages[page], 0, PAGE);
    return page;
}

void page_hold(uint32_t page)
{
    users[page]++;
}

void page_drop(uint32_t page)
{
    if (--users[page] == 0)
        free(pages[page]);
}

uint32_t page_users(uint32_t page)
{
    return users[page];
}

void *page_at(uint32_t page)
{
    return pages[page];
}

/* ---- the tree ---- */

static struct timespec stopped_clock(void)
{
    return (struct timespec){.tv_sec = 1};
}

/* The directory of `path`, held, and the last name; slashes alone separate. */
static int parent_of(const char *path, struct node **directory, const char **name)
{
    *directory = node_hold(tree_root());
    for (;;) {
        size_t length = strcspn(path, "/");
        *name = path;
        if (path[length] == '\0')
            return 0;
        struct node *next;
        int status =
            S_ISDIR((*directory)->mode) ? tree_lookup(*directory, path, length, &next) : -ENOTDIR;
        node_drop(*directory);
        if (status < 0)
            return status;
        *directory = next;
        path += length + 1;
    }
}

static int find(const char *path, struct node **found)
{
    struct node *directory;
    const char *name;
    if (*path == '\0') {
        *found = node_hold(tree_root());
        return 0;
    }
    int status = parent_of(path, &directory, &name);
    if (status < 0)
        return status;
    status =
        S_ISDIR(directory->mode) ? tree_lookup(directory, name, strlen(name), found) : -ENOTDIR;
    node_drop(directory);
    return status;
}

/* Enters a node under a path where nothing is; gives up the hold. */
static int enter(const char *path, struct node *node)
{
    struct node *there;
    struct node *directory;
    const char *name;
    int status = find(path, &there);
    if (status == 0) {
        node_drop(there);
        status = -EEXIST;
    } else if (status == -ENOENT && (status = parent_of(path, &directory, &name)) == 0) {
        status = tree_enter(directory, name, strlen(name), node);
        node_drop(directory);
    }
    node_drop(node);
    return status;
}

static int take_away(const char *path, int directory_wanted)
{
    struct node *node;
    struct node *directory;
    const char *name;
    int status = find(path, &node);
    if (status < 0)
        return status;
    if (S_ISDIR(node->mode) != directory_wanted)
        status = directory_wanted ? -ENOTDIR : -EISDIR;
    node_drop(node);
    if (status < 0 || (status = parent_of(path, &directory, &name)) < 0)
        return status;
    status = tree_remove(directory, name, strlen(name));
    node_drop(directory);
    return status;
}

static int move(const char *from, const char *to)
{
    struct node *source;
    struct node *target;
    const char *name;
    const char *new_name;
    int status = parent_of(from, &source, &name);
    if (status < 0)
        return status;
    status = parent_of(to, &target, &new_name);
    if (status == 0) {
        status = S_ISDIR(source->mode) && S_ISDIR(target->mode)
                     ? tree_rename(source, name, strlen(name), target, new_name, strlen(new_name))
                     : -ENOTDIR;
        node_drop(target);
    }
    node_drop(source);
    return status;
}

static void print_bytes(const unsigned char *bytes, int64_t size)
{
    for (int64_t i = 0; i < size; i++)
        printf("%02x", bytes[i]);
}

static size_t parse_bytes(const char *text, unsigned char *bytes)
{
    size_t size = 0;
    for (unsigned value; sscanf(text, "%2x", &value) == 1; text += 2)
        bytes[size++] = (unsigned char)value;
    return size;
}

static int list(const char *path)
{
    struct node *directory;
    int status = find(path, &directory);
    if (status < 0)
        return status;
    struct listing listing;
    if (!S_ISDIR(directory->mode))
        status = -ENOTDIR;
    for (uint32_t at = 0; status == 0 && tree_list(directory, at, &listing); at = listing.next)
        printf("%.*s%s ", listing.length, listing.name, S_ISDIR(listing.mode) ? "/" : "");
    node_drop(directory);
    return status;
}

static int on_file(const char *command, const char *path, unsigned long offset, const char *text)
{
    static unsigned char bytes[LINE];
    struct node *file;
    int64_t status = find(path, &file);
    if (status < 0)
        return (int)status;
    if (!S_ISREG(file->mode))
        status = -EISDIR;
    else if (strcmp(command, "write") == 0)
        status = tree_write(file, bytes, parse_bytes(text, bytes), offset);
    else if (strcmp(command, "resize") == 0)
        status = tree_resize(file, offset);
    else
        print_bytes(bytes, status = tree_read(file, bytes, sizeof(bytes), offset));
    node_drop(file);
    return status < 0 ? (int)status : 0;
}

static int make_link(const char *from, const char *to)
{
    struct node *node;
    int status = find(from, &node);
    return status < 0 ? status : enter(to, node);
}

static int tree_command(const char *command, const char *path, const char *second)
{
    if (strcmp(command, "mkdir") == 0)
        return enter(path, node_new(S_IFDIR | 0755, 0, 0));
    if (strcmp(command, "create") == 0)
        return enter(path, node_new(S_IFREG | 0644, 0, 0));
    if (strcmp(command, "unlink") == 0)
        return take_away(path, 0);
    if (strcmp(command, "rmdir") == 0)
        return take_away(path, 1);
    if (strcmp(command, "rename") == 0)
        return move(path, second);
    if (strcmp(command, "link") == 0)
        return make_link(path, second);
    if (strcmp(command, "list") == 0)
        return list(strcmp(path, "/") == 0 ? "" : path);
    char *text = strchr(second, ' ');
    return on_file(command, path, strtoul(second, NULL, 10), text ? text + 1 : "");
}

/* ---- pipes and terminals ---- */

static struct pipe *the_pipe;
static struct tty the_tty;

static void echo(struct tty *tty, const char *bytes, size_t count)
{
    (void)tty;
    print_bytes((const unsigned char *)bytes, (int64_t)count);
    putchar(' ');
}

static int pipe_command(const char *command, const char *argument)
{
    static unsigned char bytes[LINE];
    int64_t done;
    if (strcmp(command, "put") == 0) {
        done = pipe_write(the_pipe, bytes, parse_bytes(argument, bytes));
        printf("%lld ", (long long)(done < 0 ? 0 : done));
    } else {
        done = pipe_read(the_pipe, bytes, strtoul(argument, NULL, 10));
        print_bytes(bytes, done);
        putchar(' ');
    }
    return done < 0 ? (int)done : 0;
}

static int tty_command(const char *command, const char *argument)
{
    static unsigned char bytes[LINE];
    if (strcmp(command, "raw") == 0) {
        struct termios termios = the_tty.termios;
        termios.c_lflag = 0;
        tty_set(&the_tty, &termios, false);
        return 0;
    }
    if (strcmp(command, "type") == 0) {
        size_t size = parse_bytes(argument, bytes);
        int signal = 0;
        for (size_t i = 0; i < size; i++) {
            int one = tty_input(&the_tty, bytes[i]);
            signal = one ? one : signal;
        }
        printf("signal %d ", signal);
        return 0;
    }
    uint32_t deciseconds;
    int64_t done = tty_read(&the_tty, bytes, strtoul(argument, NULL, 10), &deciseconds);
    print_bytes(bytes, done);
    putchar(' ');
    return done < 0 ? (int)done : 0;
}

static int run(char *line)
{
    static const char *const of_pipe[] = {"put", "get"};
    static const char *const of_tty[] = {"raw", "type", "input"};
    char *first = strchr(line, ' ');
    if (first)
        *first++ = '\0';
    for (size_t i = 0; i < 2; i++)
        if (strcmp(line, of_pipe[i]) == 0)
            return pipe_command(line, first);
    for (size_t i = 0; i < 3; i++)
        if (strcmp(line, of_tty[i]) == 0)
            return tty_command(line, first);
    if (strcmp(line, "pages") == 0) {
        printf("%u ", taken());
        return 0;
    }
    char *second = strchr(first, ' ');
    if (second)
        *second++ = '\0';
    return tree_command(line, first, second ? second : "");
}

int main(int argc, char **argv)
{
    static char line[LINE];
    FILE *image = argc == 3 ? fopen(argv[1], "rb") : NULL;
    unsigned long blocks = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
    void *bytes = malloc(blocks * PAGE);
    if (!image || fread(bytes, PAGE, blocks, image) != blocks)
        return 2;
    fclose(image);
    if (!tree_open(bytes, blocks, stopped_clock)) {
        puts("no file system");
        return 0;
    }
    the_pipe = pipe_new();
    the_pipe->readers = the_pipe->writers = 1;
    tty_init(&the_tty, 0, echo);
    while (fgets(line, sizeof(line), stdin)) {
        line[strcspn(line, "\n")] = '\0';
        int status = run(line);
        printf("= %d\n", -status);
    }
    return 0;
}

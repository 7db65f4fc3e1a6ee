/* /proc. See proc_files.h. */
#include "proc_files.h"
#include "boot_facts.h"
#include "page.h"
#include "process.h"
#include "tty.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    STAT_SIZE = 512,
    TICK = 10000000, /* nanoseconds: 100 ticks a second */
    FIRST = 24,      /* directory offset behind "." and ".." */
    TTY_MAJOR = 4 << 8,
    TTY_MINOR = 64,
    PID_LAST = 100000, /* no process has a greater number */
};

static const char boot_name[] = "boot";
static const char *const names[] = {[PROC_STAT] = "stat", [PROC_CMDLINE] = "cmdline"};

static int make(struct node *directory, mode_t mode, pid_t pid, uint32_t which, struct node **found)
{
    const struct process *process = process_find(pid);
    if (!process)
        return -ENOENT;
    struct node *node = node_new(mode, process->effective_user, process->effective_group_id);
    if (!node)
        return -ENOMEM;
    node->process = pid;
    node->device = which;
    node->inode = 0x40000000u + (uint32_t)pid * 4 + which;
    if (S_ISDIR(mode))
        node->parent = directory; /* /proc itself, which stays */
    *found = node;
    return 0;
}

/* The one file that is of no process. */
static int make_boot(struct node **found)
{
    struct node *node = node_new(S_IFREG | 0444, 0, 0);
    if (!node)
        return -ENOMEM;
    node->process = PROC_ROOT;
    node->device = PROC_BOOT;
    node->inode = 0x40000000u + PROC_BOOT;
    *found = node;
    return 0;
}

static int list_boot(struct listing *listing)
{
    *listing = (struct listing){.name = boot_name,
                                .length = (uint8_t)strlen(boot_name),
                                .inode = 0x40000000u + PROC_BOOT,
                                .mode = S_IFREG,
                                .next = FIRST + PID_LAST + 1};
    return 1;
}

static pid_t number(const char *name, size_t length)
{
    pid_t value = 0;
    for (size_t i = 0; i < length; i++) {
        if (name[i] < '0' || name[i] > '9' || value > PID_LAST || (i == 0 && name[i] == '0'))
            return 0;
        value = value * 10 + (name[i] - '0');
    }
    return value;
}

int proc_lookup(struct node *directory, const char *name, size_t length, struct node **found)
{
    if (directory->process == PROC_ROOT) {
        if (length == strlen(boot_name) && memcmp(name, boot_name, length) == 0)
            return make_boot(found);
        pid_t pid = number(name, length);
        return pid ? make(directory, S_IFDIR | 0555, pid, 0, found) : -ENOENT;
    }
    for (uint32_t which = PROC_STAT; which <= PROC_CMDLINE; which++)
        if (strlen(names[which]) == length && memcmp(names[which], name, length) == 0)
            return make(directory, S_IFREG | 0444, directory->process, which, found);
    return -ENOENT;
}

/* Offsets behind ".." are FIRST + pid in /proc, FIRST + file in a process's directory. */
int proc_list(struct node *directory, uint32_t offset, struct listing *listing)
{
    static char text[16];
    if (offset < FIRST)
        return tree_list(directory, offset, listing);
    uint32_t at = offset - FIRST;
    if (directory->process == PROC_ROOT) {
        const struct process *process = process_after((pid_t)at);
        if (!process)
            return at <= PID_LAST ? list_boot(listing) : 0;
        int length = snprintf(text, sizeof(text), "%d", process->pid);
        *listing = (struct listing){.name = text,
                                    .length = (uint8_t)length,
                                    .inode = 0x40000000u + (uint32_t)process->pid * 4,
                                    .mode = S_IFDIR,
                                    .next = FIRST + (uint32_t)process->pid};
        return 1;
    }
    if (at >= PROC_CMDLINE)
        return 0;
    *listing = (struct listing){.name = names[at + 1],
                                .length = (uint8_t)strlen(names[at + 1]),
                                .inode = 0x40000000u + (uint32_t)directory->process * 4 + at + 1,
                                .mode = S_IFREG,
                                .next = FIRST + at + 1};
    return 1;
}

static char state_letter(const struct process *process)
{
    switch (process->state) {
    case PROCESS_STOPPED:
        return 'T';
    case PROCESS_ZOMBIE:
        return 'Z';
    default:
        return process->waiting_count ? 'S' : 'R';
    }
}

static uint64_t pages_in_use(const struct process *process)
{
    uint64_t pages = 0;
    for (uint32_t i = 0; process_alive(process) && i < process->space.count; i++)
        pages += (process->space.regions[i].end - process->space.regions[i].begin) / PAGE;
    return pages;
}

/* Fields 1 to 24 of proc(5); those that have no meaning here are 0. */
static int64_t stat_text(const struct process *process, char *text)
{
    const struct tty *tty = process->terminal;
    unsigned device = tty ? TTY_MAJOR + TTY_MINOR + tty->port : 0;
    int group = tty ? tty->group : -1;
    return snprintf(text, STAT_SIZE,
                    "%d (%s) %c %d %d %d %u %d 0 0 0 0 0 %llu 0 %llu 0 20 0 1 0 %llu %llu %llu\n",
                    process->pid, process->name, state_letter(process),
                    process->parent ? process->parent->pid : 0, process->group, process->session,
                    device, group, (unsigned long long)(process_time(process) / TICK),
                    (unsigned long long)(process->children_time / TICK),
                    (unsigned long long)(process->started / TICK),
                    (unsigned long long)(pages_in_use(process) * PAGE),
                    (unsigned long long)pages_in_use(process));
}

/* The arguments lie on the process's own stack, where it may have changed them. */
static int64_t arguments_text(const struct process *process, char *text, size_t size)
{
    size_t done = 0;
    vaddr_t end = process->arguments_end;
    for (vaddr_t at = process->arguments; at < end && done < size; at++) {
        const char *byte = process_alive(process) ? space_peek(process, at) : NULL;
        if (!byte)
            break;
        text[done++] = *byte;
    }
    return (int64_t)done;
}

int64_t proc_text(const struct node *file, char **text)
{
    const struct process *process = process_find(file->process);
    if (!process && file->device != PROC_BOOT)
        return -ESRCH;
    *text = malloc(PAGE);
    if (!*text)
        return -ENOMEM;
    if (file->device == PROC_BOOT)
        return boot_facts_text(*text, PAGE);
    return file->device == PROC_STAT ? stat_text(process, *text)
                                     : arguments_text(process, *text, PAGE);
}

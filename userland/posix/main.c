/*
 * The POSIX server: start, then one call after another. See docs/reference/posix-server.md.
 */
#include "boot_facts.h"
#include "console.h"
#include "file.h"
#include "memory.h"
#include "proc_files.h"
#include "server.h"
#include "tree.h"

#include <exo/syscall.h>

#include <root/domain.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BADGE_INDEX = 0xFF, /* the rest of the badge is the process number's low bits */
    NOTIFY_FAULTED = 1 << 8,
    NANOSECONDS = 1000000000,
    STATUS_NO_INIT = 1,
};

#define ALL_BITS 0xFFFFFFFFull

static handler_t *const handlers[POSIX_CALLS] = {
    [POSIX_FAULT] = call_fault,       [POSIX_FORK] = call_fork,
    [POSIX_EXEC] = call_exec,         [POSIX_EXIT] = call_exit,
    [POSIX_WAIT] = call_wait,         [POSIX_STOP] = call_stop,
    [POSIX_KILL] = call_kill,         [POSIX_GETID] = call_getid,
    [POSIX_SETPGID] = call_setpgid,   [POSIX_SETSID] = call_setsid,
    [POSIX_SETID] = call_setid,       [POSIX_TIMES] = call_times,
    [POSIX_HEAP] = call_heap,         [POSIX_MMAP] = call_mmap,
    [POSIX_MUNMAP] = call_munmap,     [POSIX_MPROTECT] = call_mprotect,
    [POSIX_OPEN] = call_open,         [POSIX_CLOSE] = call_close,
    [POSIX_READ] = call_read,         [POSIX_WRITE] = call_write,
    [POSIX_SEEK] = call_seek,         [POSIX_DUP] = call_dup,
    [POSIX_DUP2] = call_dup2,         [POSIX_FCNTL] = call_fcntl,
    [POSIX_PIPE] = call_pipe,         [POSIX_STAT] = call_stat,
    [POSIX_FSTAT] = call_fstat,       [POSIX_ACCESS] = call_access,
    [POSIX_CHMOD] = call_chmod,       [POSIX_CHOWN] = call_chown,
    [POSIX_UTIMENS] = call_utimens,   [POSIX_TRUNCATE] = call_truncate,
    [POSIX_UNLINK] = call_unlink,     [POSIX_RENAME] = call_rename,
    [POSIX_LINK] = call_link,         [POSIX_SYMLINK] = call_symlink,
    [POSIX_READLINK] = call_readlink, [POSIX_MKDIR] = call_mkdir,
    [POSIX_MKNOD] = call_mknod,       [POSIX_CHDIR] = call_chdir,
    [POSIX_GETCWD] = call_getcwd,     [POSIX_UMASK] = call_umask,
    [POSIX_GETDENTS] = call_getdents, [POSIX_POLL] = call_poll,
    [POSIX_TTY] = call_tty,           [POSIX_POWER] = call_power,
    [POSIX_CANCEL] = call_cancel,
};

static const struct domain_info *facts;

uint64_t clock_base(void)
{
    return facts->wall_seconds;
}

struct timespec clock_now(void)
{
    uint64_t now = 0;
    exo_time_now(SLOT_SELF, &now);
    return (struct timespec){.tv_sec = (time_t)(facts->wall_seconds + now / NANOSECONDS),
                             .tv_nsec = (long)(now % NANOSECONDS)};
}

uint64_t process_weight(void)
{
    return facts->weight / (PROCESSES + 1);
}

/* Says why on the console and ends the machine. */
static _Noreturn void refuse(const char *reason)
{
    char line[160];
    int length = snprintf(line, sizeof(line), "posix: %s\r\n", reason);
    for (int at = 0; at < length; at += DOMAIN_CHUNK) {
        uint64_t words[4] = {0};
        int step = length - at < (int)DOMAIN_CHUNK ? length - at : (int)DOMAIN_CHUNK;
        memcpy(words, line + at, (size_t)step);
        struct exo_gate_call answer;
        exo_gate_call(DOMAIN_SLOT_ROOT, DOMAIN_WRITE | (uint64_t)step << 16, words[0], words[1],
                      words[2], words[3], 0, 0, &answer);
    }
    machine_off(STATUS_NO_INIT);
}

/* A directory that the running system needs, in the overlay where the image lacks it. */
static struct node *need_directory(const char *name, mode_t mode)
{
    struct node *node;
    if (tree_lookup(tree_root(), name, strlen(name), &node) == 0)
        return node;
    node = node_new(S_IFDIR | mode, 0, 0);
    if (!node || tree_enter(tree_root(), name, strlen(name), node) < 0)
        refuse("no memory for the first directories");
    return node;
}

static void add_device(struct node *directory, const char *name, uint32_t device, mode_t mode)
{
    struct node *node = node_new(S_IFCHR | mode, 0, 0);
    if (!node)
        refuse("no memory for devices");
    node->device = device;
    struct node *there;
    if (tree_lookup(directory, name, strlen(name), &there) == 0) {
        node_drop(there);
        tree_remove(directory, name, strlen(name));
    }
    tree_enter(directory, name, strlen(name), node);
    node_drop(node);
}

static void make_tree(void)
{
    struct node *devices = need_directory("dev", 0755);
    add_device(devices, "null", DEVICE_NULL, 0666);
    add_device(devices, "zero", DEVICE_ZERO, 0666);
    add_device(devices, "tty", DEVICE_TTY, 0666);
    add_device(devices, "console", DEVICE_CONSOLE, 0600);
    if (console_exists(0))
        add_device(devices, "ttyS0", DEVICE_TTYS0, 0620);
    if (console_exists(1))
        add_device(devices, "ttyS1", DEVICE_TTYS0 + 1, 0620);
    node_drop(devices);
    struct node *proc = need_directory("proc", 0555);
    proc->process = PROC_ROOT; /* stays held */
    node_drop(need_directory("tmp", 01777));
}

static void open_root(void)
{
    if (facts->fs_size == 0)
        refuse("there is no fs.img");
    const void *image = memory_map_image(facts->fs_size & ~(uint64_t)(PAGE - 1));
    if (!image)
        refuse("no memory to map fs.img");
    if (!tree_open(image, facts->fs_data_blocks, clock_now))
        refuse("fs.img holds no ext2 file system that we read");
}

/* The first process's stack, as exec's stage: argc 1, argv[0], no environment. */
static void build_stack(struct process *process, const char *path, struct exec_stack *stack)
{
    static const uint64_t words = 6; /* argc, argv[0], NULL, NULL, and 16 bytes for the name */
    stack->pages = 1;
    stack->sp = POSIX_STACK_TOP - words * 8;
    stack->arguments = stack->sp + 4 * 8;
    stack->arguments_end = stack->arguments + strlen(path) + 1;
    space_add(process, POSIX_STAGE_TOP - POSIX_STAGE_SIZE, POSIX_STAGE_TOP, REGION_STAGE,
              PROT_READ_PAGE | PROT_WRITE_PAGE);
    uint64_t *at = space_touch(process, POSIX_STAGE_TOP - words * 8);
    if (!at)
        refuse("no memory for the first process");
    at[0] = 1;
    at[1] = stack->arguments;
    at[2] = at[3] = 0;
    memcpy(&at[4], path, strlen(path) + 1);
}

static void start_first(void)
{
    static const char path[] = "/sbin/init"; /* fits the 16 bytes of build_stack */
    struct process *process = process_create(NULL);
    if (!process)
        refuse("no memory for the first process");
    process_one = process;
    process->group = process->session = process->pid;
    process->directory = node_hold(tree_root());
    process->mask = 022;
    struct exec_stack stack;
    build_stack(process, path, &stack);
    vaddr_t entry = 0;
    int status = exec_image(process, path, &stack, &entry);
    if (status < 0) {
        char reason[64];
        snprintf(reason, sizeof(reason), "cannot run %s: error %d", path, -status);
        refuse(reason);
    }
    if (process_start(process, entry, stack.sp, 0, 0) < 0)
        refuse("cannot start the first process");
}

static void take_notifications(void)
{
    uint64_t bits = 0;
    exo_env_wait(SLOT_SELF, ALL_BITS, 0, &bits);
    if (bits & NOTIFY_FAULTED)
        process_bury_faulted();
    console_notified(bits);
}

/* Serves one call; the answer replaces the message. */
static void serve(const struct exo_gate_wait *message, uint64_t answer[3])
{
    uint32_t index = message->badge_flags & BADGE_INDEX;
    if (index >= process_limit || !process_alive(processes[index]))
        return;
    struct call call = {
        .process = processes[index],
        .argument = {message->m1, message->m2, message->m3, message->m4},
        .flags = (uint32_t)(message->m0 >> 32),
    };
    uint32_t number = (uint32_t)message->m0;
    handler_t *handler = number < POSIX_CALLS ? handlers[number] : NULL;
    answer[0] = (uint64_t)(handler ? handler(&call) : -ENOSYS);
    answer[1] = call.result[0];
    answer[2] = call.result[1];
}

__attribute__((force_align_arg_pointer)) _Noreturn void _start(const struct domain_info *info);

_Noreturn void _start(const struct domain_info *info)
{
    facts = info;
    memory_init(info);
    boot_facts_init(info);
    console_init(info->ports);
    open_root();
    make_tree();
    exo_env_set(SLOT_SELF, ENV_WAIT_MASK, ALL_BITS);
    uint32_t slots = object_take();
    if (!slots || exo_env_table(SLOT_SELF, DOMAIN_SLOT_FRAMES, slots) < 0)
        refuse("no room for processes");
    start_first();
    uint64_t answer[3] = {0};
    for (;;) {
        struct exo_gate_wait message;
        status_t status =
            exo_gate_wait(SLOT_SELF, answer[0], answer[1], answer[2], 0, 0, 0, 0, &message);
        if (status == EXO_INTERRUPTED)
            take_notifications();
        else if (status == 0)
            serve(&message, answer);
    }
}

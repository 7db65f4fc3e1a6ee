/* The server's calls about processes, signals and memory. See server.h. */
#include "console.h"
#include "file.h"
#include "page.h"
#include "path.h"
#include "server.h"
#include "signal.h"
#include "tty.h"
#include "wait.h"

#include <exo/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <sys/mman.h>
#include <sys/wait.h>

int64_t call_fault(struct call *call)
{
    return space_fault(call->process, call->argument[0], call->argument[1]);
}

int64_t call_fork(struct call *call)
{
    struct process *parent = call->process;
    struct process *child = process_create(parent);
    if (!child)
        return -EAGAIN;
    int status = space_copy(parent, child);
    if (status == 0)
        status = process_start(child, call->argument[0], call->argument[1], call->argument[2],
                               call->argument[3]);
    if (status == 0)
        return child->pid;
    process_end(child, SIGKILL);
    if (child->state == PROCESS_ZOMBIE)
        process_reap(child);
    return -ENOMEM;
}

int64_t call_exec(struct call *call)
{
    static char path[POSIX_PATH_MAX];
    struct process *process = call->process;
    memcpy(path, process->window, sizeof(path));
    path[sizeof(path) - 1] = '\0';
    uint64_t bytes = call->argument[0];
    struct exec_stack stack = {.sp = call->argument[1],
                               .arguments = call->argument[2],
                               .arguments_end = call->argument[3],
                               .pages = (uint32_t)((bytes + PAGE - 1) / PAGE)};
    if (bytes == 0 || bytes > POSIX_STAGE_SIZE)
        return -E2BIG;
    if (stack.sp >= POSIX_STACK_TOP || stack.sp < POSIX_STACK_TOP - bytes)
        return -EINVAL;
    vaddr_t entry = 0;
    int status = exec_image(process, path, &stack, &entry);
    if (status < 0)
        return status;
    exo_env_enter(process->env, 0, entry, stack.sp, 0, 0);
    return 0; /* to nobody: the caller runs its new program */
}

int64_t call_exit(struct call *call)
{
    process_end(call->process, (int)call->argument[0]);
    return 0;
}

static bool is_child(const struct process *parent, const struct process *child, pid_t pid)
{
    if (child->state == PROCESS_FREE || child->parent != parent)
        return false;
    if (pid == -1)
        return true;
    if (pid > 0)
        return child->pid == pid;
    return child->group == (pid == 0 ? parent->group : -pid);
}

/* Whether the child has something to report under these options. */
static bool reports(const struct process *child, int options)
{
    if (child->state == PROCESS_ZOMBIE)
        return true;
    if (!child->status_fresh)
        return false;
    return child->state == PROCESS_STOPPED ? (options & WUNTRACED) != 0
                                           : (options & WCONTINUED) != 0;
}

int64_t call_wait(struct call *call)
{
    struct process *parent = call->process;
    pid_t pid = (pid_t)call->argument[0];
    int options = (int)call->argument[1];
    bool any = false;
    for (uint32_t i = 0; i < process_limit; i++) {
        struct process *child = processes[i];
        if (!is_child(parent, child, pid))
            continue;
        any = true;
        if (!reports(child, options))
            continue;
        call->result[0] = (uint32_t)child->status;
        child->status_fresh = false;
        if (child->state == PROCESS_ZOMBIE)
            process_reap(child);
        return child->pid;
    }
    if (!any)
        return -ECHILD;
    return options & WNOHANG ? 0 : wait_for(parent, parent);
}

int64_t call_stop(struct call *call)
{
    int signal = (int)call->argument[0];
    bool stops = signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
    return stops ? signal_stop(call->process, signal) : -EINVAL;
}

int64_t call_kill(struct call *call)
{
    return signal_request(call->process, (pid_t)call->argument[0], (int)call->argument[1]);
}

int64_t call_getid(struct call *call)
{
    struct process *process = call->process;
    pid_t pid = (pid_t)call->argument[1];
    struct process *other = pid == 0 ? process : process_find(pid);
    if (!other)
        return -ESRCH;
    switch (call->argument[0]) {
    case POSIX_ID_PARENT:
        return process->parent ? process->parent->pid : 0;
    case POSIX_ID_GROUP:
        return other->group;
    case POSIX_ID_SESSION:
        return other->session;
    case POSIX_ID_USER:
        return process->user;
    case POSIX_ID_EFFECTIVE_USER:
        return process->effective_user;
    case POSIX_ID_GROUP_ID:
        return process->group_id;
    case POSIX_ID_EFFECTIVE_GROUP_ID:
        return process->effective_group_id;
    default:
        return -EINVAL;
    }
}

/* Whether the session has a group of this number. */
static bool group_exists(pid_t group, pid_t session)
{
    for (uint32_t i = 0; i < process_limit; i++)
        if (processes[i]->state != PROCESS_FREE && processes[i]->group == group &&
            processes[i]->session == session)
            return true;
    return false;
}

int64_t call_setpgid(struct call *call)
{
    struct process *process = call->process;
    pid_t pid = (pid_t)call->argument[0];
    struct process *target = pid == 0 ? process : process_find(pid);
    if (!target || !process_alive(target) || (target != process && target->parent != process))
        return -ESRCH;
    pid_t group = (pid_t)call->argument[1];
    if (group < 0)
        return -EINVAL;
    if (group == 0)
        group = target->pid;
    if (target != process && target->executed)
        return -EACCES;
    if (target->session != process->session || target->session == target->pid)
        return -EPERM;
    if (group != target->pid && !group_exists(group, process->session))
        return -EPERM;
    target->group = group;
    return 0;
}

int64_t call_setsid(struct call *call)
{
    struct process *process = call->process;
    for (uint32_t i = 0; i < process_limit; i++)
        if (processes[i]->state != PROCESS_FREE && processes[i]->group == process->pid)
            return -EPERM;
    process->group = process->session = process->pid;
    process->terminal = NULL;
    return process->pid;
}

int64_t call_setid(struct call *call)
{
    struct process *process = call->process;
    uint32_t value = (uint32_t)call->argument[1];
    bool is_user = call->argument[0] == POSIX_ID_USER;
    if (!is_user && call->argument[0] != POSIX_ID_GROUP_ID)
        return -EINVAL;
    bool all = process->effective_user == 0;
    if (!all && value != (is_user ? process->user : process->group_id))
        return -EPERM;
    uint32_t *effective = is_user ? &process->effective_user : &process->effective_group_id;
    uint32_t *real = is_user ? &process->user : &process->group_id;
    *effective = value;
    if (all)
        *real = value;
    return 0;
}

int64_t call_times(struct call *call)
{
    call->result[0] = process_time(call->process);
    call->result[1] = call->process->children_time;
    return 0;
}

int64_t call_heap(struct call *call)
{
    uint64_t bytes = call->argument[0];
    vaddr_t begin = bytes % PAGE == 0 ? space_grow_heap(call->process, bytes) : 0;
    return begin ? (int64_t)begin : -ENOMEM;
}

/* enum prot of PROT_READ and so on; 0xFF: refused (write and execute). */
static uint32_t page_prot(uint64_t protection)
{
    if ((protection & PROT_WRITE) && (protection & PROT_EXEC))
        return 0xFF;
    return (protection ? PROT_READ_PAGE : 0u) | (protection & PROT_WRITE ? PROT_WRITE_PAGE : 0u) |
           (protection & PROT_EXEC ? PROT_EXECUTE_PAGE : 0u);
}

/* Range of whole pages inside what a process may map itself. */
static bool is_range(uint64_t begin, uint64_t size)
{
    return begin % PAGE == 0 && size > 0 && size <= SPACE_END && begin >= POSIX_TEXT_VADDR &&
           begin <= POSIX_MMAP_LIMIT && size <= POSIX_MMAP_LIMIT - begin;
}

static int map_from_file(struct process *process, vaddr_t address, uint64_t size, uint64_t fd,
                         uint64_t offset)
{
    struct file *file = descriptor_file(process, fd);
    if (!file)
        return -EBADF;
    if (file->kind != FILE_REGULAR || offset % PAGE != 0)
        return -EINVAL;
    if (!file_reads(file))
        return -EACCES;
    uint64_t there = file->node->size > offset ? file->node->size - offset : 0;
    return space_map_file(process, address, file->node, offset, there < size ? there : size);
}

/* Stage: the library asks for the fixed place where it builds the next program's stack. */
static int64_t map_stage(struct process *process)
{
    return space_add(process, POSIX_STAGE_TOP - POSIX_STAGE_SIZE, POSIX_STAGE_TOP, REGION_STAGE,
                     PROT_READ_PAGE | PROT_WRITE_PAGE);
}

int64_t call_mmap(struct call *call)
{
    struct process *process = call->process;
    vaddr_t address = call->argument[0];
    uint64_t size = (call->argument[1] + PAGE - 1) & ~(uint64_t)(PAGE - 1);
    uint32_t prot = page_prot((uint32_t)call->argument[2]);
    uint32_t flags = (uint32_t)(call->argument[2] >> 32);
    if (address == POSIX_STAGE_TOP)
        return map_stage(process);
    if (prot == 0xFF || (flags & MAP_SHARED))
        return -ENOTSUP;
    if (!(flags & MAP_FIXED))
        address = space_find(process, size);
    else if (is_range(address, size))
        space_unmap(process, address, address + size);
    if (!is_range(address, size))
        return address == 0 ? -ENOMEM : -EINVAL;
    int status = space_add(process, address, address + size, REGION_MAPPING, prot);
    if (status == 0 && !(flags & MAP_ANONYMOUS)) {
        status = map_from_file(process, address, size, call->argument[3],
                               *(const uint64_t *)process->window);
        if (status < 0)
            space_unmap(process, address, address + size);
    }
    return status < 0 ? status : (int64_t)address;
}

int64_t call_munmap(struct call *call)
{
    uint64_t size = (call->argument[1] + PAGE - 1) & ~(uint64_t)(PAGE - 1);
    if (!is_range(call->argument[0], size))
        return -EINVAL;
    return space_unmap(call->process, call->argument[0], call->argument[0] + size);
}

int64_t call_mprotect(struct call *call)
{
    uint64_t size = (call->argument[1] + PAGE - 1) & ~(uint64_t)(PAGE - 1);
    uint32_t prot = page_prot(call->argument[2]);
    if (prot == 0xFF)
        return -ENOTSUP;
    if (!is_range(call->argument[0], size))
        return -EINVAL;
    return space_protect(call->process, call->argument[0], call->argument[0] + size, prot);
}

int64_t call_power(struct call *call)
{
    if (call->process->effective_user != 0)
        return -EPERM;
    machine_off((uint32_t)call->argument[0]);
}

static int set_group(struct process *process, struct tty *terminal, pid_t group)
{
    if (process->terminal != terminal || terminal->session != process->session)
        return -ENOTTY;
    int status = console_may_change(process, terminal);
    if (status == -EAGAIN)
        return wait_for(process, terminal);
    if (status < 0)
        return status;
    if (!group_exists(group, process->session))
        return -EPERM;
    terminal->group = group;
    return 0;
}

static int set_attributes(struct process *process, struct tty *terminal, uint64_t when)
{
    int status = console_may_change(process, terminal);
    if (status == -EAGAIN)
        return wait_for(process, terminal);
    if (status == 0) {
        struct termios termios;
        memcpy(&termios, process->window, sizeof(termios));
        tty_set(terminal, &termios, when == TCSAFLUSH);
        wake(terminal);
    }
    return status;
}

static void put_name(const struct tty *terminal, char *window)
{
    memcpy(window, "/dev/ttyS0", sizeof("/dev/ttyS0"));
    window[9] = (char)('0' + terminal->port);
}

static void put_size(const struct tty *terminal, void *window)
{
    struct winsize size = {.ws_row = terminal->rows, .ws_col = terminal->columns};
    memcpy(window, &size, sizeof(size));
}

static void set_size(struct tty *terminal, const void *window)
{
    struct winsize size;
    memcpy(&size, window, sizeof(size));
    bool changed = terminal->rows != size.ws_row || terminal->columns != size.ws_col;
    terminal->rows = size.ws_row;
    terminal->columns = size.ws_col;
    if (changed && terminal->group)
        signal_group(terminal->group, SIGWINCH);
}

int64_t call_tty(struct call *call)
{
    struct process *process = call->process;
    struct file *file = descriptor_file(process, call->argument[1]);
    if (!file)
        return -EBADF;
    if (file->kind != FILE_TERMINAL)
        return -ENOTTY;
    struct tty *terminal = file->terminal;
    bool ours = process->terminal == terminal && terminal->session == process->session;
    switch (call->argument[0]) {
    case POSIX_TTY_GET:
        memcpy(process->window, &terminal->termios, sizeof(terminal->termios));
        return 0;
    case POSIX_TTY_SET:
        return set_attributes(process, terminal, call->argument[2]);
    case POSIX_TTY_GET_GROUP:
        return ours ? terminal->group : -ENOTTY;
    case POSIX_TTY_SET_GROUP:
        return set_group(process, terminal, (pid_t)call->argument[2]);
    case POSIX_TTY_GET_SIZE:
        put_size(terminal, process->window);
        return 0;
    case POSIX_TTY_SET_SIZE:
        set_size(terminal, process->window);
        return 0;
    case POSIX_TTY_SESSION:
        return ours ? terminal->session : -ENOTTY;
    case POSIX_TTY_CONTROL:
        console_adopt(process, terminal);
        return process->terminal == terminal ? 0 : -EPERM;
    case POSIX_TTY_FLUSH:
        if (call->argument[2] != TCOFLUSH)
            tty_flush(terminal);
        return 0;
    case POSIX_TTY_DRAIN:
        return console_writable(terminal) ? 0 : wait_for(process, terminal);
    case POSIX_TTY_NAME:
        put_name(terminal, process->window);
        return 0;
    default:
        return -EINVAL;
    }
}

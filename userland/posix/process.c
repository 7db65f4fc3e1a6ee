/* Processes. See process.h. */
#include "process.h"
#include "console.h"
#include "file.h"
#include "memory.h"
#include "server.h"
#include "signal.h"
#include "tty.h"
#include "wait.h"

#include <exo/syscall.h>
#include <exo/upcall.h>

#include <root/domain.h>

#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
    PID_LIMIT = 30000,
    WINDOW_PAGES = 4, /* upcall stack, control page, two pages of window */
    AREA_FRAME = 2,   /* of an env's frames */
    GAS_SHIFT = 36,
    NOTIFY_FAULTED = 1 << 8,
    GENERATION = 8, /* bit of the badge above the place in the table */
};

struct process *processes[PROCESSES];
uint32_t process_limit;
struct process *process_one;

static pid_t last_pid;

bool process_alive(const struct process *process)
{
    return process->state == PROCESS_RUNNING || process->state == PROCESS_STOPPED;
}

struct process *process_find(pid_t pid)
{
    for (uint32_t i = 0; i < process_limit; i++)
        if (processes[i]->state != PROCESS_FREE && processes[i]->pid == pid)
            return processes[i];
    return NULL;
}

struct process *process_after(pid_t pid)
{
    struct process *best = NULL;
    for (uint32_t i = 0; i < process_limit; i++) {
        struct process *process = processes[i];
        if (process->state != PROCESS_FREE && process->pid > pid &&
            (!best || process->pid < best->pid))
            best = process;
    }
    return best;
}

static bool pid_is_used(pid_t pid)
{
    for (uint32_t i = 0; i < process_limit; i++)
        if (processes[i]->state != PROCESS_FREE &&
            (processes[i]->pid == pid || processes[i]->group == pid ||
             processes[i]->session == pid))
            return true;
    return false;
}

static pid_t next_pid(void)
{
    do
        last_pid = last_pid < PID_LIMIT ? last_pid + 1 : 2;
    while (pid_is_used(last_pid));
    return last_pid;
}

static bool make_window(struct process *process)
{
    if (!process->window_page)
        process->window_page = page_take_run(WINDOW_PAGES);
    uint32_t page = process->window_page;
    if (!page)
        return false;
    for (uint32_t i = 0; i < WINDOW_PAGES; i++)
        page_zero(page_at(page + i));
    process->control = page_at(page + 1);
    process->window = page_at(page + 2);
    return space_map_fixed(process, POSIX_UPCALL_STACK - PAGE, page, WINDOW_PAGES,
                           PROT_READ_PAGE | PROT_WRITE_PAGE) == 0;
}

static bool make_env(struct process *process)
{
    uint32_t badge = process->index | (uint32_t)process->pid << GENERATION;
    slot_t env = process->env;
    return exo_env_create(DOMAIN_SLOT_FRAMES, process->env_frame, process->aspace, env, 0) == 0 &&
           exo_gate_create(SLOT_SELF, env, SLOT_SERVER, badge) == 0 &&
           exo_gas_move(SLOT_SELF, env, 1ull << GAS_SHIFT) == 0 &&
           /* The space is ours: what the process maps itself, we could not take away again. */
           exo_cap_revoke(process->aspace) == 0 && exo_env_set(env, ENV_KEEPER, SLOT_SELF) == 0 &&
           exo_env_set(env, ENV_KEEPER_BITS, NOTIFY_FAULTED) == 0 &&
           exo_env_set(env, ENV_STRICT, 1) == 0 &&
           exo_env_set(env, ENV_UPCALL_STACK, POSIX_UPCALL_STACK) == 0;
}

static bool make_space(struct process *process)
{
    return exo_aspace_create(DOMAIN_SLOT_FRAMES, process->aspace_frame, process->aspace) == 0 &&
           space_create(process) == 0;
}

/* Takes apart what there is of the env and the space; the place in the table stays. */
static void destroy_env(struct process *process)
{
    while (exo_env_destroy(process->env) == EXO_AGAIN)
        continue;
    while (exo_cap_delete(process->env) == EXO_AGAIN)
        continue;
    while (exo_cap_delete(process->aspace) == EXO_AGAIN)
        continue;
    space_destroy(process);
    if (process->env_frame)
        object_drop_env(process->env_frame);
    if (process->aspace_frame)
        object_drop(process->aspace_frame);
    process->env_frame = process->aspace_frame = 0;
}

static void inherit(struct process *child, struct process *parent)
{
    child->parent = parent;
    child->group = parent->group;
    child->session = parent->session;
    child->terminal = parent->terminal;
    child->user = parent->user;
    child->effective_user = parent->effective_user;
    child->group_id = parent->group_id;
    child->effective_group_id = parent->effective_group_id;
    child->directory = node_hold(parent->directory);
    child->mask = parent->mask;
    memcpy(child->name, parent->name, sizeof(child->name));
    child->arguments = parent->arguments;
    child->arguments_end = parent->arguments_end;
    child->control->blocked = parent->control->blocked;
    child->control->ignored = parent->control->ignored;
    child->control->caught = parent->control->caught;
    child->control->heap_end = parent->control->heap_end;
    descriptors_copy(child, parent);
}

/* A place that is free, or a new one. */
static struct process *free_place(void)
{
    for (uint32_t i = 0; i < process_limit; i++)
        if (processes[i]->state == PROCESS_FREE)
            return processes[i];
    struct process *process = process_limit < PROCESSES ? calloc(1, sizeof(*process)) : NULL;
    if (process) {
        process->index = process_limit;
        processes[process_limit++] = process;
    }
    return process;
}

struct process *process_create(struct process *parent)
{
    struct process *process = free_place();
    if (!process)
        return NULL;
    uint32_t index = process->index;
    uint32_t window_page = process->window_page;
    memset(process, 0, offsetof(struct process, space));
    process->index = index;
    process->window_page = window_page;
    process->env = DOMAIN_SLOT_FREE + 2 * index;
    process->aspace = process->env + 1;
    process->pid = next_pid();
    process->env_frame = object_take_env();
    process->aspace_frame = object_take();
    process->descriptor_end = 0;
    process->waiting_count = process->read_size = 0;
    process->time_used = process->children_time = 0;
    exo_time_now(SLOT_SELF, &process->started);
    uint32_t area = process->env_frame + AREA_FRAME;
    if (!process->env_frame || !process->aspace_frame || !make_space(process) ||
        !make_env(process) || !make_window(process) ||
        space_map_fixed(process, POSIX_AREA_VADDR, area, 1, PROT_READ_PAGE | PROT_WRITE_PAGE) < 0) {
        destroy_env(process);
        return NULL;
    }
    process->control->pid = process->pid;
    process->control->clock_seconds = clock_base();
    process->state = PROCESS_RUNNING;
    if (parent)
        inherit(process, parent);
    return process;
}

int process_start(struct process *process, vaddr_t pc, vaddr_t sp, vaddr_t upcall_entry,
                  uint64_t argument)
{
    bool done =
        exo_env_enter(process->env, 0, pc, sp, argument, 0) == 0 &&
        exo_env_set(process->env, ENV_UPCALL_ENTRY, upcall_entry) == 0 &&
        exo_env_set(process->env, ENV_UPCALL_MASK, upcall_entry ? POSIX_NOTIFY_SIGNAL : 0) == 0 &&
        exo_slice_bind(DOMAIN_SLOT_SLICE, process->env, process_weight()) == 0 &&
        exo_env_start(process->env) == 0;
    return done ? 0 : -1;
}

uint64_t process_time(const struct process *process)
{
    uint64_t time = process->time_used;
    if (process_alive(process))
        exo_env_get(process->env, ENV_TIME_USED, &time);
    return time;
}

bool group_is_orphaned(pid_t group)
{
    for (uint32_t i = 0; i < process_limit; i++) {
        const struct process *member = processes[i];
        if (process_alive(member) && member->group == group && member->parent &&
            member->parent->group != group && member->parent->session == member->session)
            return false;
    }
    return true;
}

/* XBD 3.240: when the last link to the session goes, stopped members are told and woken. */
static void hang_up_if_orphaned(pid_t group)
{
    if (!group_is_orphaned(group))
        return;
    for (uint32_t i = 0; i < process_limit; i++) {
        if (processes[i]->state == PROCESS_STOPPED && processes[i]->group == group) {
            signal_group(group, SIGHUP);
            signal_group(group, SIGCONT);
            return;
        }
    }
}

/* The children go to process 1; their groups may become orphans by it. */
static void leave_children(struct process *process)
{
    for (uint32_t i = 0; i < process_limit; i++) {
        struct process *child = processes[i];
        if (child->state == PROCESS_FREE || child->parent != process)
            continue;
        child->parent = process_one;
        if (child->state == PROCESS_ZOMBIE)
            wake(process_one);
        else if (child->group != process->group)
            hang_up_if_orphaned(child->group);
    }
}

/* A session leader's end frees its terminal, whose foreground group is told. */
static void leave_terminal(struct process *process)
{
    struct tty *terminal = process->terminal;
    if (process->session != process->pid || !terminal || terminal->session != process->pid)
        return;
    pid_t group = terminal->group;
    terminal->session = 0;
    terminal->group = 0;
    for (uint32_t i = 0; i < process_limit; i++)
        if (processes[i]->session == process->pid)
            processes[i]->terminal = NULL;
    if (group)
        signal_group(group, SIGHUP);
}

void process_end(struct process *process, int status)
{
    process->time_used = process_time(process);
    process->state = PROCESS_ZOMBIE;
    process->status = status;
    wait_forget(process);
    descriptors_close(process);
    destroy_env(process);
    node_drop(process->directory);
    leave_terminal(process);
    leave_children(process);
    if (process == process_one)
        machine_off(1);
    if (process->parent->group != process->group)
        hang_up_if_orphaned(process->group);
    signal_send(process->parent, SIGCHLD);
    wake(process->parent);
    if (process_alive(process->parent) && process->parent->control->no_zombies)
        process_reap(process);
}

void process_reap(struct process *process)
{
    struct process *parent = process->parent;
    parent->children_time += process->time_used + process->children_time;
    process->state = PROCESS_FREE;
}

void process_bury_faulted(void)
{
    for (uint32_t i = 0; i < process_limit; i++) {
        uint64_t state = ENV_RUNNABLE;
        if (!process_alive(processes[i]))
            continue;
        if (exo_env_get(processes[i]->env, ENV_STATE, &state) < 0 || state == ENV_FAULTED)
            process_end(processes[i], SIGSEGV);
    }
}

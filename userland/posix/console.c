/* Terminals on serial ports. See console.h. */
#include "console.h"
#include "signal.h"
#include "tty.h"
#include "wait.h"

#include <exo/syscall.h>

#include <root/domain.h>

#include <errno.h>
#include <signal.h>
#include <string.h>

enum { BACKLOG = 256 };

/* A terminal and what root did not take yet of its output. */
struct terminal {
    struct tty tty; /* first: a tty is its terminal */
    bool exists;
    uint32_t backlog_size;
    char backlog[BACKLOG];
};

static struct terminal terminals[TERMINALS];

/* At most DOMAIN_CHUNK bytes to root; how many it took. */
static uint32_t send_chunk(uint32_t port, const char *bytes, size_t count)
{
    uint64_t words[4] = {0};
    memcpy(words, bytes, count);
    struct exo_gate_call answer;
    uint64_t message = DOMAIN_WRITE | (uint64_t)port << 8 | (uint64_t)count << 16;
    status_t status = exo_gate_call(DOMAIN_SLOT_ROOT, message, words[0], words[1], words[2],
                                    words[3], 0, 0, &answer);
    return status < 0 ? 0 : (uint32_t)answer.m0;
}

/* Sends the backlog first; true where it is empty now. */
static bool flush_backlog(struct terminal *terminal)
{
    while (terminal->backlog_size > 0) {
        size_t step = terminal->backlog_size < DOMAIN_CHUNK ? terminal->backlog_size : DOMAIN_CHUNK;
        uint32_t taken = send_chunk(terminal->tty.port, terminal->backlog, step);
        terminal->backlog_size -= taken;
        memmove(terminal->backlog, terminal->backlog + taken, terminal->backlog_size);
        if (taken < step)
            return false;
    }
    return true;
}

/* Sends, keeping in the backlog what does not go; bytes over the backlog's end are lost. */
static void send_all(struct terminal *terminal, const char *bytes, size_t count)
{
    bool clear = flush_backlog(terminal);
    while (clear && count > 0) {
        size_t step = count < DOMAIN_CHUNK ? count : DOMAIN_CHUNK;
        uint32_t taken = send_chunk(terminal->tty.port, bytes, step);
        bytes += taken;
        count -= taken;
        clear = taken == step;
    }
    size_t room = BACKLOG - terminal->backlog_size;
    size_t kept = count < room ? count : room;
    memcpy(terminal->backlog + terminal->backlog_size, bytes, kept);
    terminal->backlog_size += (uint32_t)kept;
}

static void send_echo(struct tty *tty, const char *bytes, size_t count)
{
    send_all((struct terminal *)tty, bytes, count);
}

void console_init(uint32_t ports)
{
    for (uint32_t port = 0; port < TERMINALS; port++) {
        tty_init(&terminals[port].tty, port, send_echo);
        terminals[port].exists = ports >> port & 1;
    }
}

bool console_exists(uint32_t port)
{
    return port < TERMINALS && terminals[port].exists;
}

struct tty *console_terminal(const struct process *process, uint32_t device)
{
    if (device == DEVICE_TTY)
        return process->terminal;
    uint32_t port = device == DEVICE_CONSOLE ? 0 : device - DEVICE_TTYS0;
    return console_exists(port) ? &terminals[port].tty : NULL;
}

void console_adopt(struct process *process, struct tty *terminal)
{
    if (process->session != process->pid || process->terminal || terminal->session != 0)
        return;
    process->terminal = terminal;
    terminal->session = process->session;
    terminal->group = process->group;
}

static bool in_background(const struct process *process, const struct tty *terminal)
{
    return process->terminal == terminal && terminal->session == process->session &&
           process->group != terminal->group;
}

int64_t console_read(struct process *process, struct tty *terminal, void *buffer, uint64_t size,
                     uint32_t *deciseconds)
{
    if (in_background(process, terminal)) {
        if (signal_is_held(process, SIGTTIN) || group_is_orphaned(process->group))
            return -EIO;
        signal_group(process->group, SIGTTIN);
        return -EAGAIN;
    }
    return tty_read(terminal, buffer, size, deciseconds);
}

int console_may_change(struct process *process, const struct tty *terminal)
{
    if (!in_background(process, terminal) || signal_is_held(process, SIGTTOU))
        return 0;
    if (group_is_orphaned(process->group))
        return -EIO;
    signal_group(process->group, SIGTTOU);
    return -EAGAIN;
}

int64_t console_write(struct process *process, struct tty *terminal, const char *bytes,
                      uint64_t size)
{
    struct terminal *output = (struct terminal *)terminal;
    if (terminal->termios.c_lflag & TOSTOP) {
        int status = console_may_change(process, terminal);
        if (status < 0)
            return status;
    }
    uint64_t done = 0;
    while (done < size && flush_backlog(output)) {
        char chunk[DOMAIN_CHUNK];
        size_t filled = 0;
        while (done < size && filled < sizeof(chunk) - 1)
            filled += tty_output(terminal, bytes[done++], chunk + filled);
        send_all(output, chunk, filled);
    }
    return done == 0 && size > 0 ? -EAGAIN : (int64_t)done;
}

bool console_writable(const struct tty *terminal)
{
    return ((const struct terminal *)terminal)->backlog_size == 0;
}

static void input_byte(struct tty *tty, unsigned char byte)
{
    int signal = tty_input(tty, byte);
    if (signal && tty->group)
        signal_group(tty->group, signal);
}

static void take_input(struct tty *tty)
{
    for (;;) {
        struct exo_gate_call answer;
        uint64_t message = DOMAIN_READ | (uint64_t)tty->port << 8 | (uint64_t)DOMAIN_CHUNK << 16;
        status_t status = exo_gate_call(DOMAIN_SLOT_ROOT, message, 0, 0, 0, 0, 0, 0, &answer);
        if (status < 0 || answer.m0 == 0)
            return;
        unsigned char bytes[DOMAIN_CHUNK];
        memcpy(bytes, &answer.m1, sizeof(bytes));
        for (uint64_t i = 0; i < answer.m0 && i < sizeof(bytes); i++)
            input_byte(tty, bytes[i]);
        if (tty->ready != tty->head)
            wake(tty);
    }
}

void console_notified(uint64_t bits)
{
    for (uint32_t port = 0; port < TERMINALS; port++) {
        if (bits & DOMAIN_NOTIFY_INPUT << port)
            take_input(&terminals[port].tty);
        if (bits & DOMAIN_NOTIFY_OUTPUT << port && flush_backlog(&terminals[port]))
            wake(&terminals[port].tty);
    }
}

_Noreturn void machine_off(uint32_t status)
{
    struct exo_gate_call answer;
    for (;;)
        exo_gate_call(DOMAIN_SLOT_ROOT, DOMAIN_POWER | (uint64_t)status << 16, 0, 0, 0, 0, 0, 0,
                      &answer);
}

/*
 * Terminals on the serial ports that root drives, and the device numbers of /dev.
 */
#pragma once

#include "process.h"

struct tty;

/* major << 8 | minor, as on Linux. */
enum device {
    DEVICE_NULL = 1 << 8 | 3,
    DEVICE_ZERO = 1 << 8 | 5,
    DEVICE_TTYS0 = 4 << 8 | 64, /* port n: + n */
    DEVICE_TTY = 5 << 8 | 0,    /* the controlling terminal */
    DEVICE_CONSOLE = 5 << 8 | 1,
};

#define TERMINALS 2u

/* `ports`: bit n, serial port n exists. */
void console_init(uint32_t ports);
bool console_exists(uint32_t port);

/* The terminal behind a device, as the process sees it; NULL: none. */
struct tty *console_terminal(const struct process *process, uint32_t device);

/* A session leader without a terminal takes one that nobody has. */
void console_adopt(struct process *process, struct tty *terminal);

/* With the checks of job control. Bytes, -EAGAIN (also while the caller is being stopped), -EIO. */
int64_t console_read(struct process *process, struct tty *terminal, void *buffer, uint64_t size,
                     uint32_t *deciseconds);
int64_t console_write(struct process *process, struct tty *terminal, const char *bytes,
                      uint64_t size);

/* Whether a background process may change the terminal: 0, -EAGAIN (SIGTTOU was sent), -EIO. */
int console_may_change(struct process *process, const struct tty *terminal);

bool console_writable(const struct tty *terminal);

/* Root's notifications: input came, or there is room for output again. */
void console_notified(uint64_t bits);

_Noreturn void machine_off(uint32_t status);

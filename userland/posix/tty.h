/*
 * Terminal: the line discipline of POSIX.1-2024 (XBD chapter 11), without input or output of its
 * own. Bytes from the line come in by tty_input; what it wants to send (echo) goes to `send`.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <termios.h>

#define TTY_INPUT 4096u

struct tty {
    struct termios termios;
    unsigned short rows, columns;
    void (*send)(struct tty *tty, const char *bytes, size_t count);
    uint32_t port;
    int32_t session; /* 0: nobody's controlling terminal */
    int32_t group;   /* foreground process group */
    /* Input, indices modulo TTY_INPUT: [head, ready) may be read, [ready, tail) is being edited. */
    uint32_t head, ready, tail;
    uint16_t input[TTY_INPUT]; /* a byte, or END_OF_FILE */
};

void tty_init(struct tty *tty, uint32_t port,
              void (*send)(struct tty *tty, const char *bytes, size_t count));

/* Takes one byte from the line; gives the signal for the foreground group, or 0. */
int tty_input(struct tty *tty, unsigned char byte);

/* Whether a read would give something now (end of file included). */
bool tty_readable(const struct tty *tty);

/* Bytes read, or -EAGAIN. `*deciseconds`: with -EAGAIN, give up with 0 after that time (0: never).
 */
int64_t tty_read(struct tty *tty, void *buffer, size_t size, uint32_t *deciseconds);

/* Output processing: writes what `byte` becomes to `out` (room for 2), gives the count. */
size_t tty_output(const struct tty *tty, char byte, char *out);

void tty_set(struct tty *tty, const struct termios *termios, bool flush);
void tty_flush(struct tty *tty);

/* Terminal line discipline. See tty.h. */
#include "tty.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

enum {
    END_OF_FILE = 0x100,
    KEPT_FREE = 16, /* room that canonical input leaves for the byte that ends the line */
    CONTROL = 0x40, /* a control character's letter */
    DELETE = 0x7f,
    DISABLED = 0, /* _POSIX_VDISABLE */
};

static const cc_t default_characters[NCCS] = {
    [VINTR] = 'C' - CONTROL,  [VQUIT] = '\\' - CONTROL, [VERASE] = DELETE,
    [VKILL] = 'U' - CONTROL,  [VEOF] = 'D' - CONTROL,   [VMIN] = 1,
    [VSTART] = 'Q' - CONTROL, [VSTOP] = 'S' - CONTROL,  [VSUSP] = 'Z' - CONTROL,
};

void tty_init(struct tty *tty, uint32_t port,
              void (*send)(struct tty *tty, const char *bytes, size_t count))
{
    *tty = (struct tty){
        .termios = {.c_iflag = ICRNL,
                    .c_oflag = OPOST | ONLCR,
                    .c_cflag = CS8 | CREAD | HUPCL | CLOCAL,
                    .c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | IEXTEN,
                    .c_ispeed = B115200,
                    .c_ospeed = B115200},
        .rows = 24,
        .columns = 80,
        .send = send,
        .port = port,
    };
    memcpy(tty->termios.c_cc, default_characters, sizeof(default_characters));
}

static bool has(const struct tty *tty, tcflag_t local)
{
    return (tty->termios.c_lflag & local) != 0;
}

/* Whether `byte` is the special character `index`; a disabled one matches nothing. */
static bool is_special(const struct tty *tty, int index, unsigned char byte)
{
    return byte == tty->termios.c_cc[index] && byte != DISABLED;
}

static void send_processed(struct tty *tty, char byte)
{
    char out[2];
    tty->send(tty, out, tty_output(tty, byte, out));
}

static bool is_control(unsigned byte)
{
    return (byte < ' ' && byte != '\t' && byte != '\n') || byte == DELETE;
}

static void echo(struct tty *tty, unsigned char byte)
{
    if (is_control(byte)) {
        send_processed(tty, '^');
        byte ^= CONTROL;
    }
    send_processed(tty, (char)byte);
}

static bool is_continuation(unsigned byte)
{
    return (byte & 0xC0) == 0x80;
}

/* Takes one character, of one or more bytes of UTF-8, off the line being edited. */
static void erase(struct tty *tty)
{
    unsigned byte;
    do {
        byte = tty->input[--tty->tail % TTY_INPUT];
    } while (is_continuation(byte) && tty->tail != tty->ready);
    if (has(tty, ECHO) && has(tty, ECHOE))
        tty->send(tty, "\b \b\b \b", is_control(byte) ? 6 : 3);
}

static void kill_line(struct tty *tty)
{
    while (tty->tail != tty->ready)
        erase(tty);
    if (has(tty, ECHO) && has(tty, ECHOK) && !has(tty, ECHOE))
        send_processed(tty, '\n');
}

static void append(struct tty *tty, uint16_t value)
{
    tty->input[tty->tail++ % TTY_INPUT] = value;
}

/* The signal that a special character stands for, or 0 (XBD 11.1.9). */
static int signal_of(struct tty *tty, unsigned char byte)
{
    if (!has(tty, ISIG))
        return 0;
    if (is_special(tty, VINTR, byte))
        return SIGINT;
    if (is_special(tty, VQUIT, byte))
        return SIGQUIT;
    return is_special(tty, VSUSP, byte) ? SIGTSTP : 0;
}

static void input_canonical(struct tty *tty, unsigned char byte)
{
    if (is_special(tty, VERASE, byte)) {
        if (tty->tail != tty->ready)
            erase(tty);
        return;
    }
    if (is_special(tty, VKILL, byte)) {
        kill_line(tty);
        return;
    }
    if (is_special(tty, VEOF, byte)) {
        append(tty, END_OF_FILE);
        tty->ready = tty->tail;
        return;
    }
    bool ends = byte == '\n' || is_special(tty, VEOL, byte);
    if (!ends && tty->tail - tty->head >= TTY_INPUT - KEPT_FREE)
        return;
    append(tty, byte);
    if (has(tty, ECHO))
        echo(tty, byte);
    else if (byte == '\n' && has(tty, ECHONL))
        send_processed(tty, '\n');
    if (ends)
        tty->ready = tty->tail;
}

int tty_input(struct tty *tty, unsigned char byte)
{
    tcflag_t input = tty->termios.c_iflag;
    if (input & ISTRIP)
        byte &= 0x7f;
    if (byte == '\r') {
        if (input & IGNCR)
            return 0;
        if (input & ICRNL)
            byte = '\n';
    } else if (byte == '\n' && (input & INLCR)) {
        byte = '\r';
    }
    int signal = signal_of(tty, byte);
    if (signal) {
        if (has(tty, ECHO))
            echo(tty, byte);
        if (!has(tty, NOFLSH))
            tty_flush(tty);
        return signal;
    }
    if (tty->tail - tty->head >= TTY_INPUT)
        return 0; /* full: lost, as POSIX allows (MAX_INPUT) */
    if (has(tty, ICANON)) {
        input_canonical(tty, byte);
        return 0;
    }
    append(tty, byte);
    tty->ready = tty->tail;
    if (has(tty, ECHO))
        echo(tty, byte);
    return 0;
}

static uint32_t minimum(const struct tty *tty)
{
    return has(tty, ICANON) ? 1 : tty->termios.c_cc[VMIN];
}

bool tty_readable(const struct tty *tty)
{
    uint32_t least = minimum(tty) > 0 ? minimum(tty) : 1;
    return tty->ready - tty->head >= least;
}

int64_t tty_read(struct tty *tty, void *buffer, size_t size, uint32_t *deciseconds)
{
    uint32_t least = minimum(tty) < size ? minimum(tty) : (uint32_t)size;
    uint32_t there = tty->ready - tty->head;
    *deciseconds = 0;
    if (there < least || (there == 0 && tty->termios.c_cc[VTIME] > 0 && !has(tty, ICANON))) {
        if (minimum(tty) == 0)
            *deciseconds = tty->termios.c_cc[VTIME];
        return -EAGAIN;
    }
    unsigned char *to = buffer;
    size_t done = 0;
    while (done < size && tty->head != tty->ready) {
        uint16_t value = tty->input[tty->head % TTY_INPUT];
        tty->head++;
        if (value == END_OF_FILE)
            break; /* behind bytes it only ends them, alone it is the end of file */
        to[done++] = (unsigned char)value;
        if (has(tty, ICANON) && (value == '\n' || is_special(tty, VEOL, (unsigned char)value)))
            break;
    }
    return (int64_t)done;
}

size_t tty_output(const struct tty *tty, char byte, char *out)
{
    tcflag_t output = tty->termios.c_oflag;
    size_t count = 0;
    if ((output & OPOST) && byte == '\n' && (output & ONLCR))
        out[count++] = '\r';
    else if ((output & OPOST) && byte == '\r' && (output & OCRNL))
        byte = '\n';
    out[count++] = byte;
    return count;
}

void tty_set(struct tty *tty, const struct termios *termios, bool flush)
{
    bool was_canonical = has(tty, ICANON);
    tty->termios = *termios;
    if (flush)
        tty_flush(tty);
    if (was_canonical && !has(tty, ICANON))
        tty->ready = tty->tail;
}

void tty_flush(struct tty *tty)
{
    tty->head = tty->ready = tty->tail;
}

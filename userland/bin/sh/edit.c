/*
 * The line editor.
 *
 * The terminal is in raw mode only while a line is read. The line takes one row: if it is longer
 * than the row, a window of it is shown. Bytes 0x80-0xbf continue a UTF-8 character: the cursor
 * never stands before one. Where the terminal cannot be set, lines are read as they come.
 */
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "builtin.h"
#include "edit.h"
#include "error.h"
#include "out.h"
#include "trap.h"
#include "var.h"

#define HISTORY 200
#define CONTROL(letter) ((letter)&0x1f)

struct editor {
    int fd;
    const char *prompt;
    struct buf text;
    size_t cursor;
    int recalled; /* line of the history that is shown; history_count: the new one */
    char *draft;  /* the new line while an old one is shown */
};

/* Keys that are sequences of bytes. */
enum key {
    KEY_UP = 256,
    KEY_DOWN,
    KEY_LEFT,
    KEY_RIGHT,
    KEY_HOME,
    KEY_END,
    KEY_DELETE,
    KEY_WORD_LEFT,
    KEY_WORD_RIGHT,
    KEY_UNKNOWN
};

static char *history[HISTORY];
static int history_count;

static void remember(const char *line)
{
    if (!*line || (history_count > 0 && strcmp(history[history_count - 1], line) == 0))
        return;
    if (history_count == HISTORY) {
        free(history[0]);
        memmove(history, history + 1, (HISTORY - 1) * sizeof *history);
        history_count--;
    }
    history[history_count++] = xstrdup(line);
}

/* --- the row on the screen --- */

static bool continues(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* Columns that the bytes take; escape sequences take none. */
static size_t width(const char *s, size_t len)
{
    size_t columns = 0;

    for (size_t i = 0; i < len; i++) {
        if (s[i] == '\033' && i + 1 < len && s[i + 1] == '[') {
            for (i += 2; i < len && !isalpha((unsigned char)s[i]); i++)
                ;
        } else {
            columns += !continues(s[i]) && (unsigned char)s[i] >= ' ';
        }
    }
    return columns;
}

/* Columns of the terminal: $COLUMNS, what the terminal says, or 80. */
static size_t row_width(int fd)
{
    const char *columns = var_get("COLUMNS");
    int number = columns ? parse_number(columns) : -1;
    struct winsize size;

    if (number <= 0 && tcgetwinsize(fd, &size) == 0)
        number = size.ws_col;
    return number > 10 ? (size_t)number : 80;
}

/* Draws prompt and line again, and puts the cursor in its place. */
static void redraw(const struct editor *e)
{
    const char *last_line = strrchr(e->prompt, '\n');
    const char *prompt = last_line ? last_line + 1 : e->prompt;
    size_t used = width(prompt, strlen(prompt)) + 1;
    size_t room = row_width(e->fd) > used + 8 ? row_width(e->fd) - used : 8;
    const char *text = buf_string(&e->text);
    size_t from = 0;
    size_t to = e->text.len;
    struct buf out = {0};

    while (width(text + from, e->cursor - from) > room || (from < to && continues(text[from])))
        from++;
    while (width(text + from, to - from) > room)
        to--;
    buf_format(&out, "\r%s", prompt);
    buf_bytes(&out, text + from, to - from);
    buf_text(&out, "\033[K\r");
    if (width(text + from, e->cursor - from) + used > 1)
        buf_format(&out, "\033[%zuC", width(text + from, e->cursor - from) + used - 1);
    write_all(STDERR_FILENO, out.data, out.len);
}

/* --- changes --- */

static void insert(struct editor *e, char c)
{
    buf_char(&e->text, c);
    memmove(e->text.data + e->cursor + 1, e->text.data + e->cursor, e->text.len - e->cursor - 1);
    e->text.data[e->cursor++] = c;
}

/* Takes out the bytes from..to; the cursor is at from then. */
static void cut(struct editor *e, size_t from, size_t to)
{
    if (from == to)
        return;
    memmove(e->text.data + from, e->text.data + to, e->text.len - to + 1);
    e->text.len -= to - from;
    e->cursor = from;
}

static size_t left_of(const struct editor *e, size_t at)
{
    while (at > 0 && continues(e->text.data[--at]))
        ;
    return at;
}

static size_t right_of(const struct editor *e, size_t at)
{
    if (at < e->text.len)
        at++;
    while (at < e->text.len && continues(e->text.data[at]))
        at++;
    return at;
}

static size_t word_left(const struct editor *e)
{
    size_t at = e->cursor;

    while (at > 0 && e->text.data[at - 1] == ' ')
        at--;
    while (at > 0 && e->text.data[at - 1] != ' ')
        at--;
    return at;
}

static size_t word_right(const struct editor *e)
{
    size_t at = e->cursor;

    while (at < e->text.len && e->text.data[at] == ' ')
        at++;
    while (at < e->text.len && e->text.data[at] != ' ')
        at++;
    return at;
}

/* Shows another line of the history. */
static void recall(struct editor *e, int line)
{
    if (line < 0 || line > history_count || line == e->recalled)
        return;
    if (e->recalled == history_count)
        e->draft = scratch_strdup(buf_string(&e->text));
    e->recalled = line;
    e->text.len = 0;
    buf_text(&e->text, line == history_count ? e->draft : history[line]);
    e->cursor = e->text.len;
}

/* --- keys --- */

static int read_byte(int fd)
{
    unsigned char c;
    ssize_t len;

    while ((len = read(fd, &c, 1)) < 0 && errno == EINTR)
        ;
    return len == 1 ? c : -1;
}

/* ESC [ number ~ */
static enum key numbered_key(int number)
{
    switch (number) {
    case 1:
    case 7:
        return KEY_HOME;
    case 4:
    case 8:
        return KEY_END;
    case 3:
        return KEY_DELETE;
    default:
        return KEY_UNKNOWN;
    }
}

/* The rest of a sequence that starts with ESC (ECMA-48, as terminals send it for keys). */
static enum key escape_key(int fd)
{
    static const char letters[] = "ABCDHF";
    static const enum key keys[] = {KEY_UP, KEY_DOWN, KEY_RIGHT, KEY_LEFT, KEY_HOME, KEY_END};
    int c = read_byte(fd);
    int number = 0;
    const char *letter;

    if (c == 'b')
        return KEY_WORD_LEFT;
    if (c == 'f')
        return KEY_WORD_RIGHT;
    if (c != '[' && c != 'O')
        return KEY_UNKNOWN;
    for (c = read_byte(fd); (c >= '0' && c <= '9') || c == ';'; c = read_byte(fd))
        number = c == ';' ? number : (number * 10 + c - '0') % 1000;
    if (c == '~')
        return numbered_key(number);
    letter = c > 0 ? strchr(letters, c) : NULL;
    return letter ? keys[letter - letters] : KEY_UNKNOWN;
}

static int read_key(int fd)
{
    int c = read_byte(fd);

    return c == '\033' ? (int)escape_key(fd) : c;
}

/* Moves the cursor or the history; false if the key does neither. */
static bool move(struct editor *e, int key)
{
    switch (key) {
    case CONTROL('a'):
    case KEY_HOME:
        e->cursor = 0;
        return true;
    case CONTROL('e'):
    case KEY_END:
        e->cursor = e->text.len;
        return true;
    case CONTROL('b'):
    case KEY_LEFT:
        e->cursor = left_of(e, e->cursor);
        return true;
    case CONTROL('f'):
    case KEY_RIGHT:
        e->cursor = right_of(e, e->cursor);
        return true;
    case KEY_WORD_LEFT:
        e->cursor = word_left(e);
        return true;
    case KEY_WORD_RIGHT:
        e->cursor = word_right(e);
        return true;
    case CONTROL('p'):
    case KEY_UP:
        recall(e, e->recalled - 1);
        return true;
    case CONTROL('n'):
    case KEY_DOWN:
        recall(e, e->recalled + 1);
        return true;
    default:
        return false;
    }
}

static void change(struct editor *e, int key)
{
    switch (key) {
    case 0x7f:
    case CONTROL('h'):
        cut(e, left_of(e, e->cursor), e->cursor);
        break;
    case CONTROL('d'):
    case KEY_DELETE:
        cut(e, e->cursor, right_of(e, e->cursor));
        break;
    case CONTROL('k'):
        cut(e, e->cursor, e->text.len);
        break;
    case CONTROL('u'):
        cut(e, 0, e->cursor);
        break;
    case CONTROL('w'):
        cut(e, word_left(e), e->cursor);
        break;
    case CONTROL('l'):
        write_all(STDERR_FILENO, "\033[H\033[2J", 7);
        break;
    default:
        if (key >= ' ' && key < 256)
            insert(e, (char)key);
        break;
    }
}

/* What ended the editing. */
enum ending { ENDED_LINE, ENDED_INPUT, ENDED_INTERRUPT };

static enum ending edit(struct editor *e)
{
    for (;;) {
        bool at_end = e->cursor == e->text.len;
        int key = read_key(e->fd);

        if (key < 0 || (key == CONTROL('d') && e->text.len == 0))
            return ENDED_INPUT;
        if (key == CONTROL('c'))
            return ENDED_INTERRUPT;
        if (key == '\r' || key == '\n')
            return ENDED_LINE;
        if (!move(e, key))
            change(e, key);
        /* Typing at the end of a short line: the byte is all that changes on the screen. */
        if (at_end && key >= ' ' && key < 0x7f &&
            width(e->prompt, strlen(e->prompt)) + width(e->text.data, e->text.len) <
                row_width(e->fd))
            write_all(STDERR_FILENO, &e->text.data[e->cursor - 1], 1);
        else
            redraw(e);
    }
}

static enum ending edit_raw(int fd, const struct termios *cooked, struct editor *e)
{
    struct termios raw = *cooked;
    enum ending ending;

    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
    raw.c_iflag &= ~(tcflag_t)(IXON | ICRNL | INLCR | ISTRIP);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    tcsetattr(fd, TCSADRAIN, &raw);
    write_all(STDERR_FILENO, e->prompt, strlen(e->prompt));
    ending = edit(e);
    tcsetattr(fd, TCSADRAIN, cooked);
    write_all(STDERR_FILENO, ending == ENDED_INTERRUPT ? "^C\n" : "\n",
              ending == ENDED_INTERRUPT ? 3 : 1);
    return ending;
}

/* A line as it comes, from what is no terminal or one that cannot be set. */
static bool read_plain(int fd, const char *prompt, struct buf *line)
{
    ssize_t len;
    char c = 0;

    write_all(STDERR_FILENO, prompt, strlen(prompt));
    while (c != '\n' && ((len = read(fd, &c, 1)) > 0 || (len < 0 && errno == EINTR))) {
        if (len > 0)
            buf_char(line, c);
        else
            trap_run_pending();
    }
    return line->len > 0;
}

bool edit_line(int fd, const char *prompt, struct buf *line)
{
    const char *kind = var_get("TERM");
    struct termios cooked;
    struct editor e = {.fd = fd, .prompt = prompt, .recalled = history_count, .draft = NULL};
    enum ending ending;

    if (tcgetattr(fd, &cooked) < 0 || (kind && strcmp(kind, "dumb") == 0))
        return read_plain(fd, prompt, line);
    ending = edit_raw(fd, &cooked, &e);
    if (ending == ENDED_INTERRUPT)
        sh_abandon(128 + SIGINT);
    if (ending == ENDED_INPUT)
        return false;
    remember(buf_string(&e.text));
    buf_char(&e.text, '\n');
    *line = e.text;
    return true;
}

/*
 * Input of the parser, one character at a time.
 *
 * A block is handed out line by line, so that `set -v` echoes lines when they are read. Commands
 * on standard input are never read past the line's end, because the next line may be meant for
 * the command (XCU sh, INPUT FILES): a seekable file is read in blocks and set back, anything
 * else is read byte by byte.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alias.h"
#include "edit.h"
#include "input.h"
#include "jobs.h"
#include "out.h"
#include "shell.h"
#include "trap.h"
#include "var.h"

#define BLOCK 4096

void input_string(struct input *in, const char *text)
{
    *in = (struct input){.kind = INPUT_STRING, .fd = -1, .line = 1};
    in->next = text;
    in->end = text + strlen(text);
}

void input_open(struct input *in, enum input_kind kind, int fd)
{
    *in = (struct input){.kind = kind, .fd = fd, .line = 1};
    in->block = xmalloc(BLOCK);
    in->next = in->end = in->block;
}

static void pop_pushed(struct input *in)
{
    struct pushed *p = in->pushed;

    in->pushed = p->below;
    if (p->alias) {
        p->alias->next_ended = in->ended;
        in->ended = p->alias;
        if (p->end > (const char *)(p + 1) && (p->end[-1] == ' ' || p->end[-1] == '\t'))
            in->alias_blank = true;
    }
    free(p);
}

static void drop_pushed(struct input *in)
{
    while (in->pushed)
        pop_pushed(in);
    in->alias_blank = false;
    input_settle(in);
}

void input_close(struct input *in)
{
    drop_pushed(in);
    if (in->kind == INPUT_FILE)
        close(in->fd);
    free(in->block);
    in->block = NULL;
}

void input_begin(struct input *in)
{
    in->taken = (struct buf){0};
    in->continued = false;
}

void input_discard(struct input *in)
{
    drop_pushed(in);
    in->backs = 0;
    in->next = in->end;
    in->block_size = 0;
    in->continued = false;
}

void input_settle(struct input *in)
{
    for (; in->ended; in->ended = in->ended->next_ended)
        in->ended->active = false;
}

/* Reads, going on after signals, whose traps run in between. */
static ssize_t read_more(struct input *in, size_t size)
{
    ssize_t len;

    while ((len = read(in->fd, in->block, size)) < 0 && errno == EINTR)
        trap_run_pending();
    return len;
}

static size_t line_length(const char *s, size_t len)
{
    const char *newline = memchr(s, '\n', len);

    return newline ? (size_t)(newline - s) + 1 : len;
}

static ssize_t refill_stdin(struct input *in)
{
    bool seekable = lseek(in->fd, 0, SEEK_CUR) >= 0;
    ssize_t len = read_more(in, seekable ? BLOCK : 1);
    ssize_t line;

    if (len <= 0 || !seekable)
        return len;
    line = (ssize_t)line_length(in->block, (size_t)len);
    if (line < len)
        lseek(in->fd, line - len, SEEK_CUR);
    return line;
}

static ssize_t refill_terminal(struct input *in)
{
    struct mark mark = scratch_mark();
    struct buf line = {0};
    bool more;

    jobs_report();
    more = edit_line(in->fd, var_prompt(in->continued ? "PS2" : "PS1"), &line);
    if (more) {
        in->block = xrealloc(in->block, line.len + 1);
        memcpy(in->block, buf_string(&line), line.len);
    }
    scratch_release(mark);
    return more ? (ssize_t)line.len : 0;
}

/* The next line of the block, after reading another block where it is used up. */
static void refill_file(struct input *in)
{
    size_t left = in->block_size - (size_t)(in->end - in->block);

    in->next = in->end;
    if (left == 0) {
        ssize_t len = read_more(in, BLOCK);

        left = in->block_size = len > 0 ? (size_t)len : 0;
        in->next = in->block;
    }
    in->end = in->next + line_length(in->next, left);
}

static void set_line(struct input *in, ssize_t len)
{
    in->next = in->block;
    in->end = in->block + (len > 0 ? len : 0);
}

/* Makes [next, end) the next line, or what there is of it; false at the end of the input. */
static bool refill(struct input *in)
{
    if (in->kind == INPUT_STRING || in->eof)
        return false;
    if (in->kind == INPUT_FILE)
        refill_file(in);
    else if (in->kind == INPUT_STDIN)
        set_line(in, refill_stdin(in));
    else
        set_line(in, refill_terminal(in));
    if (sh.opt[OPT_VERBOSE] && in->kind != INPUT_TERMINAL)
        write_all(STDERR_FILENO, in->next, (size_t)(in->end - in->next));
    /* On a terminal one end of the input does not forbid to ask again. */
    in->eof = in->next == in->end && in->kind != INPUT_TERMINAL;
    return in->next < in->end;
}

static int take_next(struct input *in)
{
    while (in->pushed) {
        if (in->pushed->next < in->pushed->end)
            return (unsigned char)*in->pushed->next++;
        pop_pushed(in);
    }
    if (in->next == in->end && !refill(in))
        return -1;
    return (unsigned char)*in->next++;
}

int input_get(struct input *in)
{
    int c;

    do
        c = in->backs > 0 ? in->back[--in->backs] : take_next(in);
    while (c == '\0'); /* a script cannot hold NUL: dropped */
    if (c == '\n')
        in->line++;
    if (c >= 0)
        buf_char(&in->taken, (char)c);
    return c;
}

void input_unget(struct input *in, int c)
{
    in->back[in->backs++] = c;
    if (c == '\n')
        in->line--;
    if (c >= 0)
        in->taken.len--;
}

bool input_is_last(const struct input *in)
{
    if (in->kind != INPUT_STRING || in->pushed || in->backs > 0)
        return false;
    return strspn(in->next, " \t\n") == (size_t)(in->end - in->next);
}

static void push(struct input *in, struct alias *alias, const char *text, size_t len)
{
    struct pushed *p = xmalloc(sizeof *p + len);
    char *copy = (char *)(p + 1);
    char kept[sizeof in->back / sizeof *in->back];
    size_t backs = 0;

    /* What was given back comes after the pushed text. */
    while (in->backs > 0 && in->back[in->backs - 1] >= 0)
        kept[backs++] = (char)in->back[--in->backs];
    in->backs = 0; /* an end that was given back will be found again */
    if (backs > 0)
        push(in, NULL, kept, backs);
    memcpy(copy, text, len);
    *p = (struct pushed){in->pushed, copy, copy + len, alias};
    in->pushed = p;
}

void input_rewind(struct input *in, size_t offset)
{
    const char *text = in->taken.data + offset;
    size_t len = in->taken.len - offset;

    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\n')
            in->line--;
    }
    in->taken.len = offset;
    push(in, NULL, text, len);
}

void input_push_alias(struct input *in, struct alias *alias, size_t offset)
{
    in->taken.len = offset;
    alias->active = true;
    push(in, alias, alias->value, strlen(alias->value));
}

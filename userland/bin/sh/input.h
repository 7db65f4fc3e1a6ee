/* Where characters come from: a string, a file, the terminal; with alias texts pushed on top. */
#pragma once

#include <stdbool.h>

#include "mem.h"

struct alias;

/* A text that is read before the rest: an alias's value, or text that is read again. */
struct pushed {
    struct pushed *below;
    const char *next;
    const char *end;
    struct alias *alias; /* null for text that is read again */
};

enum input_kind {
    INPUT_STRING,
    INPUT_FILE,    /* a script: read in blocks */
    INPUT_STDIN,   /* shared with the commands: never read past the line */
    INPUT_TERMINAL /* an interactive user, who is prompted for each line */
};

struct input {
    enum input_kind kind;
    int fd;
    int line;       /* of the next character */
    bool continued; /* inside a command: prompt with PS2 */
    bool eof;
    bool alias_blank; /* an alias that ends in a blank has just been read: look at the next word */
    const char *next; /* unread part of the current block or line */
    const char *end;
    char *block; /* malloc'd */
    size_t block_size;
    struct pushed *pushed;
    struct alias *ended; /* aliases read to their end since the last token started */
    int back[4];         /* characters given back */
    int backs;
    struct buf taken; /* all characters read since input_begin */
};

void input_string(struct input *in, const char *text);
void input_open(struct input *in, enum input_kind kind, int fd);
void input_close(struct input *in);

/* Starts a command: forgets the text taken so far. */
void input_begin(struct input *in);

/* After an error on a terminal: drops what is left of the line. */
void input_discard(struct input *in);

int input_get(struct input *in); /* a byte, or -1 at the end */
void input_unget(struct input *in, int c);

/* True if nothing but blanks is left; only known for strings. */
bool input_is_last(const struct input *in);

/* Reads the text taken since the offset once more. */
void input_rewind(struct input *in, size_t offset);

/* Reads an alias's value in place of the word taken since the offset. */
void input_push_alias(struct input *in, struct alias *alias, size_t offset);

/* Lets aliases that were read to their end be expanded again. */
void input_settle(struct input *in);

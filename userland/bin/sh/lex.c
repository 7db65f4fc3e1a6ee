/*
 * The lexer.
 *
 * A word becomes a list of parts, with quotes already removed and remembered per part. What is
 * inside ${...}, $(...), $((...)) and backquotes is parsed here and now, by recursion, so that
 * quotes and parentheses nest as the grammar says. `$((` that does not end in `))` is read again
 * as a command substitution that starts with a subshell (XCU 2.6.3).
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "lex.h"
#include "parse.h"
#include "shell.h"

/* What surrounds the characters that are read; says what is special and what ends them. */
enum mode {
    MODE_WORD,         /* to a blank or an operator */
    MODE_BRACE,        /* ${x-HERE} */
    MODE_QUOTED_BRACE, /* "${x-HERE}" */
    MODE_QUOTED,       /* "HERE" */
    MODE_HERE,         /* text of a here-document: to the end of the input */
    MODE_ARITH         /* $((HERE)) */
};

/* A word that is being put together. */
struct builder {
    struct part *first;
    struct part **end;
    struct buf text; /* of the current text part */
    bool quoted;     /* whether that is quoted */
    bool started;
};

static void read_parts(struct parser *p, struct builder *b, enum mode mode);

void syntax_error(const struct parser *p, const char *format, ...)
{
    char message[200];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    sh.line = p->in->line;
    sh_fatal(2, "syntax error: %s", message);
}

size_t name_length(const char *s)
{
    size_t len = 0;

    if (isdigit((unsigned char)*s))
        return 0;
    while (isalnum((unsigned char)s[len]) || s[len] == '_')
        len++;
    return len;
}

bool is_name(const char *s)
{
    size_t len = name_length(s);

    return len > 0 && s[len] == '\0';
}

void lex_init(struct parser *p, struct input *in, struct arena *arena)
{
    *p = (struct parser){.in = in, .arena = arena};
    p->heres_end = &p->heres;
}

/* The next character where a backslash before a newline joins the lines. */
static int get(struct parser *p)
{
    int c;

    while ((c = input_get(p->in)) == '\\') {
        int next = input_get(p->in);

        if (next != '\n') {
            input_unget(p->in, next);
            return c;
        }
    }
    return c;
}

static int peek(struct parser *p)
{
    int c = get(p);

    input_unget(p->in, c);
    return c;
}

static void builder_init(struct builder *b)
{
    *b = (struct builder){0};
}

static struct part *add_part(struct parser *p, struct builder *b, enum part_kind kind, bool quoted)
{
    struct part *part = arena_alloc(p->arena, sizeof *part);

    if (!b->end)
        b->end = &b->first;
    *b->end = part;
    b->end = &part->next;
    part->kind = kind;
    part->quoted = quoted;
    return part;
}

/* Ends the current text part. */
static void flush_text(struct parser *p, struct builder *b)
{
    if (b->started) {
        struct part *part = add_part(p, b, PART_TEXT, b->quoted);

        part->text = arena_strndup(p->arena, buf_string(&b->text), b->text.len);
    }
    b->text.len = 0;
    b->started = false;
}

/* Starts a text part, also an empty one: "" is a word. */
static void start_text(struct parser *p, struct builder *b, bool quoted)
{
    if (b->started && b->quoted != quoted)
        flush_text(p, b);
    b->quoted = quoted;
    b->started = true;
}

static void add_char(struct parser *p, struct builder *b, int c, bool quoted)
{
    start_text(p, b, quoted);
    buf_char(&b->text, (char)c);
}

static struct word *finish(struct parser *p, struct builder *b)
{
    struct word *word = arena_alloc(p->arena, sizeof *word);

    flush_text(p, b);
    word->parts = b->first;
    return word;
}

static bool is_quoting(enum mode mode)
{
    return mode != MODE_WORD && mode != MODE_BRACE;
}

static void read_single_quotes(struct parser *p, struct builder *b)
{
    int c;

    start_text(p, b, true);
    while ((c = input_get(p->in)) != '\'') {
        if (c < 0)
            syntax_error(p, "unterminated single-quoted string");
        add_char(p, b, c, true);
    }
}

static void read_double_quotes(struct parser *p, struct builder *b)
{
    struct part **before;

    flush_text(p, b);
    before = b->end;
    read_parts(p, b, MODE_QUOTED);
    if (b->end == before && !b->started)
        start_text(p, b, true);
    flush_text(p, b);
}

/* What a backslash takes the meaning off between quotes; elsewhere it does so with anything. */
static const char *escapable(enum mode mode)
{
    switch (mode) {
    case MODE_QUOTED_BRACE:
        return "$`\"\\}";
    case MODE_HERE:
        return "$`\\";
    default:
        return "$`\"\\";
    }
}

/* A backslash has been read, and it does not join lines. */
static void read_backslash(struct parser *p, struct builder *b, enum mode mode)
{
    int c = input_get(p->in);

    if (c >= 0 && (!is_quoting(mode) || strchr(escapable(mode), c))) {
        add_char(p, b, c, true);
        return;
    }
    add_char(p, b, '\\', true);
    if (c >= 0)
        input_unget(p->in, c);
}

/* Up to max digits of the base; -1 if there is none. */
static int read_digits(struct parser *p, int base, int max)
{
    int value = -1;

    for (int i = 0; i < max; i++) {
        int c = input_get(p->in);
        int digit = isdigit(c) ? c - '0' : isalpha(c) ? tolower(c) - 'a' + 10 : base;

        if (c < 0 || digit >= base) {
            input_unget(p->in, c);
            break;
        }
        value = (value < 0 ? 0 : value) * base + digit;
    }
    return value;
}

/* The character after a backslash in $'...' (XCU 2.2.4). */
static void read_escape(struct parser *p, struct builder *b)
{
    static const char letters[] = "abefnrtv";
    static const char values[] = "\a\b\033\f\n\r\t\v";
    int c = input_get(p->in);
    const char *letter = c > 0 ? strchr(letters, c) : NULL;
    int value;

    if (letter) {
        add_char(p, b, values[letter - letters], true);
    } else if (c == 'x') {
        value = read_digits(p, 16, 2);
        add_char(p, b, value < 0 ? 'x' : value, true);
    } else if (c == 'c') {
        c = input_get(p->in);
        if (c == '\\')
            c = input_get(p->in);
        add_char(p, b, c == '?' ? 0x7f : c & 0x1f, true);
    } else if (c >= '0' && c <= '7') {
        input_unget(p->in, c);
        add_char(p, b, read_digits(p, 8, 3), true);
    } else if (c >= 0) {
        if (!strchr("\\'\"", c))
            add_char(p, b, '\\', true);
        add_char(p, b, c, true);
    }
}

static void read_dollar_single_quotes(struct parser *p, struct builder *b)
{
    int c;

    start_text(p, b, true);
    while ((c = input_get(p->in)) != '\'') {
        if (c < 0)
            syntax_error(p, "unterminated $'...' string");
        if (c == '\\')
            read_escape(p, b);
        else
            add_char(p, b, c, true);
    }
}

/* The text between backquotes, in which backslash loses its meaning before $ ` \ (XCU 2.6.3). */
static void read_backquotes(struct parser *p, struct builder *b, enum mode mode)
{
    bool in_quotes = mode == MODE_QUOTED || mode == MODE_QUOTED_BRACE;
    struct part *part;
    struct buf text = {0};
    int line = p->in->line;
    int c;

    flush_text(p, b);
    while ((c = input_get(p->in)) != '`') {
        if (c == '\\') {
            c = input_get(p->in);
            if (c != '$' && c != '`' && c != '\\' && !(in_quotes && c == '"'))
                buf_char(&text, '\\');
        }
        if (c < 0)
            syntax_error(p, "unterminated backquoted command");
        buf_char(&text, (char)c);
    }
    part = add_part(p, b, PART_COMMAND, is_quoting(mode));
    part->body = parse_text(p->arena, buf_string(&text), line, p->depth);
}

static void read_substitution(struct parser *p, struct builder *b, enum mode mode)
{
    struct part *part;

    flush_text(p, b);
    part = add_part(p, b, PART_COMMAND, is_quoting(mode));
    part->body = parse_substitution(p);
}

/* "$((" has been read. */
static void read_arith(struct parser *p, struct builder *b, enum mode mode)
{
    struct builder inner;
    struct part *part;
    size_t start = p->in->taken.len - 1;

    builder_init(&inner);
    read_parts(p, &inner, MODE_ARITH);
    if (get(p) != ')') {
        input_rewind(p->in, start);
        read_substitution(p, b, mode);
        return;
    }
    flush_text(p, b);
    part = add_part(p, b, PART_ARITH, is_quoting(mode));
    part->arg = finish(p, &inner);
}

static bool is_special_param(int c)
{
    return c > 0 && strchr("@*#?-$!", c) != NULL;
}

/* The name of a parameter, of which the first character is c; null if it starts none. */
static const char *read_param_name(struct parser *p, int c, bool braced)
{
    struct buf name = {0};

    if (c < 0 || (!isalnum(c) && c != '_' && !is_special_param(c)))
        return NULL;
    buf_char(&name, (char)c);
    if (isalpha(c) || c == '_') {
        while ((c = get(p)) >= 0 && (isalnum(c) || c == '_'))
            buf_char(&name, (char)c);
        input_unget(p->in, c);
    } else if (isdigit(c) && braced) {
        while ((c = get(p)) >= 0 && isdigit(c))
            buf_char(&name, (char)c);
        input_unget(p->in, c);
    }
    return arena_strndup(p->arena, buf_string(&name), name.len);
}

/* The operator after the name in ${name...}; sets the part's op and colon. */
static void read_param_op(struct parser *p, struct part *part)
{
    static const char ops[] = "-=?+%#";
    static const enum param_op kinds[] = {PARAM_DEFAULT,   PARAM_ASSIGN, PARAM_ERROR,
                                          PARAM_ALTERNATE, PARAM_SUFFIX, PARAM_PREFIX};
    int c = get(p);
    const char *op;

    part->colon = c == ':';
    if (part->colon)
        c = get(p);
    op = c > 0 ? strchr(ops, c) : NULL;
    if (!op || (part->colon && (c == '%' || c == '#'))) {
        input_unget(p->in, c);
        part->op = PARAM_BAD;
        return;
    }
    part->op = kinds[op - ops];
    if ((c == '%' || c == '#') && peek(p) == c) {
        get(p);
        part->op = c == '%' ? PARAM_LONG_SUFFIX : PARAM_LONG_PREFIX;
    }
}

/* "${#" has been read: true if this is the length of a parameter, and not the parameter #. */
static bool is_length(struct parser *p)
{
    int c = get(p);
    int next = peek(p);

    input_unget(p->in, c);
    if (c == '}')
        return false;
    if (c > 0 && strchr("-?#", c))
        return next == '}';
    return c > 0 && !strchr(":=+%", c);
}

/* "${" has been read. */
static void read_braced(struct parser *p, struct builder *b, enum mode mode)
{
    struct part *part;
    struct builder arg;
    bool pattern;
    int c = get(p);
    bool length = c == '#' && is_length(p);

    flush_text(p, b);
    part = add_part(p, b, PART_PARAM, is_quoting(mode));
    part->text = read_param_name(p, length ? get(p) : c, true);
    if (!part->text)
        part->text = "";
    if (part->text[0] && peek(p) == '}') {
        get(p);
        part->op = length ? PARAM_LENGTH : PARAM_PLAIN;
        return;
    }
    read_param_op(p, part);
    if (length || !part->text[0])
        part->op = PARAM_BAD;
    pattern = part->op >= PARAM_SUFFIX && part->op <= PARAM_LONG_PREFIX;
    builder_init(&arg);
    read_parts(p, &arg, is_quoting(mode) && !pattern ? MODE_QUOTED_BRACE : MODE_BRACE);
    part->arg = finish(p, &arg);
}

static void read_dollar(struct parser *p, struct builder *b, enum mode mode)
{
    int c = get(p);
    const char *name;
    struct part *part;

    if (c == '(' && peek(p) == '(') {
        get(p);
        read_arith(p, b, mode);
    } else if (c == '(') {
        read_substitution(p, b, mode);
    } else if (c == '{') {
        read_braced(p, b, mode);
    } else if (c == '\'' && !is_quoting(mode)) {
        read_dollar_single_quotes(p, b);
    } else if ((name = read_param_name(p, c, false)) != NULL) {
        flush_text(p, b);
        part = add_part(p, b, PART_PARAM, is_quoting(mode));
        part->text = name;
    } else {
        input_unget(p->in, c);
        add_char(p, b, '$', is_quoting(mode));
    }
}

/* Characters that mean something in any mode; false if c is none. */
static bool read_special(struct parser *p, struct builder *b, enum mode mode, int c)
{
    switch (c) {
    case '\\':
        read_backslash(p, b, mode);
        return true;
    case '$':
        read_dollar(p, b, mode);
        return true;
    case '`':
        read_backquotes(p, b, mode);
        return true;
    case '\'':
        if (is_quoting(mode))
            return false;
        read_single_quotes(p, b);
        return true;
    case '"':
        if (mode == MODE_HERE)
            return false;
        if (mode != MODE_ARITH)
            read_double_quotes(p, b);
        return true;
    default:
        return false;
    }
}

static bool ends_word(int c)
{
    return c < 0 || strchr(" \t\n;&|<>()", c) != NULL;
}

static const char *unterminated(enum mode mode)
{
    switch (mode) {
    case MODE_QUOTED:
        return "unterminated double-quoted string";
    case MODE_ARITH:
        return "missing \"))\"";
    default:
        return "missing \"}\"";
    }
}

/* Reads to the end of what the mode says; the end of a word is not taken. */
static void read_parts(struct parser *p, struct builder *b, enum mode mode)
{
    int depth = 0;

    for (;;) {
        int c = get(p);

        if (mode == MODE_WORD && ends_word(c)) {
            input_unget(p->in, c);
            return;
        }
        if (c < 0 && mode == MODE_HERE)
            return;
        if (c < 0)
            syntax_error(p, "%s", unterminated(mode));
        if ((mode == MODE_QUOTED && c == '"') ||
            ((mode == MODE_BRACE || mode == MODE_QUOTED_BRACE) && c == '}'))
            return;
        if (mode == MODE_ARITH && c == '(')
            depth++;
        if (mode == MODE_ARITH && c == ')' && depth-- == 0)
            return;
        if (!read_special(p, b, mode, c))
            add_char(p, b, c, is_quoting(mode));
    }
}

struct word *lex_quoted_text(struct arena *arena, const char *text, int line)
{
    struct input in;
    struct parser p;
    struct builder b;
    struct word *word;

    input_string(&in, text);
    in.line = line;
    lex_init(&p, &in, arena);
    builder_init(&b);
    read_parts(&p, &b, MODE_HERE);
    word = finish(&p, &b);
    input_close(&in);
    return word;
}

/* One line of a here-document without its newline; false at the end of the input. */
static bool read_here_line(struct parser *p, const struct redir *redir, struct buf *line)
{
    int c;

    line->len = 0;
    c = input_get(p->in);
    if (c < 0)
        return false;
    while (redir->strip_tabs && c == '\t')
        c = input_get(p->in);
    for (; c >= 0 && c != '\n'; c = input_get(p->in)) {
        if (c == '\\' && !redir->here_quoted) {
            c = input_get(p->in);
            if (c == '\n')
                continue;
            buf_char(line, '\\');
            if (c < 0)
                break;
        }
        buf_char(line, (char)c);
    }
    return true;
}

static void read_here(struct parser *p, struct redir *redir)
{
    struct buf text = {0};
    struct buf line = {0};
    int first_line = p->in->line;

    while (read_here_line(p, redir, &line)) {
        if (strcmp(buf_string(&line), redir->delimiter) == 0)
            break;
        buf_bytes(&text, buf_string(&line), line.len);
        buf_char(&text, '\n');
    }
    if (redir->here_quoted) {
        struct part *part = arena_alloc(p->arena, sizeof *part);

        part->quoted = true;
        part->text = arena_strndup(p->arena, buf_string(&text), text.len);
        redir->target = arena_alloc(p->arena, sizeof *redir->target);
        redir->target->parts = part;
    } else {
        redir->target = lex_quoted_text(p->arena, buf_string(&text), first_line);
    }
}

static void read_heres(struct parser *p)
{
    struct redir *redir = p->heres;

    p->heres = NULL;
    p->heres_end = &p->heres;
    for (; redir; redir = redir->next_here)
        read_here(p, redir);
}

static int skip_blanks(struct parser *p)
{
    int c = get(p);

    while (c == ' ' || c == '\t')
        c = get(p);
    if (c == '#') {
        while (c >= 0 && c != '\n')
            c = input_get(p->in);
    }
    return c;
}

struct operator
{
    char text[4];
    enum token_kind kind;
};

/* Longest first among those that start alike. */
static const struct operator operators[] = {
    {"&&", TOKEN_AND_IF},    {"&", TOKEN_AMP},         {"||", TOKEN_OR_IF},  {"|", TOKEN_PIPE},
    {";;", TOKEN_DSEMI},     {";&", TOKEN_SEMI_AND},   {";", TOKEN_SEMI},    {"(", TOKEN_LPAREN},
    {")", TOKEN_RPAREN},     {"<<-", TOKEN_DLESSDASH}, {"<<", TOKEN_DLESS},  {"<&", TOKEN_LESSAND},
    {"<>", TOKEN_LESSGREAT}, {"<", TOKEN_LESS},        {">>", TOKEN_DGREAT}, {">&", TOKEN_GREATAND},
    {">|", TOKEN_CLOBBER},   {">", TOKEN_GREAT},
};

static enum token_kind read_operator(struct parser *p, int c)
{
    char text[4] = {(char)c};
    size_t len = 1;

    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        const struct operator* op = & operators[i];

        if (strncmp(op->text, text, len) != 0)
            continue;
        while (op->text[len]) {
            int next = get(p);

            if (next != op->text[len]) {
                input_unget(p->in, next);
                break;
            }
            text[len++] = (char)next;
        }
        if (!op->text[len])
            return op->kind;
    }
    return TOKEN_EOF;
}

/* A word, or a number directly before a redirection. */
static void read_word(struct parser *p, struct token *t)
{
    struct builder b;
    struct part *only;
    int next;

    builder_init(&b);
    read_parts(p, &b, MODE_WORD);
    t->kind = TOKEN_WORD;
    t->word = finish(p, &b);
    only = t->word->parts;
    if (only && !only->next && only->kind == PART_TEXT && !only->quoted)
        t->literal = only->text;
    next = peek(p);
    if (t->literal && (next == '<' || next == '>') && strlen(t->literal) < 6 &&
        t->literal[strspn(t->literal, "0123456789")] == '\0') {
        t->kind = TOKEN_IO_NUMBER;
        t->number = 0;
        for (const char *s = t->literal; *s; s++)
            t->number = t->number * 10 + (*s - '0');
    }
}

void lex_token(struct parser *p)
{
    struct token *t = &p->token;
    int c;

    input_settle(p->in);
    *t = (struct token){0};
    c = skip_blanks(p);
    t->after_alias = p->in->alias_blank;
    p->in->alias_blank = false;
    t->line = p->in->line;
    t->start = p->in->taken.len - (c >= 0);
    if (c < 0) {
        t->kind = TOKEN_EOF;
        if (p->heres)
            read_heres(p);
    } else if (c == '\n') {
        t->kind = TOKEN_NEWLINE;
        t->line--;
        read_heres(p);
    } else if (strchr(";&|<>()", c)) {
        t->kind = read_operator(p, c);
    } else {
        input_unget(p->in, c);
        read_word(p, t);
    }
    t->end = p->in->taken.len;
    p->in->continued = true;
}

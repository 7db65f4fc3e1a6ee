/*
 * A recursive descent parser of the shell grammar (XCU 2.10.2), one function per production, with
 * one token of look-ahead. Reserved words and aliases are recognized only where a command may
 * start. Errors do not return: they end the shell or go back to the prompt.
 */
#include <string.h>

#include "alias.h"
#include "builtin.h"
#include "error.h"
#include "lex.h"
#include "parse.h"
#include "shell.h"

#define MAX_DEPTH 400 /* of commands within commands: bounds the recursion */

static struct node *parse_list(struct parser *p);
static struct node *parse_command(struct parser *p);

static struct token *peek_token(struct parser *p)
{
    if (!p->peeked)
        lex_token(p);
    p->peeked = true;
    return &p->token;
}

static void drop_token(struct parser *p)
{
    p->peeked = false;
}

static bool peek_is(struct parser *p, enum token_kind kind)
{
    return peek_token(p)->kind == kind;
}

static bool accept(struct parser *p, enum token_kind kind)
{
    if (!peek_is(p, kind))
        return false;
    drop_token(p);
    return true;
}

_Noreturn static void unexpected(struct parser *p, const char *expected)
{
    struct token *t = peek_token(p);
    int len = (int)(t->end - t->start);
    const char *text = p->in->taken.data + t->start;
    const char *hint = expected ? expected : "";

    sh.line = t->line;
    if (t->kind == TOKEN_EOF)
        sh_fatal(2, "syntax error: unexpected end of input%s", hint);
    if (t->kind == TOKEN_NEWLINE)
        sh_fatal(2, "syntax error: unexpected newline%s", hint);
    sh_fatal(2, "syntax error: unexpected \"%.*s\"%s", len, text, hint);
}

static void expect(struct parser *p, enum token_kind kind, const char *hint)
{
    if (!accept(p, kind))
        unexpected(p, hint);
}

static void skip_newlines(struct parser *p)
{
    while (accept(p, TOKEN_NEWLINE))
        ;
}

bool is_reserved(const char *word)
{
    static const char *const words[] = {"!",    "{",    "}",     "case", "do",  "done",
                                        "elif", "else", "esac",  "fi",   "for", "if",
                                        "in",   "then", "until", "while"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i], word) == 0)
            return true;
    }
    return false;
}

/* Replaces an alias by its value as the next thing to be read. */
static bool expand_alias(struct parser *p)
{
    struct token *t = peek_token(p);
    struct alias *alias;

    if (t->kind != TOKEN_WORD || !t->literal)
        return false;
    alias = alias_find(t->literal);
    if (!alias || alias->active)
        return false;
    input_push_alias(p->in, alias, t->start);
    drop_token(p);
    return true;
}

/* The next token where a command may start: aliases are replaced. */
static struct token *peek_command(struct parser *p)
{
    struct token *t = peek_token(p);

    while ((!t->literal || !is_reserved(t->literal)) && expand_alias(p))
        t = peek_token(p);
    return t;
}

static bool is_word(const struct token *t, const char *word)
{
    return t->kind == TOKEN_WORD && t->literal && strcmp(t->literal, word) == 0;
}

static bool accept_word(struct parser *p, const char *word)
{
    if (!is_word(peek_command(p), word))
        return false;
    drop_token(p);
    return true;
}

static void expect_word(struct parser *p, const char *word)
{
    static const char *const hints[] = {
        "do\0 (expected \"do\")", "done\0 (expected \"done\")", "then\0 (expected \"then\")",
        "fi\0 (expected \"fi\")", "esac\0 (expected \"esac\")", "in\0 (expected \"in\")",
        "}\0 (expected \"}\")",
    };

    if (accept_word(p, word))
        return;
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++) {
        if (strcmp(hints[i], word) == 0)
            unexpected(p, hints[i] + strlen(word) + 1);
    }
    unexpected(p, NULL);
}

static struct node *new_node(struct parser *p, enum node_kind kind)
{
    struct node *n = arena_alloc(p->arena, sizeof *n);

    n->kind = kind;
    n->line = peek_token(p)->line;
    return n;
}

/* The source text from the offset to the end of the last token taken. */
static const char *source_text(struct parser *p, size_t start, size_t end)
{
    const char *s = p->in->taken.data;

    while (end > start && strchr(" \t\n;&", s[end - 1]))
        end--;
    return arena_strndup(p->arena, s + start, end - start);
}

/* --- redirections --- */

static bool redir_kind(enum token_kind token, enum redir_kind *kind)
{
    switch (token) {
    case TOKEN_LESS:
        *kind = REDIR_IN;
        return true;
    case TOKEN_GREAT:
        *kind = REDIR_OUT;
        return true;
    case TOKEN_CLOBBER:
        *kind = REDIR_CLOBBER;
        return true;
    case TOKEN_DGREAT:
        *kind = REDIR_APPEND;
        return true;
    case TOKEN_LESSGREAT:
        *kind = REDIR_BOTH;
        return true;
    case TOKEN_LESSAND:
        *kind = REDIR_DUP_IN;
        return true;
    case TOKEN_GREATAND:
        *kind = REDIR_DUP_OUT;
        return true;
    case TOKEN_DLESS:
    case TOKEN_DLESSDASH:
        *kind = REDIR_HERE;
        return true;
    default:
        return false;
    }
}

/* The delimiter after <<: nothing in it is expanded, and a quote in it stops expansion below. */
static void set_delimiter(struct parser *p, struct redir *redir, const struct token *t)
{
    struct buf text = {0};

    for (const struct part *part = t->word->parts; part; part = part->next) {
        redir->here_quoted |= part->quoted;
        if (part->kind != PART_TEXT) {
            text.len = 0;
            buf_bytes(&text, p->in->taken.data + t->start, t->end - t->start);
            break;
        }
        buf_text(&text, part->text);
    }
    redir->delimiter = arena_strndup(p->arena, buf_string(&text), text.len);
    *p->heres_end = redir;
    p->heres_end = &redir->next_here;
}

/* One redirection, if there is one. */
static struct redir *parse_redir(struct parser *p)
{
    struct token *t = peek_token(p);
    struct redir *redir;
    enum redir_kind kind;
    int fd = -1;

    if (t->kind == TOKEN_IO_NUMBER) {
        fd = t->number;
        drop_token(p);
        t = peek_token(p);
    }
    if (!redir_kind(t->kind, &kind))
        return NULL;
    redir = arena_alloc(p->arena, sizeof *redir);
    redir->kind = kind;
    redir->strip_tabs = t->kind == TOKEN_DLESSDASH;
    if (fd < 0)
        fd = kind == REDIR_OUT || kind == REDIR_CLOBBER || kind == REDIR_APPEND ||
             kind == REDIR_DUP_OUT;
    redir->fd = fd;
    drop_token(p);
    t = peek_token(p);
    if (t->kind != TOKEN_WORD && t->kind != TOKEN_IO_NUMBER)
        unexpected(p, " (expected the redirection's target)");
    redir->target = t->word;
    if (kind == REDIR_HERE)
        set_delimiter(p, redir, t);
    drop_token(p);
    return redir;
}

static struct redir **parse_redirs(struct parser *p, struct redir **end)
{
    struct redir *redir;

    while ((redir = parse_redir(p)) != NULL) {
        *end = redir;
        end = &redir->next;
    }
    return end;
}

/* --- simple commands --- */

/* The assignment that the word is, or null. Takes the name off the word's first part. */
static struct assign *as_assignment(struct parser *p, struct word *word)
{
    struct part *first = word->parts;
    struct assign *assign;
    size_t len;

    if (!first || first->kind != PART_TEXT || first->quoted)
        return NULL;
    len = name_length(first->text);
    if (len == 0 || first->text[len] != '=')
        return NULL;
    assign = arena_alloc(p->arena, sizeof *assign);
    assign->name = arena_strndup(p->arena, first->text, len);
    first->text += len + 1;
    if (!*first->text)
        word->parts = first->next;
    assign->value = word;
    return assign;
}

static struct node *parse_function(struct parser *p, struct node *n, const char *name)
{
    const struct builtin *special;

    drop_token(p);
    expect(p, TOKEN_RPAREN, " (expected \")\")");
    special = builtin_find(name);
    if (!is_name(name) || (special && special->special))
        syntax_error(p, "bad function name: %s", name);
    n->kind = NODE_FUNCTION;
    n->function.name = name;
    n->function.arena = p->arena;
    skip_newlines(p);
    n->function.body = parse_command(p);
    if (n->function.body->kind < NODE_SUBSHELL || n->function.body->kind == NODE_FUNCTION)
        syntax_error(p, "the body of function %s is not a compound command", name);
    return n;
}

static struct node *parse_simple(struct parser *p)
{
    struct node *n = new_node(p, NODE_SIMPLE);
    struct word **words = &n->simple.words;
    struct assign **assigns = &n->simple.assigns;
    struct redir **redirs = parse_redirs(p, &n->redirs);
    struct token *t;

    for (;; redirs = parse_redirs(p, redirs)) {
        struct assign *assign;

        t = words == &n->simple.words ? peek_command(p) : peek_token(p);
        while (t->after_alias && expand_alias(p))
            t = peek_token(p);
        if (t->kind != TOKEN_WORD)
            break;
        drop_token(p);
        assign = n->simple.words ? NULL : as_assignment(p, t->word);
        if (assign) {
            *assigns = assign;
            assigns = &assign->next;
            continue;
        }
        *words = t->word;
        words = &t->word->next;
        if (t->word == n->simple.words && !n->simple.assigns && !n->redirs && t->literal) {
            const char *name = t->literal;

            if (peek_is(p, TOKEN_LPAREN))
                return parse_function(p, n, name);
        }
    }
    if (!n->simple.words && !n->simple.assigns && !n->redirs)
        unexpected(p, NULL);
    return n;
}

/* --- compound commands --- */

static bool ends_list(struct parser *p)
{
    static const char *const words[] = {"then", "else", "elif", "fi", "do", "done", "esac", "}"};
    struct token *t = peek_command(p);

    switch (t->kind) {
    case TOKEN_EOF:
    case TOKEN_RPAREN:
    case TOKEN_DSEMI:
    case TOKEN_SEMI_AND:
        return true;
    default:
        break;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (is_word(t, words[i]))
            return true;
    }
    return false;
}

/* A list that must not be empty. */
static struct node *parse_body(struct parser *p)
{
    struct node *n = parse_list(p);

    if (!n)
        unexpected(p, " (expected a command)");
    return n;
}

static struct node *parse_if(struct parser *p)
{
    struct node *n = new_node(p, NODE_IF);

    n->cond.test = parse_body(p);
    expect_word(p, "then");
    n->cond.then = parse_body(p);
    if (accept_word(p, "elif")) {
        n->cond.otherwise = parse_if(p);
        return n;
    }
    if (accept_word(p, "else"))
        n->cond.otherwise = parse_body(p);
    expect_word(p, "fi");
    return n;
}

static struct node *parse_do(struct parser *p)
{
    struct node *body;

    expect_word(p, "do");
    body = parse_body(p);
    expect_word(p, "done");
    return body;
}

static struct node *parse_while(struct parser *p, enum node_kind kind)
{
    struct node *n = new_node(p, kind);

    n->cond.test = parse_body(p);
    n->cond.then = parse_do(p);
    return n;
}

static struct node *parse_for(struct parser *p)
{
    struct node *n = new_node(p, NODE_FOR);
    struct token *t = peek_token(p);
    struct word **end = &n->loop.words;

    if (t->kind != TOKEN_WORD || !t->literal || !is_name(t->literal))
        unexpected(p, " (expected a variable's name)");
    n->loop.name = t->literal;
    drop_token(p);
    if (!accept(p, TOKEN_SEMI)) {
        skip_newlines(p);
        if (is_word(peek_token(p), "in")) {
            drop_token(p);
            n->loop.has_words = true;
            for (; (t = peek_token(p))->kind == TOKEN_WORD; drop_token(p)) {
                *end = t->word;
                end = &t->word->next;
            }
            if (!accept(p, TOKEN_SEMI) && !peek_is(p, TOKEN_NEWLINE))
                unexpected(p, NULL);
        }
    }
    skip_newlines(p);
    n->loop.body = parse_do(p);
    return n;
}

/* One pattern list and its commands; false at "esac". */
static bool parse_case_item(struct parser *p, struct case_item *item)
{
    struct word **end = &item->patterns;

    skip_newlines(p);
    if (!accept(p, TOKEN_LPAREN) && is_word(peek_token(p), "esac")) {
        drop_token(p);
        return false;
    }
    do {
        struct token *t = peek_token(p);

        if (t->kind != TOKEN_WORD)
            unexpected(p, " (expected a pattern)");
        *end = t->word;
        end = &t->word->next;
        drop_token(p);
    } while (accept(p, TOKEN_PIPE));
    expect(p, TOKEN_RPAREN, " (expected \")\")");
    item->body = parse_list(p);
    return true;
}

static struct node *parse_case(struct parser *p)
{
    struct node *n = new_node(p, NODE_CASE);
    struct case_item **end = &n->match.items;
    struct token *t = peek_token(p);

    if (t->kind != TOKEN_WORD)
        unexpected(p, " (expected a word)");
    n->match.subject = t->word;
    drop_token(p);
    skip_newlines(p);
    expect_word(p, "in");
    for (;;) {
        struct case_item *item = arena_alloc(p->arena, sizeof *item);

        if (!parse_case_item(p, item))
            return n;
        *end = item;
        end = &item->next;
        if (accept(p, TOKEN_SEMI_AND)) {
            item->falls_through = true;
        } else if (!accept(p, TOKEN_DSEMI)) {
            expect_word(p, "esac");
            return n;
        }
    }
}

static struct node *parse_group(struct parser *p)
{
    struct node *n = new_node(p, NODE_GROUP);

    n->body = parse_body(p);
    expect_word(p, "}");
    return n;
}

static struct node *parse_subshell(struct parser *p)
{
    struct node *n = new_node(p, NODE_SUBSHELL);

    n->body = parse_body(p);
    expect(p, TOKEN_RPAREN, " (expected \")\")");
    return n;
}

static struct node *parse_compound(struct parser *p)
{
    if (accept(p, TOKEN_LPAREN))
        return parse_subshell(p);
    if (accept_word(p, "{"))
        return parse_group(p);
    if (accept_word(p, "if"))
        return parse_if(p);
    if (accept_word(p, "while"))
        return parse_while(p, NODE_WHILE);
    if (accept_word(p, "until"))
        return parse_while(p, NODE_UNTIL);
    if (accept_word(p, "for"))
        return parse_for(p);
    if (accept_word(p, "case"))
        return parse_case(p);
    return NULL;
}

static struct node *parse_command(struct parser *p)
{
    struct token *t = peek_command(p);
    struct node *n;

    if (++p->depth > MAX_DEPTH)
        syntax_error(p, "commands nested more than %d deep", MAX_DEPTH);
    n = parse_compound(p);
    if (n)
        parse_redirs(p, &n->redirs);
    else if (t->kind == TOKEN_WORD && t->literal && is_reserved(t->literal) && !is_word(t, "in"))
        unexpected(p, NULL);
    else
        n = parse_simple(p);
    p->depth--;
    return n;
}

/* --- pipelines and lists --- */

static struct node *parse_pipeline(struct parser *p)
{
    struct token *t = peek_command(p);
    size_t start = t->start;
    bool negated = accept_word(p, "!");
    struct node *first = parse_command(p);
    struct node *n = first;
    struct node *last = first;

    if (peek_is(p, TOKEN_PIPE)) {
        n = new_node(p, NODE_PIPE);
        n->body = first;
    }
    while (accept(p, TOKEN_PIPE)) {
        skip_newlines(p);
        last->next = parse_command(p);
        last = last->next;
    }
    n->text = source_text(p, start, peek_token(p)->start);
    if (negated) {
        struct node *not = new_node(p, NODE_NOT);

        not ->body = n;
        n = not ;
    }
    return n;
}

static struct node *parse_and_or(struct parser *p)
{
    struct node *left = parse_pipeline(p);

    for (;;) {
        enum token_kind kind = peek_token(p)->kind;
        struct node *n;

        if (kind != TOKEN_AND_IF && kind != TOKEN_OR_IF)
            return left;
        n = new_node(p, kind == TOKEN_AND_IF ? NODE_AND : NODE_OR);
        drop_token(p);
        skip_newlines(p);
        n->pair.left = left;
        n->pair.right = parse_pipeline(p);
        left = n;
    }
}

/*
 * An and-or list, made asynchronous if "&" follows. Takes "&" or ";"; without one only a newline
 * or the end of the list may follow.
 */
static struct node *parse_item(struct parser *p)
{
    size_t start = peek_command(p)->start;
    struct node *n = parse_and_or(p);

    if (peek_is(p, TOKEN_AMP)) {
        struct node *async = new_node(p, NODE_ASYNC);

        async->text = source_text(p, start, peek_token(p)->start);
        async->body = n;
        drop_token(p);
        return async;
    }
    if (!accept(p, TOKEN_SEMI) && !peek_is(p, TOKEN_NEWLINE) && !ends_list(p))
        unexpected(p, NULL);
    return n;
}

/* Adds an item; the first alone needs no list node. */
static void append(struct parser *p, struct node **list, struct node **last, struct node *item)
{
    if (!*list) {
        *list = item;
    } else {
        if (*list == *last) {
            struct node *n = new_node(p, NODE_LIST);

            n->body = *list;
            *list = n;
        }
        (*last)->next = item;
    }
    *last = item;
}

/* compound_list; null if there is no command before what ends it. */
static struct node *parse_list(struct parser *p)
{
    struct node *list = NULL;
    struct node *last = NULL;

    skip_newlines(p);
    while (!ends_list(p)) {
        append(p, &list, &last, parse_item(p));
        skip_newlines(p);
    }
    return list;
}

struct node *parse_line(struct input *in, struct arena *arena, bool *eof)
{
    struct parser p;
    struct node *list = NULL;
    struct node *last = NULL;

    lex_init(&p, in, arena);
    *eof = false;
    if (accept(&p, TOKEN_NEWLINE))
        return NULL;
    if (peek_is(&p, TOKEN_EOF)) {
        *eof = true;
        return NULL;
    }
    while (!peek_is(&p, TOKEN_NEWLINE) && !peek_is(&p, TOKEN_EOF)) {
        if (ends_list(&p))
            unexpected(&p, NULL);
        append(&p, &list, &last, parse_item(&p));
    }
    return list;
}

struct node *parse_text(struct arena *arena, const char *text, int line, int depth)
{
    struct input in;
    struct parser p;
    struct node *n;

    input_string(&in, text);
    in.line = line;
    lex_init(&p, &in, arena);
    p.depth = depth + 1;
    n = parse_list(&p);
    if (!peek_is(&p, TOKEN_EOF))
        unexpected(&p, NULL);
    input_close(&in);
    return n;
}

struct node *parse_substitution(struct parser *outer)
{
    struct parser p;
    struct node *n;

    lex_init(&p, outer->in, outer->arena);
    p.depth = outer->depth + 1;
    n = parse_list(&p);
    if (!peek_is(&p, TOKEN_RPAREN))
        unexpected(&p, " (expected \")\")");
    return n;
}

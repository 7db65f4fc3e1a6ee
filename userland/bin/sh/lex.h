/* Tokens and words (XCU 2.2, 2.3). */
#pragma once

#include "ast.h"
#include "input.h"

enum token_kind {
    TOKEN_EOF,
    TOKEN_NEWLINE,
    TOKEN_WORD,
    TOKEN_IO_NUMBER,
    TOKEN_PIPE,
    TOKEN_OR_IF,
    TOKEN_AMP,
    TOKEN_AND_IF,
    TOKEN_SEMI,
    TOKEN_DSEMI,
    TOKEN_SEMI_AND,
    TOKEN_LPAREN,
    TOKEN_RPAREN,
    TOKEN_LESS,
    TOKEN_DLESS,
    TOKEN_DLESSDASH,
    TOKEN_LESSAND,
    TOKEN_LESSGREAT,
    TOKEN_GREAT,
    TOKEN_DGREAT,
    TOKEN_GREATAND,
    TOKEN_CLOBBER
};

struct token {
    enum token_kind kind;
    int line;
    size_t start; /* offsets in input.taken */
    size_t end;
    struct word *word;   /* of TOKEN_WORD */
    const char *literal; /* its text, if no part of it was quoted or expands; else null */
    int number;          /* of TOKEN_IO_NUMBER */
    bool after_alias;    /* the word follows an alias whose value ends in a blank */
};

/* One parse: a nested command substitution has its own parser over the same input. */
struct parser {
    struct input *in;
    struct arena *arena;
    struct token token;
    bool peeked;
    int depth;
    struct redir *heres; /* here-documents to read at the next newline */
    struct redir **heres_end;
};

void lex_init(struct parser *p, struct input *in, struct arena *arena);
void lex_token(struct parser *p);

/* The word that the text is between double quotes, without a closing one (here-documents, PS1). */
struct word *lex_quoted_text(struct arena *arena, const char *text, int line);

/* True if the text is a name (XBD 3.216). */
bool is_name(const char *s);
size_t name_length(const char *s);

_Noreturn void syntax_error(const struct parser *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

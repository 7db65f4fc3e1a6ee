/*
 * The syntax tree. Quotes are resolved by the lexer: a word is a list of parts, each of which is
 * quoted or not. Everything stands in the arena of the parse.
 */
#pragma once

#include <stdbool.h>

#include "mem.h"

enum part_kind {
    PART_TEXT,
    PART_PARAM,   /* $name, ${name...} */
    PART_COMMAND, /* $(...), `...` */
    PART_ARITH    /* $((...)) */
};

/* XCU 2.6.2; the forms with a colon set struct part's colon. */
enum param_op {
    PARAM_PLAIN,
    PARAM_LENGTH,      /* ${#x} */
    PARAM_DEFAULT,     /* ${x-w} */
    PARAM_ASSIGN,      /* ${x=w} */
    PARAM_ERROR,       /* ${x?w} */
    PARAM_ALTERNATE,   /* ${x+w} */
    PARAM_SUFFIX,      /* ${x%w} */
    PARAM_LONG_SUFFIX, /* ${x%%w} */
    PARAM_PREFIX,      /* ${x#w} */
    PARAM_LONG_PREFIX, /* ${x##w} */
    PARAM_BAD          /* ${x@y}: an error only if it is expanded */
};

struct part {
    struct part *next;
    enum part_kind kind;
    bool quoted;
    bool colon;
    enum param_op op;
    const char *text;  /* the text, or the parameter's name */
    struct word *arg;  /* w above, or the arithmetic expression; may be null */
    struct node *body; /* commands to substitute; may be null */
};

struct word {
    struct word *next;
    struct part *parts;
};

struct assign {
    struct assign *next;
    const char *name;
    struct word *value;
};

enum redir_kind {
    REDIR_IN,      /* < */
    REDIR_OUT,     /* > */
    REDIR_CLOBBER, /* >| */
    REDIR_APPEND,  /* >> */
    REDIR_BOTH,    /* <> */
    REDIR_DUP_IN,  /* <& */
    REDIR_DUP_OUT, /* >& */
    REDIR_HERE     /* << and <<- */
};

struct redir {
    struct redir *next;
    struct redir *next_here; /* here-documents whose text is still to be read */
    enum redir_kind kind;
    int fd;
    bool strip_tabs;
    bool here_quoted;
    struct word *target; /* file, descriptor, or the here-document's text */
    const char *delimiter;
};

enum node_kind {
    NODE_SIMPLE,
    NODE_PIPE,
    NODE_NOT,
    NODE_AND,
    NODE_OR,
    NODE_LIST,
    NODE_ASYNC,
    NODE_SUBSHELL,
    NODE_GROUP,
    NODE_IF,
    NODE_WHILE,
    NODE_UNTIL,
    NODE_FOR,
    NODE_CASE,
    NODE_FUNCTION
};

struct case_item {
    struct case_item *next;
    struct word *patterns;
    struct node *body;
    bool falls_through; /* ;& */
};

struct node {
    enum node_kind kind;
    int line;
    struct node *next;    /* in a list or pipeline */
    struct redir *redirs; /* of any command */
    const char *text;     /* source text of a pipeline or asynchronous list, for jobs */
    union {
        struct {
            struct word *words;
            struct assign *assigns;
        } simple;
        struct node *body; /* list, pipe: the first; not, async, subshell, group: the only one */
        struct {
            struct node *left, *right;
        } pair; /* and, or */
        struct {
            struct node *test, *then, *otherwise;
        } cond; /* if; while and until use test and then */
        struct {
            const char *name;
            bool has_words; /* false: "$@" */
            struct word *words;
            struct node *body;
        } loop; /* for */
        struct {
            struct word *subject;
            struct case_item *items;
        } match; /* case */
        struct {
            const char *name;
            struct node *body;
            struct arena *arena;
        } function;
    };
};

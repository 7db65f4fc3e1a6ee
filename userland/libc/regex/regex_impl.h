/*
 * Regular expressions: pattern -> tree (parse.c) -> program (emit.c) -> search.c or backtrack.c.
 *
 * Matching takes time proportional to text times pattern: search.c walks all states at once. It
 * finds where the leftmost longest match begins and ends; submatch.c then cuts that stretch up
 * along the tree, giving each part, from left to right, the longest text that lets the rest match
 * (POSIX.1-2024 XBD 9.1, "matched"), by walks forwards and backwards. So each tree has two
 * programs, one for each direction. Only patterns with back-references are tried path by path.
 */
#pragma once

#include <regex.h>
#include <stddef.h>
#include <stdint.h>
#include <wctype.h>

enum node_type {
    NODE_EMPTY,
    NODE_CHAR, /* a or b: the two cases of a letter */
    NODE_ANY,
    NODE_SET,   /* a: its number */
    NODE_BEGIN, /* ^ */
    NODE_END,   /* $ */
    NODE_BACK,  /* a: its number */
    NODE_GROUP, /* a: its number */
    NODE_CAT,
    NODE_OR,
    NODE_STAR,
    NODE_PLUS,
    NODE_OPTION
};

enum { FORWARD, BACKWARD };

struct node {
    uint8_t type;
    uint8_t later; /* of a repetition that was unrolled: an empty round more says nothing */
    uint32_t a;
    uint32_t b;
    int child; /* first of a list linked by next; -1 ends it */
    int next;
    int length;    /* in characters; -1: it varies */
    int group_low; /* groups inside are group_low .. group_high - 1 */
    int group_high;
    int start[2]; /* of its code, by direction */
    int end[2];   /* where a walk is that has passed it */
};

struct range {
    uint32_t low;
    uint32_t high;
};

/* A bracket expression. Characters below 256 are looked up; the others are in a range or class. */
struct set {
    uint32_t map[8];
    int negated;
    int range_count;
    int class_count;
    struct range *ranges;
    wctype_t *classes;
};

enum opcode {
    OP_CHAR,
    OP_ANY,
    OP_SET,
    OP_BEGIN,
    OP_END,
    OP_JUMP,  /* a */
    OP_SPLIT, /* a and b */
    OP_MATCH,
    /* only for backtrack.c: */
    OP_SAVE,  /* position into slot a */
    OP_CHECK, /* fails where the position is still that of slot a */
    OP_BACK   /* the text of group a */
};

struct code {
    uint32_t op;
    uint32_t a;
    uint32_t b;
};

struct program {
    int flags; /* of regcomp */
    int utf8;
    int groups; /* numbered from 1 */
    int slots;  /* two for each group and for the whole, and one for each loop of backtrack.c */
    int has_back;
    int literal_only;  /* all of it is the text `literal` */
    int anchored;      /* begins with ^, which only the beginning of the text matches */
    int can_be_empty;  /* then `first` says nothing */
    uint32_t first[8]; /* bytes that a match can begin with */
    int root;
    struct node *nodes;
    int node_count;
    struct set *sets;
    int set_count;
    struct code *code;
    int code_count;
    char *literal;
};

/* The text, as all matchers see it. */
struct subject {
    const struct program *program;
    const char *text;
    int flags; /* of regexec */
};

#define NODES_MOST 60000
#define DEPTH_MOST 100

int __regex_parse(struct program *program, const char *pattern);
int __regex_emit(struct program *program);
void __regex_free(struct program *program);

int __regex_search(const struct subject *subject, regmatch_t *whole);
int __regex_submatch(const struct subject *subject, regmatch_t *match);
int __regex_backtrack(const struct subject *subject, regmatch_t *match);

/* The character at *text, which moves behind it; not to be asked at the NUL. */
uint32_t __regex_decode(const struct program *program, const char **text);
int __regex_set_has(const struct set *set, uint32_t c);
/* Whether ^ or $ matches at the place. */
int __regex_at_begin(const struct subject *subject, const char *at);
int __regex_at_end(const struct subject *subject, const char *at);

/* Whether the code takes the character. */
static inline int code_takes(const struct program *program, const struct code *code, uint32_t c)
{
    switch (code->op) {
    case OP_CHAR:
        return c == code->a || c == code->b;
    case OP_ANY:
        return c != '\n' || !(program->flags & REG_NEWLINE);
    case OP_SET:
        return c < 256 ? (int)(program->sets[code->a].map[c / 32] >> (c % 32) & 1)
                       : __regex_set_has(&program->sets[code->a], c);
    default:
        return 0;
    }
}

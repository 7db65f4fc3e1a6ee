/*
 * Arithmetic: signed 64-bit integers, the operators of C with their precedence, variables with or
 * without `$`. Overflow wraps. A part that is not evaluated (after && || ?:) is parsed with
 * `quiet` set: it assigns nothing and divides by nothing.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "arith.h"
#include "error.h"
#include "lex.h"
#include "mem.h"
#include "shell.h"
#include "var.h"

struct state {
    const char *text; /* all of it, for messages */
    const char *next;
    int quiet;
    int depth;
};

#define MAX_DEPTH 200

static int64_t assignment(struct state *s);

_Noreturn static void fail(const struct state *s, const char *what)
{
    sh_fatal(2, "arithmetic: %s: \"%s\"", what, s->text);
}

static void skip_space(struct state *s)
{
    while (isspace((unsigned char)*s->next))
        s->next++;
}

/* Takes the operator if it is next, and is not the start of a longer one. */
static bool accept(struct state *s, const char *op)
{
    size_t len = strlen(op);
    char after;

    skip_space(s);
    if (strncmp(s->next, op, len) != 0)
        return false;
    after = s->next[len];
    if (strchr("+-*/%&|^<>=!", op[len - 1])) {
        bool doubled = len == 1 && after == op[0] && strchr("&|<>", after);

        if (doubled || (after == '=' && op[len - 1] != '=' && !strchr("~", op[0])))
            return false;
    }
    s->next += len;
    return true;
}

/* A constant in decimal, octal or hexadecimal; *end is behind it. */
static bool constant(const char *text, const char **end, int64_t *value)
{
    int base = 10;
    uint64_t sum = 0;
    const char *digits;

    if (text[0] == '0') {
        base = text[1] == 'x' || text[1] == 'X' ? 16 : 8;
        text += base == 16 ? 2 : 0;
    }
    digits = text;
    for (;; text++) {
        int c = (unsigned char)*text;
        int digit = isdigit(c) ? c - '0' : isalpha(c) ? tolower(c) - 'a' + 10 : 99;

        if (digit >= base)
            break;
        sum = sum * (unsigned)base + (unsigned)digit;
    }
    *end = text;
    *value = (int64_t)sum;
    return text > digits && !isalnum((unsigned char)*text) && *text != '_';
}

static int64_t variable(struct state *s, const char *name)
{
    const char *text = var_get(name);
    const char *end;
    bool negative;
    int64_t value;

    if (!text && sh.opt[OPT_NOUNSET] && !s->quiet)
        sh_fatal(2, "%s: parameter not set", name);
    if (!text)
        return 0;
    text += strspn(text, " \t\n");
    if (!*text)
        return 0;
    negative = *text == '-';
    text += *text == '-' || *text == '+';
    if (!constant(text, &end, &value) || end[strspn(end, " \t\n")]) {
        if (s->quiet)
            return 0;
        sh_fatal(2, "arithmetic: the value of %s is not a number: \"%s\"", name, var_get(name));
    }
    return negative ? (int64_t)(0 - (uint64_t)value) : value;
}

static const char *read_name(struct state *s)
{
    size_t len;

    skip_space(s);
    len = name_length(s->next);
    if (len == 0)
        return NULL;
    s->next += len;
    return scratch_strndup(s->next - len, len);
}

static int64_t primary(struct state *s)
{
    const char *name;
    int64_t value;

    if (accept(s, "(")) {
        value = assignment(s);
        if (!accept(s, ")"))
            fail(s, "missing \")\"");
        return value;
    }
    name = read_name(s);
    if (name)
        return variable(s, name);
    if (!isdigit((unsigned char)*s->next))
        fail(s, *s->next ? "syntax error" : "an operand is missing");
    if (!constant(s->next, &s->next, &value))
        fail(s, "bad number");
    return value;
}

static int64_t unary(struct state *s)
{
    int64_t value;

    if (++s->depth > MAX_DEPTH)
        fail(s, "nested too deeply");
    if (accept(s, "!"))
        value = !unary(s);
    else if (accept(s, "~"))
        value = ~unary(s);
    else if (accept(s, "-"))
        value = (int64_t)(0 - (uint64_t)unary(s));
    else if (accept(s, "+"))
        value = unary(s);
    else
        value = primary(s);
    s->depth--;
    return value;
}

/* What `left OP right` is; op is the operator's text. */
static int64_t apply(struct state *s, const char *op, int64_t left, int64_t right)
{
    uint64_t a = (uint64_t)left;
    uint64_t b = (uint64_t)right;

    switch (op[0]) {
    case '*':
        return (int64_t)(a * b);
    case '/':
    case '%':
        if (right == 0 && !s->quiet)
            fail(s, "division by zero");
        if (right == 0 || right == -1) /* the smallest number / -1 would trap */
            return op[0] == '%' ? 0 : (int64_t)(0 - a);
        return op[0] == '/' ? left / right : left % right;
    case '+':
        return (int64_t)(a + b);
    case '-':
        return (int64_t)(a - b);
    case '<':
        if (op[1] == '<')
            return (int64_t)(a << (b & 63));
        return op[1] == '=' ? left <= right : left < right;
    case '>':
        if (op[1] == '>')
            return left >> (b & 63);
        return op[1] == '=' ? left >= right : left > right;
    case '=':
        return left == right;
    case '!':
        return left != right;
    case '&':
        return left & right;
    case '^':
        return left ^ right;
    default:
        return left | right;
    }
}

/* Binary operators from the tightest level to the loosest, && and || apart. */
static const char *const levels[][5] = {
    {"*", "/", "%"}, {"+", "-"}, {"<<", ">>"}, {"<=", ">=", "<", ">"},
    {"==", "!="},    {"&"},      {"^"},        {"|"},
};
#define LEVELS (int)(sizeof levels / sizeof *levels)

static int64_t binary(struct state *s, int level)
{
    int64_t left = level > 0 ? binary(s, level - 1) : unary(s);

    for (const char *const *op = levels[level]; *op;) {
        if (accept(s, *op)) {
            int64_t right = level > 0 ? binary(s, level - 1) : unary(s);

            left = apply(s, *op, left, right);
            op = levels[level];
        } else {
            op++;
        }
    }
    return left;
}

static int64_t logical_and(struct state *s)
{
    int64_t left = binary(s, LEVELS - 1);

    while (accept(s, "&&")) {
        int64_t right;

        s->quiet += !left;
        right = binary(s, LEVELS - 1);
        s->quiet -= !left;
        left = left && right;
    }
    return left;
}

static int64_t logical_or(struct state *s)
{
    int64_t left = logical_and(s);

    while (accept(s, "||")) {
        int64_t right;

        s->quiet += left != 0;
        right = logical_and(s);
        s->quiet -= left != 0;
        left = left || right;
    }
    return left;
}

static int64_t conditional(struct state *s)
{
    int64_t test = logical_or(s);
    int64_t yes, no;

    if (!accept(s, "?"))
        return test;
    s->quiet += !test;
    yes = assignment(s);
    s->quiet -= !test;
    if (!accept(s, ":"))
        fail(s, "missing \":\"");
    s->quiet += test != 0;
    no = assignment(s);
    s->quiet -= test != 0;
    return test ? yes : no;
}

static void assign(const struct state *s, const char *name, int64_t value)
{
    char text[24];

    if (s->quiet)
        return;
    snprintf(text, sizeof text, "%lld", (long long)value);
    var_assign(name, text);
}

/* name OP= value, right to left; anything else is a conditional expression. */
static int64_t assignment(struct state *s)
{
    static const char *const ops[] = {
        "=", "*=", "/=", "%=", "+=", "-=", "&=", "^=", "|=", "<<=", ">>="};
    const char *start = s->next;
    const char *name = read_name(s);
    int64_t value;

    if (++s->depth > MAX_DEPTH)
        fail(s, "nested too deeply");
    skip_space(s);
    for (size_t i = 0; name && i < sizeof ops / sizeof *ops; i++) {
        size_t len = strlen(ops[i]);

        if (strncmp(s->next, ops[i], len) != 0 || (i == 0 && s->next[1] == '='))
            continue;
        s->next += len;
        value = assignment(s);
        if (i > 0)
            value = apply(s, ops[i], variable(s, name), value);
        assign(s, name, value);
        s->depth--;
        return value;
    }
    s->next = start;
    value = conditional(s);
    s->depth--;
    return value;
}

int64_t arith_eval(const char *expression)
{
    struct state s = {.text = expression, .next = expression};
    int64_t value;

    skip_space(&s);
    if (!*s.next)
        return 0;
    value = assignment(&s);
    skip_space(&s);
    if (*s.next)
        fail(&s, "syntax error");
    return value;
}

/*
 * expr: evaluate arguments as an expression.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/expr.html
 *
 * Recursive descent, one function per level of precedence: | & comparison + * : and the operand.
 */
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"

enum { TRUE = 0, NULL_OR_ZERO = 1, INVALID = 2 };

static char **word; /* the next argument */

static char *expression(void);

static char *from_number(intmax_t number)
{
    char text[32];
    snprintf(text, sizeof text, "%jd", number);
    return xstrdup(text);
}

static bool is_number(const char *text, intmax_t *number)
{
    bool negative = *text == '-';
    uintmax_t value;
    if (!parse_number(text + negative, INTMAX_MAX, &value))
        return false;
    *number = negative ? -(intmax_t)value : (intmax_t)value;
    return true;
}

static intmax_t need_number(const char *text)
{
    intmax_t number;
    if (!is_number(text, &number))
        diex("%s: not an integer", text);
    return number;
}

/* Null or zero: what counts as false. */
static bool is_false(const char *text)
{
    intmax_t number;
    return *text == '\0' || (is_number(text, &number) && number == 0);
}

/* The word, if it is one of the operators; taken then. */
static const char *take(const char *const operators[])
{
    for (; *word != NULL && *operators != NULL; operators++)
        if (strcmp(*word, *operators) == 0)
            return *word++;
    return NULL;
}

static char *operand(void)
{
    if (*word == NULL)
        diex("an operand is missing");
    if (strcmp(*word, "(") != 0)
        return xstrdup(*word++);
    word++;
    char *value = expression();
    if (*word == NULL || strcmp(*word, ")") != 0)
        diex("missing )");
    word++;
    return value;
}

/* The length of the match at the beginning, or the text of the first subexpression. */
static char *match(const char *text, const char *pattern)
{
    char *anchored = xmalloc(strlen(pattern) + 2);
    anchored[0] = '^';
    strcpy(anchored + 1, pattern[0] == '^' ? pattern + 1 : pattern);
    regex_t regex;
    int error = regcomp(&regex, anchored, 0);
    if (error != 0) {
        char reason[128];
        regerror(error, &regex, reason, sizeof reason);
        diex("%s: %s", pattern, reason);
    }
    regmatch_t found[2];
    bool matched = regexec(&regex, text, 2, found, 0) == 0;
    bool group = regex.re_nsub > 0;
    regfree(&regex);
    free(anchored);
    if (!group)
        return from_number(matched ? (intmax_t)found[0].rm_eo : 0);
    if (!matched || found[1].rm_so < 0)
        return xstrdup("");
    char *part = xstrdup(text + found[1].rm_so);
    part[found[1].rm_eo - found[1].rm_so] = '\0';
    return part;
}

static char *matching(void)
{
    static const char *const operators[] = {":", NULL};
    char *left = operand();
    while (take(operators) != NULL)
        left = match(left, operand());
    return left;
}

static char *product(void)
{
    static const char *const operators[] = {"*", "/", "%", NULL};
    char *left = matching();
    const char *operator;
    while ((operator= take(operators)) != NULL) {
        intmax_t a = need_number(left);
        intmax_t b = need_number(matching());
        intmax_t result = 0;
        if (*operator!= '*' && b == 0)
            diex("division by zero");
        /* INTMAX_MIN is no number that can be read, so only a product can be too large. */
        if (*operator== '*' && __builtin_mul_overflow(a, b, &result))
            diex("%jd * %jd: the result is too large", a, b);
        left = from_number(*operator== '*' ? result : * operator== '/' ? a / b : a % b);
    }
    return left;
}

static char *sum(void)
{
    static const char *const operators[] = {"+", "-", NULL};
    char *left = product();
    const char *operator;
    while ((operator= take(operators)) != NULL) {
        intmax_t a = need_number(left);
        intmax_t b = need_number(product());
        intmax_t result;
        if (__builtin_add_overflow(a, *operator== '-' ? -b : b, &result))
            diex("%jd %s %jd: the result is too large", a, operator, b);
        left = from_number(result);
    }
    return left;
}

static bool holds(const char *operator, int order)
{
    bool or_equal = operator[1] == '=';
    switch (*operator) {
    case '<':
        return order < 0 || (or_equal && order == 0);
    case '>':
        return order > 0 || (or_equal && order == 0);
    case '!':
        return order != 0;
    default:
        return order == 0;
    }
}

static char *comparison(void)
{
    static const char *const operators[] = {"=", ">", ">=", "<", "<=", "!=", NULL};
    char *left = sum();
    const char *operator;
    while ((operator= take(operators)) != NULL) {
        char *right = sum();
        intmax_t a;
        intmax_t b;
        int order = strcmp(left, right);
        if (is_number(left, &a) && is_number(right, &b))
            order = a < b ? -1 : a > b;
        left = from_number(holds(operator, order));
    }
    return left;
}

static char *conjunction(void)
{
    static const char *const operators[] = {"&", NULL};
    char *left = comparison();
    while (take(operators) != NULL) {
        char *right = comparison();
        if (is_false(left) || is_false(right))
            left = from_number(0);
    }
    return left;
}

static char *expression(void)
{
    static const char *const operators[] = {"|", NULL};
    char *left = conjunction();
    while (take(operators) != NULL) {
        char *right = conjunction();
        if (is_false(left))
            left = is_false(right) && *right == '\0' ? from_number(0) : right;
    }
    return left;
}

int main(int argc, char *argv[])
{
    util_start(argv, "expr operand ...", INVALID);
    word = argv + 1;
    if (argc > 1 && strcmp(*word, "--") == 0)
        word++;
    if (*word == NULL)
        usage();
    char *value = expression();
    if (*word != NULL)
        diex("%s: an operator was expected", *word);
    puts(value);
    return util_end(is_false(value) ? NULL_OR_ZERO : TRUE);
}

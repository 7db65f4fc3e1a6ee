/* Patterns, basic and extended, to trees (POSIX.1-2024 XBD 9.3 to 9.5). */
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "regex_impl.h"

#define REPEATS_MOST 8 /* operators on one atom: a** and the like */

struct parser {
    struct program *program;
    const char *at;
    int extended;
    int depth;
    int open; /* groups that are not closed yet */
    int error;
};

static int parse_or(struct parser *parser);

/* Remembers the first error; everything that reads on stops then. */
static int fail(struct parser *parser, int error)
{
    if (parser->error == 0)
        parser->error = error;
    return -1;
}

static struct node *node_at(struct parser *parser, int index)
{
    return &parser->program->nodes[index];
}

static int new_node(struct parser *parser, int type, int child)
{
    struct program *program = parser->program;
    if (parser->error != 0)
        return -1;
    if (program->node_count == NODES_MOST)
        return fail(parser, REG_ESPACE);
    if ((program->node_count & (program->node_count - 1)) == 0) {
        size_t room = program->node_count == 0 ? 1 : (size_t)program->node_count * 2;
        struct node *more = reallocarray(program->nodes, room, sizeof *more);
        if (more == NULL)
            return fail(parser, REG_ESPACE);
        program->nodes = more;
    }
    program->nodes[program->node_count] =
        (struct node){.type = (uint8_t)type, .child = child, .next = -1};
    return program->node_count++;
}

static int new_char(struct parser *parser, uint32_t c)
{
    int index = new_node(parser, NODE_CHAR, -1);
    if (index < 0)
        return index;
    node_at(parser, index)->a = node_at(parser, index)->b = c;
    if (parser->program->flags & REG_ICASE) {
        node_at(parser, index)->a = towlower(c);
        node_at(parser, index)->b = towupper(c);
    }
    return index;
}

/* A copy of the tree below index, its siblings apart: for repetitions. */
static int clone(struct parser *parser, int index)
{
    int copy = new_node(parser, NODE_EMPTY, -1);
    if (copy < 0)
        return copy;
    struct node original = *node_at(parser, index);
    original.next = -1;
    int child = original.child, last = -1;
    original.child = -1;
    *node_at(parser, copy) = original;
    for (; child >= 0; child = node_at(parser, child)->next) {
        int one = clone(parser, child);
        if (one < 0)
            return one;
        if (last < 0)
            node_at(parser, copy)->child = one;
        else
            node_at(parser, last)->next = one;
        last = one;
    }
    return copy;
}

static int new_list(struct parser *parser, int type, int first, int second)
{
    int index = new_node(parser, type, first);
    if (index >= 0)
        node_at(parser, first)->next = second;
    return index;
}

/* --- bracket expressions --- */

static void set_map(struct set *set, uint32_t c)
{
    set->map[c / 32] |= 1U << (c % 32);
}

static void set_add(struct parser *parser, struct set *set, uint32_t low, uint32_t high)
{
    int fold = parser->program->flags & REG_ICASE;
    for (uint32_t c = low; c <= high && c < 256; c++) {
        set_map(set, c);
        if (fold && c < 128) {
            set_map(set, (uint32_t)tolower((int)c));
            set_map(set, (uint32_t)toupper((int)c));
        }
    }
    if (high < 256)
        return;
    struct range *more = reallocarray(set->ranges, (size_t)set->range_count + 1, sizeof *more);
    if (more == NULL) {
        fail(parser, REG_ESPACE);
        return;
    }
    set->ranges = more;
    more[set->range_count++] = (struct range){low, high};
}

static void set_add_class(struct parser *parser, struct set *set, const char *name)
{
    int fold = parser->program->flags & REG_ICASE;
    if (fold && (strcmp(name, "lower") == 0 || strcmp(name, "upper") == 0))
        name = "alpha";
    wctype_t class = wctype(name);
    if (class == 0) {
        fail(parser, REG_ECTYPE);
        return;
    }
    for (uint32_t c = 0; c < 256; c++)
        if ((c < 128 || parser->program->utf8) && iswctype(c, class))
            set_map(set, c);
    wctype_t *more = reallocarray(set->classes, (size_t)set->class_count + 1, sizeof *more);
    if (more == NULL) {
        fail(parser, REG_ESPACE);
        return;
    }
    set->classes = more;
    more[set->class_count++] = class;
}

/* The name in [:name:], [.name.] or [=name=], behind the opening two characters. */
static int bracket_name(struct parser *parser, char kind, char *name, size_t room)
{
    const char *end = parser->at;
    while (*end != '\0' && !(end[0] == kind && end[1] == ']' && end > parser->at))
        end++;
    if (*end == '\0')
        return fail(parser, REG_EBRACK);
    size_t size = (size_t)(end - parser->at);
    if (size >= room)
        return fail(parser, kind == ':' ? REG_ECTYPE : REG_ECOLLATE);
    memcpy(name, parser->at, size);
    name[size] = '\0';
    parser->at = end + 2;
    return 0;
}

/* One character of a bracket expression, perhaps as [.c.] or [=c=]; our locales have no longer
 * ones. */
static uint32_t bracket_char(struct parser *parser)
{
    char name[16];
    const char *text = name;
    if (parser->at[0] != '[' || (parser->at[1] != '.' && parser->at[1] != '='))
        return *parser->at != '\0' ? __regex_decode(parser->program, &parser->at)
                                   : (uint32_t)fail(parser, REG_EBRACK);
    char kind = parser->at[1];
    parser->at += 2;
    if (bracket_name(parser, kind, name, sizeof name) < 0)
        return 0;
    uint32_t c = __regex_decode(parser->program, &text);
    if (*text != '\0')
        fail(parser, REG_ECOLLATE);
    return c;
}

static void bracket_item(struct parser *parser, struct set *set)
{
    char name[16];
    if (parser->at[0] == '[' && parser->at[1] == ':') {
        parser->at += 2;
        if (bracket_name(parser, ':', name, sizeof name) == 0)
            set_add_class(parser, set, name);
        return;
    }
    int equivalence = parser->at[0] == '[' && parser->at[1] == '=';
    uint32_t low = bracket_char(parser), high = low;
    if (parser->at[0] == '-' && parser->at[1] != ']' && parser->at[1] != '\0') {
        parser->at++;
        if (equivalence || (parser->at[0] == '[' && parser->at[1] == '=')) {
            fail(parser, REG_ERANGE);
            return;
        }
        high = bracket_char(parser);
    }
    if (high < low)
        fail(parser, REG_ERANGE);
    else if (parser->error == 0)
        set_add(parser, set, low, high);
}

static struct set *new_set(struct parser *parser)
{
    struct program *program = parser->program;
    struct set *more = reallocarray(program->sets, (size_t)program->set_count + 1, sizeof *more);
    if (more == NULL) {
        fail(parser, REG_ESPACE);
        return NULL;
    }
    program->sets = more;
    memset(&more[program->set_count], 0, sizeof *more);
    return &more[program->set_count++];
}

/* Behind the opening bracket. */
static int parse_bracket(struct parser *parser)
{
    int index = new_node(parser, NODE_SET, -1);
    struct set *set = index >= 0 ? new_set(parser) : NULL;
    if (set == NULL)
        return -1;
    node_at(parser, index)->a = (uint32_t)parser->program->set_count - 1;
    if (*parser->at == '^') {
        set->negated = 1;
        parser->at++;
    }
    do { /* a ] that comes first stands for itself */
        if (*parser->at == '\0')
            return fail(parser, REG_EBRACK);
        bracket_item(parser, set);
    } while (*parser->at != ']' && parser->error == 0);
    parser->at++;
    if (set->negated) {
        for (int i = 0; i < 8; i++)
            set->map[i] = ~set->map[i];
        if (parser->program->flags & REG_NEWLINE)
            set->map[0] &= ~(1U << '\n');
    }
    return parser->error == 0 ? index : -1;
}

/* --- repetition --- */

/* The two numbers of an interval, behind its opening brace; *high is -1 without bound. */
static int parse_interval(struct parser *parser, int *low, int *high)
{
    int *number = low;
    *low = *high = 0;
    for (;; parser->at++) {
        if (isdigit((unsigned char)*parser->at)) {
            *number = *number * 10 + (*parser->at - '0');
            if (*number > RE_DUP_MAX)
                return fail(parser, REG_BADBR);
        } else if (*parser->at == ',' && number == low) {
            number = high;
            if (!isdigit((unsigned char)parser->at[1]))
                *high = -1;
        } else {
            break;
        }
    }
    if (number == low)
        *high = *low;
    if (!parser->extended && *parser->at == '\\')
        parser->at++;
    if (*parser->at != '}')
        return fail(parser, *parser->at == '\0' ? REG_EBRACE : REG_BADBR);
    parser->at++;
    return *high >= 0 && *high < *low ? fail(parser, REG_BADBR) : 0;
}

/* x{low,high} as x x (x (x)?)? or x x x*; the first x is index itself. */
static int unroll(struct parser *parser, int index, int low, int high)
{
    if (high == 0)
        return new_node(parser, NODE_EMPTY, -1);
    if (low <= 1 && high < 0)
        return new_node(parser, low == 0 ? NODE_STAR : NODE_PLUS, index);
    int tail = -1;
    if (high < 0) {
        tail = new_node(parser, NODE_STAR, clone(parser, index));
        if (tail >= 0)
            node_at(parser, tail)->later = 1;
    }
    for (int i = high; i > low; i--) {
        int one = i == 1 ? index : clone(parser, index);
        if (one >= 0 && tail >= 0)
            one = new_list(parser, NODE_CAT, one, tail);
        tail = new_node(parser, NODE_OPTION, one);
        if (tail >= 0)
            node_at(parser, tail)->later = i > 1;
    }
    for (int i = low; i > 0 && parser->error == 0; i--) {
        int one = i == 1 ? index : clone(parser, index);
        tail = tail >= 0 && one >= 0 ? new_list(parser, NODE_CAT, one, tail) : one;
    }
    return parser->error == 0 ? tail : -1;
}

/* Whether an operator of repetition stands here; its bounds, and *at is moved behind it. */
static int scan_repeat(struct parser *parser, int *low, int *high)
{
    const char *p = parser->at;
    int escaped = !parser->extended && *p == '\\';
    char c = p[escaped];
    *low = 0;
    *high = -1;
    if (*p == '*') {
        parser->at++;
        return 1;
    }
    if (!parser->extended && !escaped)
        return 0;
    if (c == '+' || c == '?') {
        *low = c == '+';
        *high = c == '+' ? -1 : 1;
        parser->at += escaped + 1;
        return 1;
    }
    if (c == '{' && (escaped || isdigit((unsigned char)p[1]))) {
        parser->at += escaped + 1;
        if (!isdigit((unsigned char)*parser->at))
            fail(parser, REG_BADBR);
        return parse_interval(parser, low, high) == 0;
    }
    return 0;
}

/* --- atoms, lists, alternatives --- */

static int parse_group(struct parser *parser)
{
    struct program *program = parser->program;
    int number = ++program->groups;
    if (++parser->depth > DEPTH_MOST)
        return fail(parser, REG_ESPACE);
    parser->open++;
    int inside = parse_or(parser);
    parser->open--;
    parser->depth--;
    if (inside < 0)
        return inside;
    if (!parser->extended && *parser->at == '\\')
        parser->at++;
    if (*parser->at != ')')
        return fail(parser, REG_EPAREN);
    parser->at++;
    int index = new_node(parser, NODE_GROUP, inside);
    if (index >= 0)
        node_at(parser, index)->a = (uint32_t)number;
    return index;
}

/* Behind a backslash. */
static int parse_escape(struct parser *parser)
{
    char c = *parser->at;
    if (c == '\0')
        return fail(parser, REG_EESCAPE);
    if (!parser->extended && c == '(') {
        parser->at++;
        return parse_group(parser);
    }
    if (!parser->extended && c == '{')
        return fail(parser, REG_BADRPT);
    if (c >= '1' && c <= '9') {
        parser->at++;
        if (c - '0' > parser->program->groups)
            return fail(parser, REG_ESUBREG);
        parser->program->has_back = 1;
        int index = new_node(parser, NODE_BACK, -1);
        if (index >= 0)
            node_at(parser, index)->a = (uint32_t)(c - '0');
        return index;
    }
    return new_char(parser, __regex_decode(parser->program, &parser->at));
}

/* Whether a basic pattern's $ is the anchor: at the end of the pattern, a group, an alternative. */
static int dollar_ends(const struct parser *parser)
{
    const char *p = parser->at + 1;
    return parser->extended || *p == '\0' || (p[0] == '\\' && (p[1] == ')' || p[1] == '|'));
}

/* One atom. `first`: nothing but ^ stands before it, so a basic pattern's * means itself. */
static int parse_atom(struct parser *parser, int first)
{
    char c = *parser->at;
    switch (c) {
    case '[':
        parser->at++;
        return parse_bracket(parser);
    case '\\':
        parser->at++;
        return parse_escape(parser);
    case '.':
        parser->at++;
        return new_node(parser, NODE_ANY, -1);
    case '^':
        if (!parser->extended && !first)
            break;
        parser->at++;
        return new_node(parser, NODE_BEGIN, -1);
    case '$':
        if (!dollar_ends(parser))
            break;
        parser->at++;
        return new_node(parser, NODE_END, -1);
    case '(':
        if (!parser->extended)
            break;
        parser->at++;
        return parse_group(parser);
    case '*':
    case '+':
    case '?':
        if (parser->extended)
            return fail(parser, REG_BADRPT);
        break;
    default:
        break;
    }
    return new_char(parser, __regex_decode(parser->program, &parser->at));
}

/* Whether a list of atoms ends here. */
static int list_ends(const struct parser *parser)
{
    const char *p = parser->at;
    if (*p == '\0')
        return 1;
    if (parser->extended)
        return *p == '|' || (*p == ')' && parser->open > 0);
    return p[0] == '\\' && (p[1] == '|' || p[1] == ')');
}

static int parse_list(struct parser *parser)
{
    int list = new_node(parser, NODE_CAT, -1), last = -1, low, high;
    int first = 1;
    while (parser->error == 0 && !list_ends(parser)) {
        int atom = parse_atom(parser, first);
        if (atom < 0)
            return -1;
        int anchor = node_at(parser, atom)->type == NODE_BEGIN;
        first = first && anchor;
        for (int i = 0; !(anchor && !parser->extended) && scan_repeat(parser, &low, &high); i++) {
            if (i == REPEATS_MOST)
                return fail(parser, REG_BADRPT);
            atom = unroll(parser, atom, low, high);
        }
        if (atom < 0 || parser->error != 0)
            return -1;
        if (last < 0)
            node_at(parser, list)->child = atom;
        else
            node_at(parser, last)->next = atom;
        last = atom;
    }
    return parser->error == 0 ? list : -1;
}

static int parse_or(struct parser *parser)
{
    int first = parse_list(parser), last = first, choice = -1;
    while (parser->error == 0) {
        if (parser->extended ? parser->at[0] != '|' : parser->at[0] != '\\' || parser->at[1] != '|')
            break;
        parser->at += parser->extended ? 1 : 2;
        int list = parse_list(parser);
        if (list < 0)
            return -1;
        if (choice < 0 && (choice = new_node(parser, NODE_OR, first)) < 0)
            return -1;
        node_at(parser, last)->next = list;
        last = list;
    }
    if (parser->error != 0)
        return -1;
    return choice >= 0 ? choice : first;
}

int __regex_parse(struct program *program, const char *pattern)
{
    struct parser parser = {.program = program, .at = pattern};
    parser.extended = (program->flags & REG_EXTENDED) != 0;
    program->root = parse_or(&parser);
    if (parser.error == 0 && *parser.at != '\0')
        return REG_EPAREN; /* only a closing parenthesis stops earlier */
    return parser.error;
}

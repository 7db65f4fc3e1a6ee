/*
 * What each group matched, once the whole match is known: the match is cut up along the tree. A
 * list gives its first item the longest text after which the rest of the list still reaches the
 * end; a walk backwards from the end says where the rest can begin, a walk forwards over the item
 * how far it can go. Loops go round by round, likewise. Positions are numbers of characters.
 */
#include <string.h>
#include "walk.h"

struct cutter {
    const struct subject *subject;
    regmatch_t *match;
    const char *text; /* the whole match begins here */
    int size;         /* and is so many characters long */
    uint32_t *wide;   /* UTF-8: its characters, else NULL */
    int *offset;      /* and where each begins, and the end */
    struct places now;
    struct places next;
    uint32_t *stack;
    int failed;
};

/* A walk: code, the place that means success, and the direction. */
struct walk {
    int start;
    int accept;
    int direction;
};

static int offset_of(const struct cutter *cutter, int at)
{
    return cutter->offset != NULL ? cutter->offset[at] : at;
}

static uint32_t character(const struct cutter *cutter, int at)
{
    return cutter->wide != NULL ? cutter->wide[at] : (unsigned char)cutter->text[at];
}

/* Adds a place and what it leads to; true if the accepting place is among them. */
static int follow(struct cutter *cutter, struct places *places, uint32_t place, int accept, int at)
{
    const struct program *program = cutter->subject->program;
    const char *where = cutter->text + offset_of(cutter, at);
    size_t depth = 0;
    int accepted = 0;
    cutter->stack[depth++] = place;
    while (depth > 0) {
        place = cutter->stack[--depth];
        if (place == (uint32_t)accept) {
            accepted = 1;
            continue;
        }
        if (!places_add(places, place))
            continue;
        const struct code *code = &program->code[place];
        if (code->op == OP_JUMP) {
            cutter->stack[depth++] = code->a;
        } else if (code->op == OP_SPLIT) {
            cutter->stack[depth++] = code->b;
            cutter->stack[depth++] = code->a;
        } else if ((code->op == OP_BEGIN && __regex_at_begin(cutter->subject, where)) ||
                   (code->op == OP_END && __regex_at_end(cutter->subject, where))) {
            cutter->stack[depth++] = place + 1;
        }
    }
    return accepted;
}

/* Walks from `from` to `limit`; calls out for each position where the walk may stop. */
static void walk(struct cutter *cutter, const struct walk *walk, int from, int limit,
                 void (*out)(void *context, int at), void *context)
{
    const struct program *program = cutter->subject->program;
    int backward = walk->direction == BACKWARD;
    cutter->now.count = 0;
    if (follow(cutter, &cutter->now, (uint32_t)walk->start, walk->accept, from))
        out(context, from);
    for (int at = from; at != limit && cutter->now.count > 0;) {
        uint32_t c = character(cutter, backward ? at - 1 : at);
        at += backward ? -1 : 1;
        int accepted = 0;
        cutter->next.count = 0;
        for (int i = 0; i < cutter->now.count; i++) {
            uint32_t place = cutter->now.list[i];
            if (code_takes(program, &program->code[place], c))
                accepted |= follow(cutter, &cutter->next, place + 1, walk->accept, at);
        }
        if (accepted)
            out(context, at);
        struct places swap = cutter->now;
        cutter->now = cutter->next;
        cutter->next = swap;
    }
}

static void mark(void *context, int at)
{
    unsigned char *marks = context;
    marks[at / 8] |= (unsigned char)(1U << ((unsigned)at % 8));
}

/* Where the walk backwards from `to` may stop, down to `from`: a bit for each; NULL: no memory. */
static unsigned char *reach_back(struct cutter *cutter, int start, int accept, int from, int to)
{
    unsigned char *marks = calloc(1, (size_t)to / 8 + 1);
    if (marks == NULL) {
        cutter->failed = 1;
        return NULL;
    }
    walk(cutter, &(struct walk){start, accept, BACKWARD}, to, from, mark, marks);
    return marks;
}

struct longest {
    const unsigned char *marks; /* NULL: any position will do */
    int found;
};

static void keep_longest(void *context, int at)
{
    struct longest *longest = context;
    if (longest->marks == NULL || (longest->marks[at / 8] >> ((unsigned)at % 8) & 1))
        longest->found = at;
}

/* The furthest position that the node can reach from `from` and that is marked; -1: none. */
static int reach(struct cutter *cutter, const struct node *node, int from, int to,
                 const unsigned char *marks)
{
    struct longest longest = {marks, -1};
    walk(cutter, &(struct walk){node->start[FORWARD], node->end[FORWARD], FORWARD}, from, to,
         keep_longest, &longest);
    return longest.found;
}

static void assign(struct cutter *cutter, const struct node *node, int from, int to);

static int has_groups(const struct node *node)
{
    return node->group_low < node->group_high;
}

/* The length of all items behind the node, if it is fixed, else -1; and the last of them. */
static int rest_length(const struct node *nodes, const struct node *node, const struct node **last)
{
    int length = 0;
    for (int i = node->next; i >= 0; i = nodes[i].next) {
        *last = &nodes[i];
        length = length < 0 || nodes[i].length < 0 ? -1 : length + nodes[i].length;
    }
    return length;
}

/* Where an item of a list ends, if it begins at `from` and the list ends at `to`. */
static int item_end(struct cutter *cutter, const struct node *item, int from, int to)
{
    const struct node *nodes = cutter->subject->program->nodes, *last = item;
    int length = rest_length(nodes, item, &last);
    if (last == item)
        return to;
    if (item->length >= 0)
        return from + item->length;
    if (length >= 0)
        return to - length;
    unsigned char *marks =
        reach_back(cutter, last->start[BACKWARD], nodes[item->next].end[BACKWARD], from, to);
    if (marks == NULL)
        return -1;
    int end = reach(cutter, item, from, to, marks);
    free(marks);
    return end;
}

static void assign_list(struct cutter *cutter, int child, int from, int to)
{
    const struct node *nodes = cutter->subject->program->nodes;
    int groups_left = 0;
    for (int i = child; i >= 0; i = nodes[i].next)
        groups_left += has_groups(&nodes[i]);
    for (; groups_left > 0; child = nodes[child].next) {
        int end = item_end(cutter, &nodes[child], from, to);
        if (end < 0)
            return;
        groups_left -= has_groups(&nodes[child]);
        assign(cutter, &nodes[child], from, end);
        from = end;
    }
}

static void assign_or(struct cutter *cutter, int child, int from, int to)
{
    const struct node *nodes = cutter->subject->program->nodes;
    for (; child >= 0; child = nodes[child].next) {
        const struct node *node = &nodes[child];
        if (node->length >= 0 && node->length != to - from)
            continue;
        if (reach(cutter, node, from, to, NULL) == to) {
            assign(cutter, node, from, to);
            return;
        }
    }
}

/* What was found in an earlier round of a loop, or an unrolled one, is no part of this round. */
static void assign_group(struct cutter *cutter, const struct node *node, int from, int to)
{
    regmatch_t *match = cutter->match;
    for (int i = node->group_low; i < node->group_high; i++)
        match[i] = (regmatch_t){-1, -1};
    match[node->a].rm_so = match[0].rm_so + offset_of(cutter, from);
    match[node->a].rm_eo = match[0].rm_so + offset_of(cutter, to);
    assign(cutter, &cutter->subject->program->nodes[node->child], from, to);
}

static void assign_loop(struct cutter *cutter, const struct node *node, int from, int to)
{
    const struct node *child = &cutter->subject->program->nodes[node->child];
    if (from == to) {
        if (!node->later && reach(cutter, child, from, to, NULL) == to)
            assign(cutter, child, from, to);
        return;
    }
    if (node->type == NODE_OPTION) {
        assign(cutter, child, from, to);
        return;
    }
    unsigned char *marks = reach_back(cutter, node->start[BACKWARD], node->end[BACKWARD], from, to);
    if (marks == NULL)
        return;
    mark(marks, to); /* a plus, too, may end here */
    while (from < to) {
        int end = child->length > 0 ? from + child->length : reach(cutter, child, from, to, marks);
        if (end <= from)
            break;
        assign(cutter, child, from, end);
        from = end;
    }
    free(marks);
}

/* The node matches from .. to: what do the groups in it match? */
static void assign(struct cutter *cutter, const struct node *node, int from, int to)
{
    if (!has_groups(node) || cutter->failed)
        return;
    switch ((enum node_type)node->type) {
    case NODE_GROUP:
        assign_group(cutter, node, from, to);
        break;
    case NODE_CAT:
        assign_list(cutter, node->child, from, to);
        break;
    case NODE_OR:
        assign_or(cutter, node->child, from, to);
        break;
    default:
        assign_loop(cutter, node, from, to);
        break;
    }
}

/* UTF-8: numbers the characters of the match. */
static int decode_match(struct cutter *cutter, const char *end)
{
    size_t bytes = (size_t)(end - cutter->text);
    cutter->wide = reallocarray(NULL, bytes + 1, sizeof *cutter->wide);
    cutter->offset = reallocarray(NULL, bytes + 1, sizeof *cutter->offset);
    if (cutter->wide == NULL || cutter->offset == NULL)
        return REG_ESPACE;
    cutter->size = 0;
    const char *at = cutter->text;
    while (at < end) {
        cutter->offset[cutter->size] = (int)(at - cutter->text);
        cutter->wide[cutter->size++] = __regex_decode(cutter->subject->program, &at);
    }
    cutter->offset[cutter->size] = (int)bytes;
    return 0;
}

int __regex_submatch(const struct subject *subject, regmatch_t *match)
{
    const struct program *program = subject->program;
    size_t size = (size_t)program->code_count;
    struct cutter cutter = {.subject = subject, .match = match};
    const char *end = subject->text + match[0].rm_eo;
    int error = 0;
    cutter.text = subject->text + match[0].rm_so;
    cutter.size = (int)(match[0].rm_eo - match[0].rm_so);
    uint32_t *memory = calloc(6 * size, sizeof *memory);
    if (memory == NULL)
        return REG_ESPACE;
    cutter.stack = places_init(&cutter.next, places_init(&cutter.now, memory, size), size);
    if (program->utf8)
        error = decode_match(&cutter, end);
    if (error == 0)
        assign(&cutter, &program->nodes[program->root], 0, cutter.size);
    free(memory);
    free(cutter.wide);
    free(cutter.offset);
    return cutter.failed ? REG_ESPACE : error;
}

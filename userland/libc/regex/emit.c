/*
 * Trees to programs. Each direction's code ends in OP_MATCH; backwards, lists are emitted from the
 * last item to the first. A pattern with back-references gets forward code only, with slots.
 */
#include <stdlib.h>
#include <string.h>
#include "walk.h"

struct emitter {
    struct program *program;
    int direction;
    int failed;
};

static void emit_node(struct emitter *emitter, int index);

static int emit(struct emitter *emitter, enum opcode op, uint32_t a, uint32_t b)
{
    struct program *program = emitter->program;
    int count = program->code_count;
    if (emitter->failed)
        return 0;
    if ((count & (count - 1)) == 0) {
        size_t room = count == 0 ? 1 : (size_t)count * 2;
        struct code *more = reallocarray(program->code, room, sizeof *more);
        if (more == NULL) {
            emitter->failed = 1;
            return 0;
        }
        program->code = more;
    }
    program->code[count] = (struct code){op, a, b};
    program->code_count = count + 1;
    return count;
}

static uint32_t here(const struct emitter *emitter)
{
    return (uint32_t)emitter->program->code_count;
}

/* Lists are linked forwards only, so going backwards turns the links round and back again. */
static int reverse(struct node *nodes, int first)
{
    int before = -1;
    while (first >= 0) {
        int next = nodes[first].next;
        nodes[first].next = before;
        before = first;
        first = next;
    }
    return before;
}

static void emit_list(struct emitter *emitter, int child)
{
    struct node *nodes = emitter->program->nodes;
    if (emitter->direction == BACKWARD)
        child = reverse(nodes, child);
    for (int i = child; i >= 0; i = nodes[i].next)
        emit_node(emitter, i);
    if (emitter->direction == BACKWARD)
        reverse(nodes, child);
}

/* split, one, jump, split, two, jump ... last; the jumps are chained by a until the end is known.
 */
static void emit_or(struct emitter *emitter, int child)
{
    struct program *program = emitter->program;
    uint32_t chain = 0; /* code 0 is never such a jump: a split stands before each */
    for (; program->nodes[child].next >= 0; child = program->nodes[child].next) {
        int split = emit(emitter, OP_SPLIT, here(emitter) + 1, 0);
        emit_node(emitter, child);
        chain = (uint32_t)emit(emitter, OP_JUMP, chain, 0);
        if (emitter->failed)
            return;
        program->code[split].b = here(emitter);
    }
    emit_node(emitter, child);
    while (chain != 0 && !emitter->failed) {
        uint32_t before = program->code[chain].a;
        program->code[chain].a = here(emitter);
        chain = before;
    }
}

/* The body of a loop; with back-references a round must not be empty, or it would go on for ever.
 */
static void emit_body(struct emitter *emitter, int child)
{
    struct program *program = emitter->program;
    if (!program->has_back) {
        emit_node(emitter, child);
        return;
    }
    uint32_t slot = (uint32_t)program->slots++;
    emit(emitter, OP_SAVE, slot, 0);
    emit_node(emitter, child);
    emit(emitter, OP_CHECK, slot, 0);
}

static void emit_star(struct emitter *emitter, int child)
{
    uint32_t top = here(emitter);
    int split = emit(emitter, OP_SPLIT, top + 1, 0);
    emit_body(emitter, child);
    emit(emitter, OP_JUMP, top, 0);
    if (!emitter->failed)
        emitter->program->code[split].b = here(emitter);
}

/* The first round of + may be empty, so with back-references it stands before a star. */
static void emit_plus(struct emitter *emitter, int child)
{
    uint32_t top = here(emitter);
    emit_node(emitter, child);
    if (emitter->program->has_back)
        emit_star(emitter, child);
    else
        emit(emitter, OP_SPLIT, top, here(emitter) + 1);
}

static void emit_option(struct emitter *emitter, int child)
{
    int split = emit(emitter, OP_SPLIT, here(emitter) + 1, 0);
    emit_node(emitter, child);
    if (!emitter->failed)
        emitter->program->code[split].b = here(emitter);
}

static void emit_group(struct emitter *emitter, uint32_t number, int child)
{
    int has_back = emitter->program->has_back;
    if (has_back)
        emit(emitter, OP_SAVE, 2 * number, 0);
    emit_node(emitter, child);
    if (has_back)
        emit(emitter, OP_SAVE, 2 * number + 1, 0);
}

static void emit_node(struct emitter *emitter, int index)
{
    struct node *node = &emitter->program->nodes[index];
    if (emitter->failed)
        return;
    node->start[emitter->direction] = (int)here(emitter);
    switch ((enum node_type)node->type) {
    case NODE_EMPTY:
        break;
    case NODE_CHAR:
        emit(emitter, OP_CHAR, node->a, node->b);
        break;
    case NODE_ANY:
        emit(emitter, OP_ANY, 0, 0);
        break;
    case NODE_SET:
        emit(emitter, OP_SET, node->a, 0);
        break;
    case NODE_BEGIN:
        emit(emitter, OP_BEGIN, 0, 0);
        break;
    case NODE_END:
        emit(emitter, OP_END, 0, 0);
        break;
    case NODE_BACK:
        emit(emitter, OP_BACK, node->a, 0);
        break;
    case NODE_GROUP:
        emit_group(emitter, node->a, node->child);
        break;
    case NODE_CAT:
        emit_list(emitter, node->child);
        break;
    case NODE_OR:
        emit_or(emitter, node->child);
        break;
    case NODE_STAR:
        emit_star(emitter, node->child);
        break;
    case NODE_PLUS:
        emit_plus(emitter, node->child);
        break;
    case NODE_OPTION:
        emit_option(emitter, node->child);
        break;
    }
    node->end[emitter->direction] = (int)here(emitter);
}

/* Fills in the length of each node and the groups in it. */
static void measure(struct program *program, int index)
{
    struct node *node = &program->nodes[index];
    int type = node->type;
    node->length = type == NODE_CHAR || type == NODE_ANY || type == NODE_SET;
    node->group_low = type == NODE_GROUP ? (int)node->a : program->groups + 1;
    node->group_high = type == NODE_GROUP ? (int)node->a + 1 : 0;
    for (int i = node->child; i >= 0; i = program->nodes[i].next) {
        const struct node *child = &program->nodes[i];
        measure(program, i);
        if (child->group_low < node->group_low)
            node->group_low = child->group_low;
        if (child->group_high > node->group_high)
            node->group_high = child->group_high;
        if (node->length < 0 || child->length < 0)
            node->length = -1;
        else if (type != NODE_OR || i == node->child)
            node->length += child->length;
        else if (node->length != child->length)
            node->length = -1;
    }
    if (type == NODE_STAR || type == NODE_PLUS || type == NODE_OPTION || type == NODE_BACK)
        node->length = -1;
}

/* What the code takes as the first byte of a match. */
static void add_first(struct program *program, const struct code *code)
{
    for (uint32_t byte = 0; byte < 256; byte++)
        if ((byte >= 128 && program->utf8) || code_takes(program, code, byte))
            program->first[byte / 32] |= 1U << (byte % 32);
}

/* Which bytes can come first: a walk from the start that takes anchors for granted. */
static void find_first(struct program *program, struct places *places)
{
    places_add(places, 0);
    for (int i = 0; i < places->count; i++) {
        uint32_t at = places->list[i];
        const struct code *code = &program->code[at];
        switch ((enum opcode)code->op) {
        case OP_BEGIN:
        case OP_END:
        case OP_SAVE:
        case OP_CHECK:
            places_add(places, at + 1);
            break;
        case OP_SPLIT:
            places_add(places, code->b);
            places_add(places, code->a);
            break;
        case OP_JUMP:
            places_add(places, code->a);
            break;
        case OP_MATCH:
        case OP_BACK:
            program->can_be_empty = 1;
            break;
        default:
            add_first(program, code);
            break;
        }
    }
}

/* If the pattern is nothing but text, keeps that text. */
static int find_literal(struct program *program)
{
    const struct node *root = &program->nodes[program->root];
    size_t size = 0;
    if (root->type != NODE_CAT || root->child < 0)
        return 0;
    for (int i = root->child; i >= 0; i = program->nodes[i].next) {
        const struct node *node = &program->nodes[i];
        if (node->type != NODE_CHAR || node->a != node->b || node->a >= 128)
            return 0;
        size++;
    }
    program->literal = malloc(size + 1);
    if (program->literal == NULL)
        return -1;
    char *to = program->literal;
    for (int i = root->child; i >= 0; i = program->nodes[i].next)
        *to++ = (char)program->nodes[i].a;
    *to = '\0';
    program->literal_only = 1;
    return 0;
}

static int is_anchored(const struct program *program)
{
    const struct node *node = &program->nodes[program->root];
    while ((node->type == NODE_CAT || node->type == NODE_GROUP) && node->child >= 0)
        node = &program->nodes[node->child];
    return node->type == NODE_BEGIN && !(program->flags & REG_NEWLINE);
}

int __regex_emit(struct program *program)
{
    struct emitter emitter = {.program = program, .direction = FORWARD};
    measure(program, program->root);
    program->slots = 2 * (program->groups + 1);
    emit_node(&emitter, program->root);
    emit(&emitter, OP_MATCH, 0, 0);
    if (program->groups > 0 && !program->has_back && !(program->flags & REG_NOSUB)) {
        emitter.direction = BACKWARD;
        emit_node(&emitter, program->root);
        emit(&emitter, OP_MATCH, 0, 0);
    }
    struct places places;
    size_t size = (size_t)program->code_count;
    uint32_t *memory = emitter.failed ? NULL : calloc(2 * size, sizeof *memory);
    if (memory == NULL)
        return REG_ESPACE;
    places_init(&places, memory, size);
    find_first(program, &places);
    free(memory);
    program->anchored = is_anchored(program);
    return find_literal(program) < 0 ? REG_ESPACE : 0;
}

/*
 * The leftmost longest match: all states at once, each with the place where its match began. States
 * are kept in the order of those places, since new ones begin later and each step keeps the order;
 * so of two ways into a state the first to arrive began first, and the second can be dropped.
 */
#include <string.h>
#include "walk.h"

#define SMALL 64

struct walker {
    struct places places;
    const char **begin; /* of each in places.list */
};

struct search {
    const struct subject *subject;
    uint32_t *stack;
    int found;
    const char *best; /* where the best match begins */
    const char *best_end;
};

/* Adds a place and all that can be reached from it without a character. */
static void follow(struct search *search, struct walker *walker, uint32_t place, const char *at,
                   const char *begin)
{
    const struct program *program = search->subject->program;
    size_t depth = 0;
    search->stack[depth++] = place;
    while (depth > 0) {
        place = search->stack[--depth];
        if (!places_add(&walker->places, place))
            continue;
        walker->begin[walker->places.count - 1] = begin;
        const struct code *code = &program->code[place];
        switch ((enum opcode)code->op) {
        case OP_JUMP:
            search->stack[depth++] = code->a;
            break;
        case OP_SPLIT:
            search->stack[depth++] = code->b;
            search->stack[depth++] = code->a;
            break;
        case OP_BEGIN:
            if (__regex_at_begin(search->subject, at))
                search->stack[depth++] = place + 1;
            break;
        case OP_END:
            if (__regex_at_end(search->subject, at))
                search->stack[depth++] = place + 1;
            break;
        case OP_MATCH: /* the first to come began first; later steps only make it longer */
            if (!search->found || begin <= search->best) {
                search->found = 1;
                search->best = begin;
                search->best_end = at;
            }
            break;
        default:
            break;
        }
    }
}

static void step(struct search *search, const struct walker *from, struct walker *to, uint32_t c,
                 const char *behind)
{
    const struct program *program = search->subject->program;
    to->places.count = 0;
    for (int i = 0; i < from->places.count; i++) {
        if (search->found && from->begin[i] > search->best)
            return; /* and so do all that follow */
        uint32_t place = from->places.list[i];
        if (code_takes(program, &program->code[place], c))
            follow(search, to, place + 1, behind, from->begin[i]);
    }
}

/* With no state alive: the next place where a match can begin. */
static const char *skip(const struct program *program, const char *at)
{
    if (program->can_be_empty)
        return at;
    for (; *at != '\0'; at++) {
        unsigned char byte = (unsigned char)*at;
        if (program->first[byte / 32] >> (byte % 32) & 1)
            break;
    }
    return at;
}

static void run(struct search *search, struct walker *now, struct walker *next)
{
    const struct program *program = search->subject->program;
    const char *at = search->subject->text;
    for (;;) {
        int begins = !search->found && (!program->anchored || at == search->subject->text);
        if (now->places.count == 0) {
            if (!begins)
                return;
            if (!program->anchored)
                at = skip(program, at);
        }
        if (begins)
            follow(search, now, 0, at, at);
        if (search->found && (program->flags & REG_NOSUB))
            return;
        if (*at == '\0')
            return;
        uint32_t c = __regex_decode(program, &at);
        step(search, now, next, c, at);
        struct walker swap = *now;
        *now = *next;
        *next = swap;
    }
}

int __regex_search(const struct subject *subject, regmatch_t *whole)
{
    /* Places cannot be added twice, so neither lists nor stack hold more than two for each code. */
    size_t size = (size_t)subject->program->code_count;
    uint32_t small_places[6 * SMALL];
    const char *small_begins[2 * SMALL];
    uint32_t *places = small_places;
    const char **begins = small_begins;
    struct walker now, next;
    void *memory = NULL;
    if (size > SMALL) {
        memory = malloc(size * (2 * sizeof *begins + 6 * sizeof *places));
        if (memory == NULL)
            return REG_ESPACE;
        begins = memory;
        places = (uint32_t *)(void *)(begins + 2 * size);
    }
    struct search search = {.subject = subject};
    search.stack = places_init(&next.places, places_init(&now.places, places, size), size);
    now.begin = begins;
    next.begin = begins + size;
    memset(now.places.index, 0, size * sizeof *places);
    memset(next.places.index, 0, size * sizeof *places);
    run(&search, &now, &next);
    free(memory);
    if (!search.found)
        return REG_NOMATCH;
    whole->rm_so = search.best - subject->text;
    whole->rm_eo = search.best_end - subject->text;
    return 0;
}

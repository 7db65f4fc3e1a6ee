/*
 * Patterns with back-references, path by path from each place on, the longest match winning. What a
 * path did to the slots is undone on the way back. The time can be exponential; nothing better is
 * known for back-references.
 */
#include <stdlib.h>
#include <string.h>
#include <wctype.h>
#include "regex_impl.h"

/* A place to come back to, or (at == NULL) a slot to be set as it was. */
struct choice {
    const char *at;
    uint32_t place; /* or slot */
    const char *old;
};

struct backtrack {
    const struct subject *subject;
    const char **slots;
    const char **best; /* the slots of the longest match so far */
    const char *best_end;
    struct choice *choices;
    size_t count;
    size_t room;
    int failed;
};

static void push(struct backtrack *run, struct choice choice)
{
    if (run->count == run->room) {
        size_t room = run->room == 0 ? 64 : run->room * 2;
        struct choice *more = reallocarray(run->choices, room, sizeof *more);
        if (more == NULL) {
            run->failed = 1;
            return;
        }
        run->choices = more;
        run->room = room;
    }
    run->choices[run->count++] = choice;
}

static void set_slot(struct backtrack *run, uint32_t slot, const char *at)
{
    push(run, (struct choice){NULL, slot, run->slots[slot]});
    run->slots[slot] = at;
}

/* Takes up the last choice; false if none is left. */
static int pop(struct backtrack *run, uint32_t *place, const char **at)
{
    while (run->count > 0) {
        struct choice choice = run->choices[--run->count];
        if (choice.at != NULL) {
            *place = choice.place;
            *at = choice.at;
            return 1;
        }
        run->slots[choice.place] = choice.old;
    }
    return 0;
}

static int same_text(const struct program *program, const char *a, const char *b, size_t size)
{
    if (!(program->flags & REG_ICASE))
        return strncmp(a, b, size) == 0;
    for (size_t i = 0; i < size; i++)
        if (towlower((unsigned char)a[i]) != towlower((unsigned char)b[i]))
            return 0;
    return 1;
}

/* Moves *at over the text that the group has matched. */
static int match_back(const struct backtrack *run, uint32_t group, const char **at)
{
    const char *from = run->slots[2 * group], *to = run->slots[2 * group + 1];
    if (from == NULL || to == NULL || to < from)
        return 0;
    size_t size = (size_t)(to - from);
    if (strnlen(*at, size) < size || !same_text(run->subject->program, from, *at, size))
        return 0;
    *at += size;
    return 1;
}

static void accept(struct backtrack *run, const char *at)
{
    if (run->best_end != NULL && at <= run->best_end)
        return;
    run->best_end = at;
    memcpy(run->best, run->slots, (size_t)run->subject->program->slots * sizeof *run->best);
}

/* Does one code; false if this path ends here. */
static int step(struct backtrack *run, uint32_t *place, const char **at)
{
    const struct program *program = run->subject->program;
    const struct code *code = &program->code[*place];
    uint32_t next = *place + 1;
    switch ((enum opcode)code->op) {
    case OP_CHAR:
    case OP_ANY:
    case OP_SET:
        if (**at == '\0' || !code_takes(program, code, __regex_decode(program, at)))
            return 0;
        break;
    case OP_BEGIN:
        if (!__regex_at_begin(run->subject, *at))
            return 0;
        break;
    case OP_END:
        if (!__regex_at_end(run->subject, *at))
            return 0;
        break;
    case OP_JUMP:
        next = code->a;
        break;
    case OP_SPLIT:
        push(run, (struct choice){*at, code->b, NULL});
        next = code->a;
        break;
    case OP_MATCH:
        accept(run, *at);
        return 0;
    case OP_SAVE:
        set_slot(run, code->a, *at);
        break;
    case OP_CHECK:
        if (run->slots[code->a] == *at)
            return 0;
        break;
    case OP_BACK:
        if (!match_back(run, code->a, at))
            return 0;
        break;
    }
    *place = next;
    return 1;
}

static void attempt(struct backtrack *run, const char *from)
{
    uint32_t place = 0;
    const char *at = from;
    do {
        while (!run->failed && step(run, &place, &at))
            continue;
        if (run->best_end != NULL && *run->best_end == '\0')
            return; /* there is no longer one */
    } while (!run->failed && pop(run, &place, &at));
}

static int search(struct backtrack *run)
{
    const struct program *program = run->subject->program;
    const char *at = run->subject->text;
    for (;;) {
        attempt(run, at);
        if (run->failed)
            return REG_ESPACE;
        if (run->best_end != NULL)
            break;
        if (*at == '\0' || program->anchored)
            return REG_NOMATCH;
        __regex_decode(program, &at);
    }
    run->best[0] = at;
    run->best[1] = run->best_end;
    return 0;
}

int __regex_backtrack(const struct subject *subject, regmatch_t *match)
{
    size_t slots = (size_t)subject->program->slots;
    struct backtrack run = {.subject = subject};
    run.slots = calloc(2 * slots, sizeof *run.slots);
    if (run.slots == NULL)
        return REG_ESPACE;
    run.best = run.slots + slots;
    int error = search(&run);
    for (int i = 0; i <= subject->program->groups && error == 0; i++)
        if (run.best[2 * i] != NULL && run.best[2 * i + 1] != NULL) {
            match[i].rm_so = run.best[2 * i] - subject->text;
            match[i].rm_eo = run.best[2 * i + 1] - subject->text;
        }
    free(run.choices);
    free(run.slots);
    return error;
}

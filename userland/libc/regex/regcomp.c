/* regcomp, regexec, regfree, and what all parts need to know of characters. */
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include "locale_impl.h"
#include "regex_impl.h"

/* In UTF-8 text a byte that begins no character is one by itself, and none that exists. */
#define STRAY_BASE 0xdf00

uint32_t __regex_decode(const struct program *program, const char **text)
{
    unsigned char byte = (unsigned char)**text;
    if (byte < 0x80 || !program->utf8) {
        ++*text;
        return byte;
    }
    mbstate_t state = {0};
    wchar_t wide;
    size_t used = mbrtowc(&wide, *text, strnlen(*text, 4), &state);
    if (used >= (size_t)-2) {
        ++*text;
        return STRAY_BASE + byte;
    }
    *text += used;
    return (uint32_t)wide;
}

int __regex_set_has(const struct set *set, uint32_t c)
{
    int inside = 0;
    if (c < 256)
        return (int)(set->map[c / 32] >> (c % 32) & 1);
    for (int i = 0; i < set->range_count && !inside; i++)
        inside = c >= set->ranges[i].low && c <= set->ranges[i].high;
    for (int i = 0; i < set->class_count && !inside; i++)
        inside = iswctype(c, set->classes[i]);
    return inside != set->negated;
}

int __regex_at_begin(const struct subject *subject, const char *at)
{
    if (at == subject->text)
        return !(subject->flags & REG_NOTBOL);
    return (subject->program->flags & REG_NEWLINE) && at[-1] == '\n';
}

int __regex_at_end(const struct subject *subject, const char *at)
{
    if (*at == '\0')
        return !(subject->flags & REG_NOTEOL);
    return (subject->program->flags & REG_NEWLINE) && *at == '\n';
}

void __regex_free(struct program *program)
{
    if (program == NULL)
        return;
    for (int i = 0; i < program->set_count; i++) {
        free(program->sets[i].ranges);
        free(program->sets[i].classes);
    }
    free(program->sets);
    free(program->nodes);
    free(program->code);
    free(program->literal);
    free(program);
}

int regcomp(regex_t *restrict preg, const char *restrict pattern, int flags)
{
    struct program *program = calloc(1, sizeof *program);
    if (program == NULL)
        return REG_ESPACE;
    program->flags = flags;
    program->utf8 = __locale_utf8;
    int error = __regex_parse(program, pattern);
    if (error == 0)
        error = __regex_emit(program);
    if (error != 0) {
        __regex_free(program);
        return error;
    }
    preg->re_nsub = (size_t)program->groups;
    preg->__program = program;
    return 0;
}

void regfree(regex_t *preg)
{
    __regex_free(preg->__program);
    preg->__program = NULL;
}

static int match_literal(const struct subject *subject, regmatch_t *whole)
{
    const struct program *program = subject->program;
    const char *found = strstr(subject->text, program->literal);
    if (found == NULL)
        return REG_NOMATCH;
    whole->rm_so = found - subject->text;
    whole->rm_eo = whole->rm_so + (regoff_t)strlen(program->literal);
    return 0;
}

/* Results for all groups go into memory of our own where the caller wants fewer. */
static int match_groups(const struct subject *subject, size_t count, regmatch_t *match)
{
    const struct program *program = subject->program;
    size_t all = (size_t)program->groups + 1;
    regmatch_t *result = reallocarray(NULL, all, sizeof *result);
    if (result == NULL)
        return REG_ESPACE;
    for (size_t i = 0; i < all; i++)
        result[i] = (regmatch_t){-1, -1};
    int error =
        program->has_back ? __regex_backtrack(subject, result) : __regex_search(subject, result);
    if (error == 0 && !program->has_back && count > 1)
        error = __regex_submatch(subject, result);
    for (size_t i = 0; i < count && error == 0; i++)
        match[i] = i < all ? result[i] : (regmatch_t){-1, -1};
    free(result);
    return error;
}

int regexec(const regex_t *restrict preg, const char *restrict string, size_t count,
            regmatch_t match[restrict], int flags)
{
    const struct program *program = preg->__program;
    struct subject subject = {program, string, flags};
    regmatch_t whole = {-1, -1};
    if (program->flags & REG_NOSUB)
        count = 0;
    if (program->has_back || (count > 1 && program->groups > 0))
        return match_groups(&subject, count, match);
    int error =
        program->literal_only ? match_literal(&subject, &whole) : __regex_search(&subject, &whole);
    for (size_t i = 0; i < count && error == 0; i++)
        match[i] = i == 0 ? whole : (regmatch_t){-1, -1};
    return error;
}

/*
 * Word expansions.
 *
 * A word is first expanded into one run of bytes, with an attribute for each: quoted, to be split
 * at $IFS, or neither. Two markers take the place of bytes: an anchor says that there is a field
 * even if it is empty (""), a break ends a field ("$@"). Then the run is split into fields, then
 * each field is matched against path names.
 */
#include <ctype.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "arith.h"
#include "error.h"
#include "eval.h"
#include "expand.h"
#include "glob.h"
#include "lex.h"
#include "options.h"
#include "pattern.h"
#include "shell.h"
#include "var.h"

enum attribute {
    ATTR_PLAIN,  /* as it stands in the word, unquoted */
    ATTR_SPLIT,  /* from an unquoted expansion: split at $IFS */
    ATTR_QUOTED, /* neither split nor part of a pattern */
    ATTR_ANCHOR,
    ATTR_BREAK
};

/* How much of the expansions is wanted. */
enum purpose { FOR_FIELDS, FOR_STRING, FOR_ASSIGNMENT };

struct run {
    struct buf text;
    struct buf attributes;
    enum purpose purpose;
    enum attribute bare; /* what unquoted text is: split inside ${x-...}, plain outside */
};

static void expand_parts(struct run *run, struct part *parts);

void fields_add(struct fields *fields, char *item)
{
    if (fields->count + 1 >= fields->cap) {
        int cap = fields->cap ? fields->cap * 2 : 16;
        char **items = scratch_alloc((size_t)cap * sizeof *items);

        if (fields->count)
            memcpy(items, fields->items, (size_t)fields->count * sizeof *items);
        fields->items = items;
        fields->cap = cap;
    }
    fields->items[fields->count++] = item;
    fields->items[fields->count] = NULL;
}

/* --- the run --- */

static void emit_bytes(struct run *run, const char *s, size_t len, enum attribute attribute)
{
    buf_bytes(&run->text, s, len);
    for (size_t i = 0; i < len; i++)
        buf_char(&run->attributes, (char)attribute);
}

static void emit_marker(struct run *run, enum attribute marker)
{
    emit_bytes(run, "", 1, marker);
}

/* The result of an expansion. */
static void emit_value(struct run *run, const char *value, bool quoted)
{
    if (quoted)
        emit_marker(run, ATTR_ANCHOR);
    emit_bytes(run, value, strlen(value), quoted ? ATTR_QUOTED : ATTR_SPLIT);
}

/* --- tilde --- */

static const char *home_of(const char *user, size_t len)
{
    struct passwd *entry;

    if (len == 0)
        return var_get("HOME");
    entry = getpwnam(scratch_strndup(user, len));
    return entry ? entry->pw_dir : NULL;
}

/* The tilde-prefix at s if there is one; returns its length, or 0. `last`: no part follows. */
static size_t expand_tilde(struct run *run, const char *s, bool last)
{
    size_t len = strcspn(s + 1, run->purpose == FOR_ASSIGNMENT ? "/:" : "/");
    const char *home;
    size_t home_len;

    if (!s[1 + len] && !last)
        return 0;
    home = home_of(s + 1, len);
    if (!home)
        return 0;
    home_len = strlen(home);
    if (home_len > 0 && home[home_len - 1] == '/' && s[1 + len] == '/')
        home_len--;
    emit_marker(run, ATTR_ANCHOR);
    emit_bytes(run, home, home_len, ATTR_QUOTED);
    return 1 + len;
}

static void expand_text(struct run *run, const struct part *part, bool first)
{
    const char *s = part->text;
    bool start = first;

    if (part->quoted) {
        emit_value(run, s, true);
        return;
    }
    while (*s) {
        size_t len = *s == '~' && start ? expand_tilde(run, s, !part->next) : 0;

        if (len == 0) {
            emit_bytes(run, s, 1, run->bare);
            len = 1;
        }
        start = run->purpose == FOR_ASSIGNMENT && len == 1 && *s == ':';
        s += len;
    }
}

/* --- parameters --- */

static bool is_all(const char *name)
{
    return strcmp(name, "@") == 0 || strcmp(name, "*") == 0;
}

/* The positional parameters in one string, joined by a space or by the first byte of $IFS. */
static char *join_params(char name)
{
    struct buf joined = {0};
    const char *ifs = var_get("IFS");
    char separator = name == '*' && ifs ? *ifs : ' ';

    for (int i = 0; i < sh.params.count; i++) {
        if (i > 0 && separator)
            buf_char(&joined, separator);
        buf_text(&joined, sh.params.args[i]);
    }
    buf_bytes(&joined, "", 0);
    return joined.data;
}

static char *number_text(long number)
{
    struct buf text = {0};

    buf_format(&text, "%ld", number);
    return text.data;
}

static const char *positional(const char *name)
{
    long number = 0;

    for (; *name; name++) {
        number = number * 10 + (*name - '0');
        if (number > sh.params.count)
            return NULL;
    }
    return number == 0 ? sh.name : sh.params.args[number - 1];
}

/* Null if it is unset. */
static const char *param_value(const char *name)
{
    switch (name[0]) {
    case '@':
    case '*':
        return sh.params.count > 0 ? join_params(name[0]) : NULL;
    case '#':
        return number_text(sh.params.count);
    case '?':
        return number_text(sh.status);
    case '$':
        return number_text(sh.pid);
    case '!':
        return sh.async ? number_text(sh.async) : NULL;
    case '-':
        return options_letters();
    default:
        return isdigit((unsigned char)name[0]) ? positional(name) : var_get(name);
    }
}

/* $@ or $*, where each parameter is a field of its own. */
static void emit_params(struct run *run, bool quoted)
{
    for (int i = 0; i < sh.params.count; i++) {
        if (i > 0)
            emit_marker(run, ATTR_BREAK);
        emit_value(run, sh.params.args[i], quoted);
    }
}

static void emit_param(struct run *run, const struct part *part, const char *value)
{
    bool separate = run->purpose == FOR_FIELDS &&
                    (part->text[0] == '@' || (part->text[0] == '*' && !part->quoted));

    if (separate)
        emit_params(run, part->quoted);
    else
        emit_value(run, value ? value : "", part->quoted);
}

/* The word of ${x-word}. */
static void emit_word(struct run *run, const struct part *part)
{
    enum attribute bare = run->bare;

    if (part->quoted && !(part->arg->parts && part->arg->parts->kind == PART_PARAM))
        emit_marker(run, ATTR_ANCHOR);
    run->bare = ATTR_SPLIT;
    expand_parts(run, part->arg->parts);
    run->bare = bare;
}

static void require_set(const struct part *part, const char *value)
{
    if (!value && sh.opt[OPT_NOUNSET] && !is_all(part->text))
        sh_fatal(2, "%s: parameter not set", part->text);
}

static void assign_default(struct run *run, const struct part *part)
{
    const char *value;

    if (!is_name(part->text))
        sh_fatal(2, "%s: cannot be assigned in this way", part->text);
    value = expand_string(part->arg);
    var_assign(part->text, value);
    emit_value(run, value, part->quoted);
}

_Noreturn static void param_error(const struct part *part)
{
    const char *message = part->arg->parts ? expand_string(part->arg)
                          : part->colon    ? "parameter not set or null"
                                           : "parameter not set";

    sh_fatal(2, "%s: %s", part->text, message);
}

/* What is left of the value without the prefix or suffix that the pattern matches. */
static char *trim(const char *value, const char *pattern, enum param_op op)
{
    size_t len = strlen(value);
    bool suffix = op == PARAM_SUFFIX || op == PARAM_LONG_SUFFIX;
    bool longest = op == PARAM_LONG_SUFFIX || op == PARAM_LONG_PREFIX;

    for (size_t i = 0; i <= len; i++) {
        size_t part = longest ? len - i : i;

        if (suffix && pattern_match(pattern, value + len - part, part))
            return scratch_strndup(value, len - part);
        if (!suffix && pattern_match(pattern, value, part))
            return scratch_strdup(value + part);
    }
    return scratch_strdup(value);
}

static void expand_param(struct run *run, const struct part *part)
{
    const char *value = param_value(part->text);
    bool missing = !value || (part->colon && !*value);

    switch (part->op) {
    case PARAM_PLAIN:
        require_set(part, value);
        emit_param(run, part, value);
        return;
    case PARAM_DEFAULT:
        if (missing)
            emit_word(run, part);
        else
            emit_param(run, part, value);
        return;
    case PARAM_ALTERNATE:
        if (!missing)
            emit_word(run, part);
        else if (part->quoted)
            emit_marker(run, ATTR_ANCHOR);
        return;
    case PARAM_ASSIGN:
        if (missing)
            assign_default(run, part);
        else
            emit_param(run, part, value);
        return;
    case PARAM_ERROR:
        if (missing)
            param_error(part);
        emit_param(run, part, value);
        return;
    case PARAM_LENGTH:
        require_set(part, value);
        emit_value(run, number_text(value ? (long)strlen(value) : 0), part->quoted);
        return;
    case PARAM_BAD:
        sh_fatal(2, "${%s...}: bad substitution", part->text);
    default:
        require_set(part, value);
        value = trim(value ? value : "", expand_pattern(part->arg), part->op);
        emit_value(run, value, part->quoted);
        return;
    }
}

static void expand_command(struct run *run, const struct part *part)
{
    struct buf output = {0};

    eval_substitution(part->body, &output);
    while (output.len > 0 && output.data[output.len - 1] == '\n')
        output.len--;
    if (part->quoted)
        emit_marker(run, ATTR_ANCHOR);
    emit_bytes(run, buf_string(&output), output.len, part->quoted ? ATTR_QUOTED : ATTR_SPLIT);
}

static void expand_parts(struct run *run, struct part *parts)
{
    for (struct part *part = parts; part; part = part->next) {
        switch (part->kind) {
        case PART_TEXT:
            expand_text(run, part, part == parts);
            break;
        case PART_PARAM:
            expand_param(run, part);
            break;
        case PART_COMMAND:
            expand_command(run, part);
            break;
        case PART_ARITH:
            emit_value(run, number_text((long)arith_eval(expand_string(part->arg))), part->quoted);
            break;
        }
    }
}

/* --- fields --- */

/* The bytes of the run between two offsets, without markers. */
static char *run_text(const struct run *run, size_t from, size_t to)
{
    struct buf out = {0};

    for (size_t i = from; i < to; i++) {
        if (run->attributes.data[i] < ATTR_ANCHOR)
            buf_char(&out, run->text.data[i]);
    }
    buf_bytes(&out, "", 0);
    return out.data;
}

/* The same as a pattern: quoted bytes that could mean something get a backslash. */
static char *run_pattern(const struct run *run, size_t from, size_t to)
{
    struct buf out = {0};

    for (size_t i = from; i < to; i++) {
        char c = run->text.data[i];

        if (run->attributes.data[i] >= ATTR_ANCHOR)
            continue;
        if (run->attributes.data[i] == ATTR_QUOTED && strchr("*?[]\\-!^", c))
            buf_char(&out, '\\');
        buf_char(&out, c);
    }
    buf_bytes(&out, "", 0);
    return out.data;
}

static void add_field(const struct run *run, size_t from, size_t to, struct fields *out)
{
    if (!sh.opt[OPT_NOGLOB]) {
        const char *pattern = run_pattern(run, from, to);

        if (pattern_is_magic(pattern) && glob_expand(pattern, out))
            return;
    }
    fields_add(out, run_text(run, from, to));
}

/* What a byte of the run means for splitting. */
enum splitting {
    SPLIT_TEXT,
    SPLIT_BLANK,    /* white space in $IFS: any number is one separator */
    SPLIT_SEPARATOR /* other bytes in $IFS: each separates, blanks around it belong to it */
};

static enum splitting classify(const struct run *run, size_t i, const char *ifs)
{
    char c = run->text.data[i];

    if (run->attributes.data[i] != ATTR_SPLIT || !strchr(ifs, c))
        return SPLIT_TEXT;
    return strchr(" \t\n", c) ? SPLIT_BLANK : SPLIT_SEPARATOR;
}

/* XCU 2.6.5 */
static void split(const struct run *run, struct fields *out)
{
    const char *ifs = var_get("IFS");
    size_t start = 0;
    bool open = false;        /* there is a field since start */
    bool after_blank = false; /* blanks ended the last one: a separator now belongs to them */

    if (!ifs)
        ifs = " \t\n";
    for (size_t i = 0; i < run->text.len; i++) {
        bool is_break = run->attributes.data[i] == ATTR_BREAK;
        enum splitting class = is_break ? SPLIT_BLANK : classify(run, i, ifs);

        if (class == SPLIT_TEXT) {
            open = true;
            after_blank = false;
            continue;
        }
        if (open || (class == SPLIT_SEPARATOR && !after_blank))
            add_field(run, start, i, out);
        after_blank = class == SPLIT_BLANK && !is_break && (open || after_blank);
        open = false;
        start = i + 1;
    }
    if (open)
        add_field(run, start, run->text.len, out);
}

static void expand_run(struct run *run, struct word *word, enum purpose purpose)
{
    *run = (struct run){.purpose = purpose, .bare = ATTR_PLAIN};
    expand_parts(run, word->parts);
}

/* Most words are one plain text: no run needed. */
static bool expand_literal(const struct word *word, struct fields *out)
{
    const struct part *part = word->parts;

    if (!part || part->next || part->kind != PART_TEXT)
        return false;
    if (!part->quoted && strpbrk(part->text, "*?[~"))
        return false;
    fields_add(out, scratch_strdup(part->text));
    return true;
}

static void expand_word(struct word *word, struct fields *out)
{
    struct run run;

    if (expand_literal(word, out))
        return;
    expand_run(&run, word, FOR_FIELDS);
    split(&run, out);
}

void expand_words(struct word *words, struct fields *out)
{
    for (; words; words = words->next)
        expand_word(words, out);
}

static bool is_assignment(const struct word *word)
{
    const struct part *first = word->parts;
    size_t len;

    if (!first || first->kind != PART_TEXT || first->quoted)
        return false;
    len = name_length(first->text);
    return len > 0 && first->text[len] == '=';
}

/* name=value as one field; the tilde may stand directly after "=". */
static char *expand_declared(struct word *word)
{
    struct part value = *word->parts;
    struct word rest = {.parts = &value};
    size_t len = strcspn(value.text, "=") + 1;
    struct buf out = {0};

    buf_bytes(&out, value.text, len);
    value.text += len;
    if (!*value.text)
        rest.parts = value.next;
    buf_text(&out, expand_assignment(&rest));
    return out.data;
}

void expand_declaration(struct word *words, struct fields *out)
{
    for (; words; words = words->next) {
        if (is_assignment(words))
            fields_add(out, expand_declared(words));
        else
            expand_word(words, out);
    }
}

char *expand_string(struct word *word)
{
    struct run run;

    expand_run(&run, word, FOR_STRING);
    return run_text(&run, 0, run.text.len);
}

char *expand_assignment(struct word *word)
{
    struct run run;

    expand_run(&run, word, FOR_ASSIGNMENT);
    return run_text(&run, 0, run.text.len);
}

char *expand_pattern(struct word *word)
{
    struct run run;

    expand_run(&run, word, FOR_STRING);
    return run_pattern(&run, 0, run.text.len);
}

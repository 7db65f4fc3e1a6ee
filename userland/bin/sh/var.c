/*
 * Variables: a hash table of name=value strings, which are what execve wants.
 * LINENO is computed when it is read; assignments to PATH and OPTIND have effects elsewhere.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "exec.h"
#include "expand.h"
#include "lex.h"
#include "quote.h"
#include "shell.h"
#include "var.h"

#define BUCKETS 64

struct var {
    struct var *next;
    size_t name_len;
    int flags;
    bool set;
    char *text; /* name=value; only the name counts while it is not set */
};

int var_getopts_offset;

static struct var *table[BUCKETS];

static struct var **find(const char *name, size_t len)
{
    unsigned hash = 0;
    struct var **at;

    for (size_t i = 0; i < len; i++)
        hash = hash * 31 + (unsigned char)name[i];
    at = &table[hash % BUCKETS];
    while (*at && ((*at)->name_len != len || memcmp((*at)->text, name, len) != 0))
        at = &(*at)->next;
    return at;
}

static char *join(const char *name, size_t len, const char *value)
{
    size_t value_size = strlen(value) + 1;
    char *text = xmalloc(len + 1 + value_size);

    memcpy(text, name, len);
    text[len] = '=';
    memcpy(text + len + 1, value, value_size);
    return text;
}

static struct var *find_or_add(const char *name)
{
    size_t len = strlen(name);
    struct var **at = find(name, len);

    if (!*at) {
        *at = xmalloc(sizeof **at);
        **at = (struct var){.name_len = len, .text = join(name, len, "")};
    }
    return *at;
}

static const char *line_number(void)
{
    static char text[16];

    snprintf(text, sizeof text, "%d", sh.line);
    return text;
}

const char *var_get(const char *name)
{
    struct var *v = *find(name, strlen(name));

    if (!v || !v->set)
        return NULL;
    if (strcmp(name, "LINENO") == 0)
        return line_number();
    return v->text + v->name_len + 1;
}

static void changed(const char *name)
{
    if (strcmp(name, "PATH") == 0)
        exec_forget_paths();
    else if (strcmp(name, "OPTIND") == 0)
        var_getopts_offset = 0;
}

static void store(struct var *v, const char *value)
{
    char *text = join(v->text, v->name_len, value);

    free(v->text);
    v->text = text;
    v->set = true;
}

static bool refuse_readonly(const char *name)
{
    const struct var *v = *find(name, strlen(name));

    if (!v || !(v->flags & VAR_READONLY))
        return false;
    sh_warn("%s: is read only", name);
    return true;
}

bool var_set(const char *name, const char *value)
{
    struct var *v;

    if (refuse_readonly(name))
        return false;
    v = find_or_add(name);
    store(v, value);
    if (sh.opt[OPT_ALLEXPORT])
        v->flags |= VAR_EXPORT;
    changed(name);
    return true;
}

void var_assign(const char *name, const char *value)
{
    if (!var_set(name, value))
        sh_abandon(2);
}

static void remove_var(const char *name)
{
    struct var **at = find(name, strlen(name));
    struct var *v = *at;

    if (!v)
        return;
    *at = v->next;
    free(v->text);
    free(v);
}

bool var_unset(const char *name)
{
    if (refuse_readonly(name))
        return false;
    remove_var(name);
    changed(name);
    return true;
}

void var_flag(const char *name, int flags)
{
    find_or_add(name)->flags |= flags;
}

void var_save(struct var_saved **list, const char *name)
{
    const struct var *v = *find(name, strlen(name));
    struct var_saved *saved = scratch_alloc(sizeof *saved);

    saved->next = *list;
    saved->name = name;
    if (v && v->set)
        saved->value = scratch_strdup(v->text + v->name_len + 1);
    saved->flags = v ? v->flags : 0;
    *list = saved;
}

void var_restore(struct var_saved *list)
{
    for (; list; list = list->next) {
        remove_var(list->name);
        if (list->value)
            store(find_or_add(list->name), list->value);
        if (list->flags)
            var_flag(list->name, list->flags);
        changed(list->name);
    }
}

char **var_environment(void)
{
    size_t count = 0;
    char **environment;

    for (int i = 0; i < BUCKETS; i++) {
        for (struct var *v = table[i]; v; v = v->next)
            count += v->set && (v->flags & VAR_EXPORT);
    }
    environment = scratch_alloc((count + 1) * sizeof *environment);
    count = 0;
    for (int i = 0; i < BUCKETS; i++) {
        for (struct var *v = table[i]; v; v = v->next) {
            if (v->set && (v->flags & VAR_EXPORT))
                environment[count++] = v->text;
        }
    }
    return environment;
}

static int compare_names(const void *left, const void *right)
{
    const struct var *a = *(struct var *const *)left;
    const struct var *b = *(struct var *const *)right;
    size_t len = a->name_len < b->name_len ? a->name_len : b->name_len;
    int order = memcmp(a->text, b->text, len);

    return order ? order : (a->name_len > b->name_len) - (a->name_len < b->name_len);
}

static void print_one(struct buf *out, const char *prefix, const struct var *v)
{
    buf_text(out, prefix);
    if (*prefix)
        buf_char(out, ' ');
    buf_bytes(out, v->text, v->name_len);
    if (v->set) {
        buf_char(out, '=');
        quote_append(out, v->text + v->name_len + 1);
    }
    buf_char(out, '\n');
}

void var_print(struct buf *out, const char *prefix, int flags)
{
    size_t count = 0;
    struct var **all;

    for (int i = 0; i < BUCKETS; i++) {
        for (struct var *v = table[i]; v; v = v->next)
            count++;
    }
    all = scratch_alloc(count * sizeof(struct var *) + 1);
    count = 0;
    for (int i = 0; i < BUCKETS; i++) {
        for (struct var *v = table[i]; v; v = v->next) {
            if ((v->flags & flags) == flags && (v->set || flags))
                all[count++] = v;
        }
    }
    qsort(all, count, sizeof *all, compare_names);
    for (size_t i = 0; i < count; i++)
        print_one(out, prefix, all[i]);
}

const char *var_prompt(const char *name)
{
    const char *value = var_get(name);
    struct arena *arena;
    int status = sh.status;

    if (!value)
        return "";
    if (!strpbrk(value, "$`\\"))
        return value;
    arena = arena_new();
    value = expand_string(lex_quoted_text(arena, value, sh.line));
    arena_drop(arena);
    sh.status = status;
    return value;
}

static void set_default(const char *name, const char *value)
{
    if (!var_get(name))
        var_set(name, value);
}

/* $PWD from the environment counts only if it is where we are. */
static void set_pwd(void)
{
    char path[4096];

    if (getcwd(path, sizeof path)) {
        const char *pwd = var_get("PWD");

        if (!pwd || !exec_same_file(pwd, path))
            var_set("PWD", path);
        var_flag("PWD", VAR_EXPORT);
    }
}

void var_init(char **environment)
{
    char parent[24];

    for (; *environment; environment++) {
        size_t len = name_length(*environment);
        char *name;

        if (len == 0 || (*environment)[len] != '=')
            continue;
        name = xmalloc(len + 1);
        memcpy(name, *environment, len);
        name[len] = '\0';
        var_set(name, *environment + len + 1);
        var_flag(name, VAR_EXPORT);
        free(name);
    }
    var_set("IFS", " \t\n");
    var_set("OPTIND", "1");
    var_set("LINENO", "0");
    set_default("PS1", geteuid() == 0 ? "# " : "$ ");
    set_default("PS2", "> ");
    set_default("PS4", "+ ");
    set_default("PATH", "/bin:/usr/bin:/sbin");
    snprintf(parent, sizeof parent, "%ld", (long)getppid());
    var_set("PPID", parent);
    set_pwd();
}

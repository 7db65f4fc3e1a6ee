/*
 * The tree walker: one function per kind of command.
 *
 * A break, continue or return sets sh.skip; every sequence stops while it is set, and the loop,
 * function or dot script that it is meant for clears it. A process is forked only for what needs
 * one: in EVAL_AND_EXIT mode the last program replaces the shell.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "builtin.h"
#include "error.h"
#include "eval.h"
#include "exec.h"
#include "expand.h"
#include "func.h"
#include "jobs.h"
#include "parse.h"
#include "pattern.h"
#include "quote.h"
#include "redir.h"
#include "shell.h"
#include "out.h"
#include "trap.h"
#include "var.h"

#define REDIRECTION_FAILED 2
#define MAX_CALLS 1000 /* of functions within functions: bounds the recursion */

/* An assignment whose value has been expanded. */
struct binding {
    struct binding *next;
    const char *name;
    const char *value;
};

/* A simple command while it runs. */
struct command {
    struct node *node;
    struct fields args;
    struct binding *bindings;
    struct var_saved *saved; /* what the bindings replaced */
    bool demoted; /* by `command`: no functions, and special built-ins lose their powers */
};

static struct params outermost; /* positional parameters outside of all functions */

/* --- assignments --- */

/* Makes the assignments one after the other, since each may use those before it. */
static void assign_all(struct command *c, bool for_command)
{
    struct binding **end = &c->bindings;

    for (const struct assign *a = c->node->simple.assigns; a; a = a->next) {
        struct binding *b = scratch_alloc(sizeof *b);

        *b = (struct binding){NULL, a->name, expand_assignment(a->value)};
        *end = b;
        end = &b->next;
        if (for_command)
            var_save(&c->saved, b->name);
        var_assign(b->name, b->value);
        if (for_command)
            var_flag(b->name, VAR_EXPORT);
    }
}

/* set -x: the expanded command, before its redirections take standard error away. */
static void trace(const struct command *c)
{
    struct buf line = {0};

    if (!sh.opt[OPT_XTRACE] || (!c->args.count && !c->bindings))
        return;
    buf_text(&line, var_prompt("PS4"));
    for (const struct binding *b = c->bindings; b; b = b->next) {
        buf_format(&line, "%s=", b->name);
        quote_append_short(&line, b->value);
        buf_char(&line, ' ');
    }
    for (int i = 0; i < c->args.count; i++) {
        quote_append_short(&line, c->args.items[i]);
        buf_char(&line, ' ');
    }
    line.data[line.len - 1] = '\n';
    write_all(STDERR_FILENO, line.data, line.len);
}

/* --- simple commands --- */

static int eval_assignments(struct command *c)
{
    int mark = redir_mark();
    bool opened = redir_apply(c->node->redirs, true);

    if (opened)
        assign_all(c, false);
    trace(c);
    redir_restore(mark);
    return opened ? sh.subst_status : REDIRECTION_FAILED;
}

static int run_builtin(const struct command *c, const struct builtin *b)
{
    bool special = b->special && !c->demoted;
    int mark = redir_mark();
    int status = REDIRECTION_FAILED;

    builtin_failed = true;
    if (redir_apply(c->node->redirs, true)) {
        builtin_failed = false;
        status = b->run(c->args.count, c->args.items);
    }
    if (b->keeps_redirections && !builtin_failed)
        redir_keep(mark);
    else
        redir_restore(mark);
    if (special && builtin_failed)
        sh_abandon(status);
    return status;
}

static int call(struct function *f, struct fields *args)
{
    struct params params = sh.params;
    int loops = sh.loops;
    int status;

    if (sh.calls == MAX_CALLS)
        sh_fatal(2, "%s: functions nested more than %d deep", f->name, MAX_CALLS);
    if (sh.calls++ == 0)
        outermost = params;
    sh.params = (struct params){args->items + 1, args->count - 1, false};
    sh.loops = 0;
    func_hold(f);
    status = eval(f->body, EVAL_AND_GO_ON);
    func_drop(f);
    if (sh.skip == SKIP_RETURN)
        sh.skip = SKIP_NONE;
    params_free(&sh.params);
    sh.params = params;
    sh.loops = loops;
    sh.calls--;
    return status;
}

static int run_function(struct command *c, struct function *f)
{
    int mark = redir_mark();
    int status = REDIRECTION_FAILED;

    if (redir_apply(c->node->redirs, true))
        status = call(f, &c->args);
    redir_restore(mark);
    return status;
}

static int not_found(const struct command *c)
{
    int mark = redir_mark();

    if (redir_apply(c->node->redirs, true))
        sh_warn("%s: not found", c->args.items[0]);
    redir_restore(mark);
    return 127;
}

/* In the process that becomes the program. */
_Noreturn static void become(const struct command *c, const char *path)
{
    if (!redir_apply(c->node->redirs, false))
        sh_exit(REDIRECTION_FAILED);
    exec_run(path, c->args.items);
}

static int run_program(const struct command *c, enum eval_mode mode)
{
    const char *path = exec_find(c->args.items[0], NULL);
    struct job *job;

    if (!path)
        return not_found(c);
    if (mode == EVAL_AND_EXIT && !trap_is_any_set())
        become(c, path);
    job = job_new(c->node->text);
    if (job_fork(job, FORK_FOREGROUND) == 0)
        become(c, path);
    return job_wait(job);
}

int eval_program(char **argv, const char *search_path)
{
    const char *path = exec_find(argv[0], search_path);
    struct job *job;

    if (!path) {
        sh_warn("%s: not found", argv[0]);
        return 127;
    }
    job = job_new(argv[0]);
    if (job_fork(job, FORK_FOREGROUND) == 0)
        exec_run(path, argv);
    return job_wait(job);
}

/* `command NAME ...` is NAME without functions; its own options are the built-in's business. */
static void strip_command(struct command *c)
{
    while (c->args.count > 1 && strcmp(c->args.items[0], "command") == 0) {
        int skip = 1 + (strcmp(c->args.items[1], "--") == 0);

        if (c->args.items[1][0] == '-' && skip == 1)
            return;
        if (c->args.count <= skip)
            return;
        c->args.items += skip;
        c->args.count -= skip;
        c->demoted = true;
    }
}

static int run_command(struct command *c, enum eval_mode mode)
{
    const struct builtin *b;
    struct function *f = NULL;
    int status;

    strip_command(c);
    b = builtin_find(c->args.items[0]);
    if (!c->demoted && !(b && b->special))
        f = func_find(c->args.items[0]);
    assign_all(c, f || !b || !b->special || c->demoted);
    trace(c);
    if (f)
        status = run_function(c, f);
    else if (b)
        status = run_builtin(c, b);
    else
        status = run_program(c, mode);
    var_restore(c->saved);
    return status;
}

static bool is_declaration(const struct word *word)
{
    const struct part *part = word ? word->parts : NULL;

    if (!part || part->next || part->kind != PART_TEXT)
        return false;
    if (strcmp(part->text, "command") == 0)
        return is_declaration(word->next);
    return strcmp(part->text, "export") == 0 || strcmp(part->text, "readonly") == 0;
}

static int eval_simple(struct node *n, enum eval_mode mode)
{
    struct command c = {.node = n};

    sh.subst_status = 0;
    if (is_declaration(n->simple.words))
        expand_declaration(n->simple.words, &c.args);
    else
        expand_words(n->simple.words, &c.args);
    return c.args.count > 0 ? run_command(&c, mode) : eval_assignments(&c);
}

/* --- pipelines, asynchronous lists, subshells --- */

static void move_fd(int from, int to)
{
    if (from >= 0 && from != to) {
        dup2(from, to);
        close(from);
    }
}

/* Starts all processes of a pipeline. */
static void start_pipeline(struct job *job, struct node *stages, enum fork_kind kind)
{
    int input = -1;

    for (struct node *stage = stages; stage; stage = stage->next) {
        int ends[2] = {-1, -1};

        if (stage->next && pipe(ends) < 0)
            sh_fatal(2, "cannot make a pipe: %s", strerror(errno));
        if (job_fork(job, stage == stages ? kind : kind | FORK_PIPED) == 0) {
            if (ends[0] >= 0)
                close(ends[0]);
            move_fd(input, STDIN_FILENO);
            move_fd(ends[1], STDOUT_FILENO);
            sh_exit(eval(stage, EVAL_AND_EXIT));
        }
        if (input >= 0)
            close(input);
        if (ends[1] >= 0)
            close(ends[1]);
        input = ends[0];
    }
}

static int eval_pipe(struct node *n)
{
    struct job *job = job_new(n->text);

    start_pipeline(job, n->body, FORK_FOREGROUND);
    return job_wait(job);
}

static int eval_async(struct node *n)
{
    struct job *job = job_new(n->text);

    if (n->body->kind == NODE_PIPE && !n->body->redirs)
        start_pipeline(job, n->body->body, FORK_BACKGROUND);
    else if (job_fork(job, FORK_BACKGROUND) == 0)
        sh_exit(eval(n->body, EVAL_AND_EXIT));
    job_background(job);
    return 0;
}

static int eval_subshell(struct node *n, enum eval_mode mode)
{
    struct job *job;

    if (mode == EVAL_AND_EXIT && !trap_is_any_set()) {
        jobs_enter_subshell();
        return eval(n->body, EVAL_AND_EXIT);
    }
    job = job_new(n->text);
    if (job_fork(job, FORK_FOREGROUND) == 0)
        sh_exit(eval(n->body, EVAL_AND_EXIT));
    return job_wait(job);
}

static void read_all(int fd, struct buf *output)
{
    char block[512];
    ssize_t len;

    while ((len = read(fd, block, sizeof block)) > 0 || (len < 0 && errno == EINTR)) {
        for (ssize_t i = 0; i < len; i++) {
            if (block[i])
                buf_char(output, block[i]);
        }
    }
}

void eval_substitution(struct node *body, struct buf *output)
{
    struct job *job;
    int ends[2];

    sh.subst_status = 0;
    if (!body)
        return;
    if (pipe(ends) < 0)
        sh_fatal(2, "cannot make a pipe: %s", strerror(errno));
    job = job_new("");
    if (job_fork(job, FORK_HELPER) == 0) {
        close(ends[0]);
        move_fd(ends[1], STDOUT_FILENO);
        sh_exit(eval(body, EVAL_AND_EXIT));
    }
    close(ends[1]);
    read_all(ends[0], output);
    close(ends[0]);
    sh.subst_status = job_wait(job);
}

/* --- compound commands --- */

static int eval_tested(struct node *n)
{
    int status;

    sh.tested++;
    status = eval(n, EVAL_AND_GO_ON);
    sh.tested--;
    return status;
}

static int eval_list(struct node *n, enum eval_mode mode)
{
    int status = 0;

    for (struct node *item = n->body; item && !sh.skip; item = item->next)
        status = eval(item, item->next ? EVAL_AND_GO_ON : mode);
    return status;
}

static int eval_and_or(struct node *n, enum eval_mode mode)
{
    int status = eval_tested(n->pair.left);

    if (sh.skip || (status == 0) != (n->kind == NODE_AND))
        return status;
    return eval(n->pair.right, mode);
}

static int eval_if(struct node *n, enum eval_mode mode)
{
    int status = eval_tested(n->cond.test);

    if (sh.skip)
        return status;
    if (status == 0)
        return eval(n->cond.then, mode);
    return n->cond.otherwise ? eval(n->cond.otherwise, mode) : 0;
}

/* After a loop's body or test: true if the loop goes on. */
static bool goes_on(void)
{
    enum skip skip = sh.skip;

    if (skip == SKIP_NONE)
        return true;
    if (skip == SKIP_RETURN || --sh.skip_loops > 0)
        return false;
    sh.skip = SKIP_NONE;
    return skip == SKIP_CONTINUE;
}

static int eval_while(struct node *n)
{
    int status = 0;

    sh.loops++;
    for (;;) {
        int test = eval_tested(n->cond.test);

        if (sh.skip) {
            status = sh.skip == SKIP_RETURN ? test : 0;
            if (goes_on())
                continue;
            break;
        }
        if ((test == 0) != (n->kind == NODE_WHILE))
            break;
        status = eval(n->cond.then, EVAL_AND_GO_ON);
        if (!goes_on())
            break;
    }
    sh.loops--;
    return status;
}

static int eval_for(struct node *n)
{
    struct fields fields = {0};
    int status = 0;

    if (n->loop.has_words) {
        expand_words(n->loop.words, &fields);
    } else {
        for (int i = 0; i < sh.params.count; i++)
            fields_add(&fields, scratch_strdup(sh.params.args[i]));
    }
    sh.loops++;
    for (int i = 0; i < fields.count; i++) {
        var_assign(n->loop.name, fields.items[i]);
        status = eval(n->loop.body, EVAL_AND_GO_ON);
        if (!goes_on())
            break;
    }
    sh.loops--;
    return status;
}

static bool item_matches(const struct case_item *item, const char *subject)
{
    for (struct word *pattern = item->patterns; pattern; pattern = pattern->next) {
        if (pattern_match(expand_pattern(pattern), subject, strlen(subject)))
            return true;
    }
    return false;
}

static int eval_case(struct node *n, enum eval_mode mode)
{
    const char *subject = expand_string(n->match.subject);
    struct case_item *item = n->match.items;
    int status = 0;

    while (item && !item_matches(item, subject))
        item = item->next;
    for (; item && !sh.skip; item = item->next) {
        if (item->body)
            status = eval(item->body, item->falls_through ? EVAL_AND_GO_ON : mode);
        if (!item->falls_through)
            break;
    }
    return status;
}

/* --- any command --- */

static int eval_kind(struct node *n, enum eval_mode mode)
{
    switch (n->kind) {
    case NODE_SIMPLE:
        return eval_simple(n, mode);
    case NODE_PIPE:
        return eval_pipe(n);
    case NODE_NOT:
        return !eval_tested(n->body);
    case NODE_AND:
    case NODE_OR:
        return eval_and_or(n, mode);
    case NODE_LIST:
        return eval_list(n, mode);
    case NODE_ASYNC:
        return eval_async(n);
    case NODE_SUBSHELL:
        return eval_subshell(n, mode);
    case NODE_GROUP:
        return eval(n->body, mode);
    case NODE_IF:
        return eval_if(n, mode);
    case NODE_WHILE:
    case NODE_UNTIL:
        return eval_while(n);
    case NODE_FOR:
        return eval_for(n);
    case NODE_CASE:
        return eval_case(n, mode);
    case NODE_FUNCTION:
        func_define(n);
        return 0;
    }
    return 0;
}

/* A compound command with its redirections around it. */
static int eval_redirected(struct node *n, enum eval_mode mode)
{
    int mark = redir_mark();
    int status = REDIRECTION_FAILED;

    if (redir_apply(n->redirs, true))
        status = eval_kind(n, mode);
    redir_restore(mark);
    return status;
}

int eval(struct node *n, enum eval_mode mode)
{
    struct mark mark = scratch_mark();
    bool redirected = n->redirs && n->kind != NODE_SIMPLE;
    int status;

    if (sh.opt[OPT_NOEXEC])
        return 0;
    sh.line = n->line;
    status = redirected ? eval_redirected(n, mode) : eval_kind(n, mode);
    scratch_release(mark);
    sh.status = status;
    if (status != 0 && sh.opt[OPT_ERREXIT] && sh.tested == 0 && !sh.skip &&
        (n->kind == NODE_SIMPLE || n->kind == NODE_PIPE || n->kind == NODE_SUBSHELL || redirected))
        sh_exit(status);
    trap_run_pending();
    return sh.status;
}

int eval_input(struct input *in, enum eval_mode mode)
{
    bool eof = false;
    int status = 0;

    while (!eof && !sh.skip) {
        struct mark mark = scratch_mark();
        struct arena *arena = arena_new();
        struct node *n;

        input_begin(in);
        n = parse_line(in, arena, &eof);
        if (n)
            status = eval(n, input_is_last(in) ? mode : EVAL_AND_GO_ON);
        arena_drop(arena);
        scratch_release(mark);
    }
    return status;
}

int eval_text(const char *text, enum eval_mode mode)
{
    struct input in;
    int line = sh.line;
    int status;

    input_string(&in, text);
    status = eval_input(&in, mode);
    input_close(&in);
    sh.line = line;
    return status;
}

void eval_reset(void)
{
    if (sh.calls > 0)
        sh.params = outermost;
    sh.calls = sh.loops = sh.tested = 0;
    sh.skip = SKIP_NONE;
    redir_restore(0);
}

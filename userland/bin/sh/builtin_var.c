/* Built-ins for variables and parameters: export readonly set shift unset getopts read. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "builtin.h"
#include "error.h"
#include "func.h"
#include "lex.h"
#include "options.h"
#include "out.h"
#include "shell.h"
#include "trap.h"
#include "var.h"

/* export and readonly */
static int declare(const char *utility, const char *operand, int flag)
{
    size_t len = name_length(operand);
    const char *name = scratch_strndup(operand, len);

    if (len == 0 || (operand[len] && operand[len] != '='))
        return builtin_error("%s: %s: bad variable name", utility, operand);
    if (operand[len] == '=' && !var_set(name, operand + len + 1)) {
        builtin_failed = true;
        return 2;
    }
    var_flag(name, flag);
    return 0;
}

int builtin_export(int argc, char **argv)
{
    struct option_loop options = {.argv = argv};
    int flag = argv[0][0] == 'e' ? VAR_EXPORT : VAR_READONLY;
    int letter = next_option(&options, "p");
    int status = 0;

    if (letter == '?')
        return 2;
    if (letter == 'p' || options.next >= argc) {
        struct buf out = {0};

        var_print(&out, argv[0], flag);
        return out_flush(argv[0], &out);
    }
    for (int i = options.next; i < argc && status == 0; i++)
        status = declare(argv[0], argv[i], flag);
    return status;
}

int builtin_set(int argc, char **argv)
{
    struct buf out = {0};
    int first;

    if (argc == 1)
        var_print(&out, "", 0);
    else if (argc == 2 && (strcmp(argv[1], "-o") == 0 || strcmp(argv[1], "+o") == 0))
        options_print(&out, argv[1][0] == '+');
    if (argc == 1 || out.len > 0)
        return out_flush(argv[0], &out);
    first = options_parse(argc, argv, NULL);
    if (first < 0)
        return 2;
    if (first < argc || strcmp(argv[first - 1], "--") == 0)
        params_set(argv + first, argc - first);
    return 0;
}

int builtin_shift(int argc, char **argv)
{
    struct params *p = &sh.params;
    int count = argc > 1 ? parse_number(argv[1]) : 1;

    if (count < 0)
        return builtin_error("shift: bad number: %s", argv[1]);
    if (count > p->count)
        return builtin_error("shift: cannot shift that many: %d of %d", count, p->count);
    for (int i = 0; p->owned && i < count; i++)
        free(p->args[i]);
    p->count -= count;
    memmove(p->args, p->args + count, (size_t)p->count * sizeof *p->args);
    return 0;
}

int builtin_unset(int argc, char **argv)
{
    struct option_loop options = {.argv = argv};
    bool functions = false;
    int status = 0;
    int letter;

    while ((letter = next_option(&options, "fv")) != 0) {
        if (letter == '?')
            return 2;
        functions = letter == 'f';
    }
    for (int i = options.next; i < argc; i++) {
        if (functions) {
            func_unset(argv[i]);
        } else if (!is_name(argv[i])) {
            return builtin_error("unset: %s: bad variable name", argv[i]);
        } else if (!var_unset(argv[i])) {
            builtin_failed = true;
            status = 2;
        }
    }
    return status;
}

/* --- getopts --- */

struct getopts {
    const char *letters;
    bool quiet;  /* letters start with ":" */
    char **args; /* to be parsed */
    int count;
    int next; /* 1-based, $OPTIND */
};

static void set_optind(int next, int offset)
{
    char text[16];

    snprintf(text, sizeof text, "%d", next);
    var_set("OPTIND", text);
    var_getopts_offset = offset;
}

/* What a wrong letter, or one without its argument, sets. */
static char getopts_fault(const struct getopts *g, char letter, const char *what)
{
    char text[2] = {letter};

    if (g->quiet) {
        var_set("OPTARG", text);
        return *what == 'u' ? '?' : ':';
    }
    sh_warn("%s -%c", what, letter);
    var_unset("OPTARG");
    return '?';
}

/* The next option's letter, or 0 at the end. */
static char getopts_next(struct getopts *g)
{
    int offset = var_getopts_offset;
    const char *arg = g->next <= g->count ? g->args[g->next - 1] : NULL;
    const char *known;
    char letter;

    if (offset == 0) {
        if (!arg || arg[0] != '-' || !arg[1] || strcmp(arg, "--") == 0) {
            set_optind(g->next + (arg && strcmp(arg, "--") == 0), 0);
            return 0;
        }
        offset = 1;
    }
    letter = arg[offset++];
    known = letter == ':' ? NULL : strchr(g->letters, letter);
    if (!arg[offset]) {
        g->next++;
        offset = 0;
    }
    if (!known || known[1] != ':') {
        set_optind(g->next, offset);
        if (!known)
            return getopts_fault(g, letter, "unknown option");
        var_unset("OPTARG");
        return letter;
    }
    if (offset == 0 && g->next > g->count) {
        set_optind(g->next, 0);
        return getopts_fault(g, letter, "no argument for option");
    }
    var_set("OPTARG", offset ? arg + offset : g->args[g->next - 1]);
    set_optind(g->next + 1, 0);
    return letter;
}

int builtin_getopts(int argc, char **argv)
{
    const char *index = var_get("OPTIND");
    struct getopts g = {.args = sh.params.args, .count = sh.params.count};
    char name[2] = {0};

    if (argc < 3)
        return builtin_error("getopts: usage: getopts letters name [argument ...]");
    if (argc > 3) {
        g.args = argv + 3;
        g.count = argc - 3;
    }
    g.quiet = argv[1][0] == ':';
    g.letters = argv[1] + g.quiet;
    g.next = index && parse_number(index) > 0 ? parse_number(index) : 1;
    if (g.next > g.count || var_getopts_offset >= (int)strlen(g.args[g.next - 1]))
        var_getopts_offset = 0;
    name[0] = getopts_next(&g);
    if (!name[0])
        var_unset("OPTARG");
    if (!var_set(argv[2], name[0] ? name : "?"))
        return 2;
    return name[0] == '\0';
}

/* --- read --- */

/* Reads one byte, never more: what follows is for others. Signals with traps end it. */
static int read_byte(void)
{
    unsigned char c;
    ssize_t len;

    while ((len = read(STDIN_FILENO, &c, 1)) < 0 && errno == EINTR) {
        if (trap_pending())
            return -2;
    }
    return len == 1 ? c : -1;
}

/* Reads as read_byte, but in blocks where the file can be set back. */
struct reader {
    bool seekable;
    char block[512];
    ssize_t next, end;
};

static int reader_get(struct reader *r)
{
    if (!r->seekable)
        return read_byte();
    if (r->next == r->end) {
        r->next = 0;
        r->end = read(STDIN_FILENO, r->block, sizeof r->block);
        if (r->end <= 0) {
            r->end = 0;
            return -1;
        }
    }
    return (unsigned char)r->block[r->next++];
}

static void reader_close(struct reader *r)
{
    if (r->seekable && r->next < r->end)
        lseek(STDIN_FILENO, r->next - r->end, SEEK_CUR);
}

/* The line; in `escaped` a 1 for each byte that a backslash protects. False at end of file. */
static int read_logical_line(struct buf *line, struct buf *escaped, bool raw, int delimiter)
{
    struct reader r = {.seekable = lseek(STDIN_FILENO, 0, SEEK_CUR) >= 0};
    int c;

    while ((c = reader_get(&r)) >= 0 && c != delimiter) {
        bool protected = c == '\\' && !raw;

        if (protected) {
            c = reader_get(&r);
            if (c < 0)
                break;
            if (c == '\n')
                continue;
        }
        if (c == 0)
            continue;
        buf_char(line, (char)c);
        buf_char(escaped, protected);
    }
    reader_close(&r);
    return c < 0 ? (c == -2 ? 128 + trap_pending() : 1) : 0;
}

/* The separators of one field of read. */
struct splitter {
    const char *ifs;
    const char *text;
    const char *escaped;
    size_t len;
    size_t at;
};

static bool is_ifs(const struct splitter *s, size_t i)
{
    return i < s->len && !s->escaped[i] && strchr(s->ifs, s->text[i]);
}

static bool is_ifs_blank(const struct splitter *s, size_t i)
{
    return is_ifs(s, i) && strchr(" \t\n", s->text[i]);
}

static void skip_ifs_blanks(struct splitter *s)
{
    while (is_ifs_blank(s, s->at))
        s->at++;
}

/* Takes one field and the separator behind it. */
static char *take_field(struct splitter *s)
{
    size_t start = s->at;
    char *field;

    while (s->at < s->len && !is_ifs(s, s->at))
        s->at++;
    field = scratch_strndup(s->text + start, s->at - start);
    skip_ifs_blanks(s);
    if (is_ifs(s, s->at)) {
        s->at++;
        skip_ifs_blanks(s);
    }
    return field;
}

/* All that is left: one field if it is just one, else everything without trailing blanks. */
static char *take_rest(struct splitter *s)
{
    size_t start = s->at;
    char *field = take_field(s);
    size_t end = s->len;

    if (s->at == s->len)
        return field;
    while (end > start && is_ifs_blank(s, end - 1))
        end--;
    return scratch_strndup(s->text + start, end - start);
}

static int assign_fields(struct splitter *s, char **names)
{
    skip_ifs_blanks(s);
    for (; *names; names++) {
        char *value = names[1] ? take_field(s) : take_rest(s);

        if (!var_set(*names, value))
            return 2;
    }
    return 0;
}

int builtin_read(int argc, char **argv)
{
    struct option_loop options = {.argv = argv};
    struct buf line = {0}, escaped = {0};
    struct splitter s = {.ifs = var_get("IFS")};
    bool raw = false;
    int delimiter = '\n';
    int letter, status, assigned;

    while ((letter = next_option(&options, "rd:")) != 0) {
        if (letter == '?')
            return 2;
        if (letter == 'd')
            delimiter = (unsigned char)options.argument[0];
        raw |= letter == 'r';
    }
    if (options.next >= argc)
        return builtin_error("read: a variable's name is missing");
    for (int i = options.next; i < argc; i++) {
        if (!is_name(argv[i]))
            return builtin_error("read: %s: bad variable name", argv[i]);
    }
    status = read_logical_line(&line, &escaped, raw, delimiter);
    if (!s.ifs)
        s.ifs = " \t\n";
    s.text = buf_string(&line);
    s.escaped = buf_string(&escaped);
    s.len = line.len;
    assigned = assign_fields(&s, argv + options.next);
    return assigned ? assigned : status;
}

/*
 * sed: stream editor.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/sed.html
 *
 * The script is compiled into an array of commands; a block and a branch know the index that they
 * go on with. Two buffers, pattern and hold space, live as long as the program.
 */
#include <ctype.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util.h"

enum { FOLD = 69 }; /* columns of l's output before its `\` */
#define NO_COMMAND SIZE_MAX

struct buffer {
    char *text; /* always ends with NUL */
    size_t length, room;
};

enum address_kind { NO_ADDRESS, LINE, LAST, REGEX };

struct address {
    enum address_kind kind;
    uintmax_t line;
    regex_t *regex; /* NULL: the last one used */
};

struct output {
    const char *name;
    FILE *file;
};

struct command {
    struct address first, second;
    bool negated;
    bool active;         /* inside a range */
    uintmax_t range_end; /* of a range that ends at a line number */
    char verb;
    size_t target;      /* { b t: where to go on */
    char *text;         /* a c i: text; r: file name; b t: label; s: replacement */
    regex_t *regex;     /* s */
    uintmax_t instance; /* s: the first match to replace */
    bool global, print; /* s */
    FILE *output;       /* s w */
    unsigned char *map; /* y */
};

static struct command *commands;
static size_t command_count;
static struct output *outputs;
static size_t output_count;

static const char *script; /* what is left to parse */
static bool quiet;
static int regex_flags;

static char **inputs;
static FILE *input;
static const char *input_name;
static int status;
static struct buffer lookahead;
static bool have_lookahead;
static bool lookahead_newline;

static struct buffer pattern;
static struct buffer hold;
static bool newline = true; /* the line in the pattern space ended with one */
static uintmax_t line_number;
static bool substituted; /* since the last line was read or the last t */
static const regex_t *last_regex;

struct appended {
    const char *text;
    bool is_file;
};

static struct appended *queue; /* what a and r print at the end of the cycle */
static size_t queue_count;

/* Buffers */

static void reserve(struct buffer *b, size_t length)
{
    if (b->text != NULL && length + 1 <= b->room)
        return;
    b->room = (length + 1) * 2;
    b->text = xrealloc(b->text, b->room, 1);
}

static void append(struct buffer *b, const char *text, size_t length)
{
    reserve(b, b->length + length);
    memcpy(b->text + b->length, text, length);
    b->length += length;
    b->text[b->length] = '\0';
}

static void clear(struct buffer *b)
{
    reserve(b, 0);
    b->length = 0;
    b->text[0] = '\0';
}

static void swap(struct buffer *a, struct buffer *b)
{
    struct buffer old = *a;
    *a = *b;
    *b = old;
}

/* Parsing */

static void skip_blanks(void)
{
    while (*script == ' ' || *script == '\t')
        script++;
}

/* Text up to the delimiter, which is dropped; `\delimiter` becomes the delimiter itself. */
static char *delimited(char delimiter, bool is_regex)
{
    struct buffer text = {0};
    bool bracket = false;
    clear(&text);
    for (; *script != delimiter || bracket; script++) {
        char c = *script;
        if (c == '\0' || (c == '\n' && is_regex))
            diex("unterminated `%c`", delimiter);
        if (c == '\\' && script[1] == 'n' && delimiter != 'n' && is_regex) {
            append(&text, "\n", 1);
            script++;
        } else if (c == '\\' && !bracket && script[1] == delimiter) {
            /* In a replacement the backslash stays: `\&` with & as delimiter is a literal one. */
            append(&text, script + is_regex, 2u - is_regex);
            script++;
        } else if (c == '\\' && !bracket && script[1] != '\0') {
            append(&text, script++, 2);
        } else {
            /* A bracket expression may hold the delimiter, and `]` if it comes first. */
            if (is_regex && c == '[' && !bracket) {
                bracket = true;
                size_t head = script[1] == '^' ? 1 : 0;
                head += script[head + 1] == ']' ? 1 : 0;
                append(&text, script, head);
                script += head;
                c = *script;
            } else if (bracket && c == ']') {
                bracket = false;
            }
            append(&text, &c, 1);
        }
    }
    script++;
    return text.text;
}

/* NULL for an empty expression: the last one used when it runs. */
static regex_t *compile(const char *text, int flags)
{
    if (*text == '\0')
        return NULL;
    regex_t *regex = xmalloc(sizeof *regex);
    int error = regcomp(regex, text, flags);
    if (error != 0) {
        char reason[128];
        regerror(error, regex, reason, sizeof reason);
        diex("%s: %s", text, reason);
    }
    return regex;
}

static struct address parse_address(void)
{
    struct address address = {NO_ADDRESS, 0, NULL};
    if (*script >= '0' && *script <= '9') {
        char *end;
        address.kind = LINE;
        address.line = strtoul(script, &end, 10);
        script = end;
    } else if (*script == '$') {
        address.kind = LAST;
        script++;
    } else if (*script == '/' || *script == '\\') {
        char delimiter = *script == '/' ? '/' : *++script;
        if (delimiter == '\0' || delimiter == '\n' || delimiter == '\\')
            diex("an address needs a delimiter");
        script++;
        char *text = delimited(delimiter, true);
        address.kind = REGEX;
        address.regex = compile(text, regex_flags);
        free(text);
    }
    return address;
}

/* The rest of the line: a file name or a label, which may be ended by a semicolon too. */
static char *word(const char *ends)
{
    skip_blanks();
    size_t length = strcspn(script, ends);
    struct buffer text = {0};
    append(&text, script, length);
    script += length;
    return text.text;
}

static FILE *open_output(void)
{
    char *name = word("\n");
    if (*name == '\0')
        diex("w needs a file name");
    for (size_t i = 0; i < output_count; i++)
        if (strcmp(outputs[i].name, name) == 0)
            return outputs[i].file;
    FILE *file = fopen(name, "w");
    if (file == NULL)
        die("%s", name);
    outputs = xgrow(outputs, output_count, sizeof *outputs);
    outputs[output_count++] = (struct output){name, file};
    return file;
}

/* Behind a, c or i: a backslash and a newline, then lines of which all but the last end with \. */
static char *parse_text(char verb)
{
    struct buffer text = {0};
    clear(&text);
    skip_blanks();
    if (*script != '\\')
        diex("%c: expected `\\` and a newline behind it", verb);
    script++;
    skip_blanks();
    if (*script == '\n')
        script++;
    for (; *script != '\0' && *script != '\n'; script++) {
        if (*script == '\\' && script[1] != '\0')
            script++;
        append(&text, script, 1);
    }
    append(&text, "\n", 1);
    return text.text;
}

static void parse_flags(struct command *command, int *flags)
{
    for (;; script++) {
        if (*script == 'g') {
            command->global = true;
        } else if (*script == 'p') {
            command->print = true;
        } else if (*script == 'i' || *script == 'I') {
            *flags |= REG_ICASE;
        } else if (*script >= '1' && *script <= '9') {
            char *end;
            command->instance = strtoul(script, &end, 10);
            script = end - 1;
        } else if (*script == 'w') {
            script++;
            command->output = open_output();
            return;
        } else {
            return;
        }
    }
}

static void check_references(const struct command *command)
{
    for (const char *s = command->text; *s != '\0'; s++) {
        if (*s != '\\')
            continue;
        s++;
        if (command->regex != NULL && *s >= '1' && *s <= '9' &&
            (size_t)(*s - '0') > command->regex->re_nsub)
            diex("\\%c: the expression has no such group", *s);
    }
}

static void parse_substitute(struct command *command)
{
    char delimiter = *script++;
    if (delimiter == '\0' || delimiter == '\n' || delimiter == '\\')
        diex("s needs a delimiter");
    char *text = delimited(delimiter, true);
    int flags = regex_flags;
    command->text = delimited(delimiter, false);
    command->instance = 1;
    parse_flags(command, &flags);
    command->regex = compile(text, flags);
    free(text);
    check_references(command);
}

/* One character of y's strings: `\\`, `\n` or itself. */
static unsigned char map_character(const char **s)
{
    char c = *(*s)++;
    if (c == '\\' && (**s == '\\' || **s == 'n'))
        c = *(*s)++ == 'n' ? '\n' : '\\';
    return (unsigned char)c;
}

/* y keeps `\\` apart from `\delimiter`, so its strings are read here. */
static char *map_string(char delimiter)
{
    struct buffer text = {0};
    clear(&text);
    for (; *script != delimiter; script++) {
        if (*script == '\0' || *script == '\n')
            diex("unterminated y");
        if (*script == '\\' && script[1] == delimiter)
            script++;
        else if (*script == '\\' && script[1] != '\0')
            append(&text, script++, 1);
        append(&text, script, 1);
    }
    script++;
    return text.text;
}

static void parse_map(struct command *command)
{
    char delimiter = *script++;
    if (delimiter == '\0' || delimiter == '\n' || delimiter == '\\')
        diex("y needs a delimiter");
    char *from_text = map_string(delimiter);
    char *to_text = map_string(delimiter);
    const char *from = from_text;
    const char *to = to_text;
    command->map = xmalloc(256);
    for (int c = 0; c < 256; c++)
        command->map[c] = (unsigned char)c;
    while (*from != '\0' && *to != '\0') {
        unsigned char c = map_character(&from);
        command->map[c] = map_character(&to);
    }
    if (*from != *to)
        diex("y: the strings have different lengths");
    free(from_text);
    free(to_text);
}

/* Behind a command only blanks, then a newline, a semicolon or the end of a block. */
static void expect_end(char verb)
{
    skip_blanks();
    if (*script == '#' || *script == '}')
        return;
    if (*script != '\0' && *script != '\n' && *script != ';')
        diex("%c: nothing may follow it, but `%c` does", verb, *script);
}

static void parse_arguments(struct command *command)
{
    switch (command->verb) {
    case 'a':
    case 'c':
    case 'i':
        command->text = parse_text(command->verb);
        return;
    case 'b':
    case 't':
        command->text = word(";\n} \t");
        break;
    case ':':
        command->text = word(";\n \t");
        if (*command->text == '\0')
            diex(": needs a label");
        break;
    case 'r':
        command->text = word("\n");
        if (*command->text == '\0')
            diex("r needs a file name");
        return;
    case 'w':
        command->output = open_output();
        return;
    case 's':
        parse_substitute(command);
        break;
    case 'y':
        parse_map(command);
        break;
    case '{':
        return;
    default:
        if (strchr("dDgGhHlnNpPqx=}", command->verb) == NULL)
            diex("%c: no such command", command->verb);
    }
    expect_end(command->verb);
}

static void parse_command(struct command *command)
{
    static const char none[] = ":}#";
    static const char at_most_one[] = "=aiqr";
    *command = (struct command){.first = parse_address()};
    skip_blanks();
    if (command->first.kind != NO_ADDRESS && *script == ',') {
        script++;
        skip_blanks();
        command->second = parse_address();
        if (command->second.kind == NO_ADDRESS)
            diex("an address is missing behind the comma");
        skip_blanks();
    }
    for (; *script == '!' || (command->negated && (*script == ' ' || *script == '\t')); script++)
        command->negated = true;
    if (*script == '\0' || *script == '\n')
        diex("a command is missing");
    command->verb = *script++;
    if (command->first.kind != NO_ADDRESS && strchr(none, command->verb) != NULL)
        diex("%c takes no address", command->verb);
    if (command->second.kind != NO_ADDRESS && strchr(at_most_one, command->verb) != NULL)
        diex("%c takes at most one address", command->verb);
    parse_arguments(command);
}

static size_t find_label(const char *label)
{
    if (*label == '\0')
        return command_count;
    for (size_t i = 0; i < command_count; i++)
        if (commands[i].verb == ':' && strcmp(commands[i].text, label) == 0)
            return i;
    diex("%s: no such label", label);
}

static void parse_script(const char *text)
{
    size_t open = NO_COMMAND; /* the innermost open block; its target is the one around it */
    script = text;
    if (script[0] == '#' && script[1] == 'n' && (script[2] == '\n' || script[2] == '\0'))
        quiet = true;
    for (;;) {
        script += strspn(script, "; \t\n");
        if (*script == '#') {
            script += strcspn(script, "\n");
            continue;
        }
        if (*script == '\0')
            break;
        commands = xgrow(commands, command_count, sizeof *commands);
        struct command *command = &commands[command_count];
        parse_command(command);
        if (command->verb == '{') {
            command->target = open;
            open = command_count;
        } else if (command->verb == '}') {
            if (open == NO_COMMAND)
                diex("} without {");
            size_t start = open;
            open = commands[start].target;
            commands[start].target = command_count;
        }
        command_count++;
    }
    if (open != NO_COMMAND)
        diex("{ without }");
    for (size_t i = 0; i < command_count; i++)
        if (commands[i].verb == 'b' || commands[i].verb == 't')
            commands[i].target = find_label(commands[i].text);
}

/* Input: one line is read ahead, so that $ is known */

static bool fill_lookahead(void)
{
    static char *line;
    static size_t room;
    while (!have_lookahead) {
        if (input == NULL) {
            if (*inputs == NULL)
                return false;
            input_name = *inputs++;
            input = input_open(input_name);
            if (input == NULL) {
                status = 1;
                continue;
            }
        }
        ssize_t length = getline(&line, &room, input);
        if (length > 0) {
            lookahead_newline = line[length - 1] == '\n';
            clear(&lookahead);
            append(&lookahead, line, (size_t)length - lookahead_newline);
            have_lookahead = true;
        } else {
            if (!input_close(input, input_name))
                status = 1;
            input = NULL;
        }
    }
    return true;
}

/* The next line behind what is in the pattern space; false if there is none. */
static bool read_line(void)
{
    if (!fill_lookahead())
        return false;
    append(&pattern, lookahead.text, lookahead.length);
    newline = lookahead_newline;
    have_lookahead = false;
    line_number++;
    return true;
}

/* Execution */

static void print(FILE *file, const char *text, size_t length, bool with_newline)
{
    fwrite(text, 1, length, file);
    if (with_newline)
        putc('\n', file);
}

static void copy_file(const char *name)
{
    FILE *file = fopen(name, "r"); /* POSIX: one that cannot be read is like an empty one */
    if (file == NULL)
        return;
    int c;
    while ((c = getc(file)) != EOF)
        putchar(c);
    fclose(file);
}

static void print_queue(void)
{
    for (size_t i = 0; i < queue_count; i++) {
        if (queue[i].is_file)
            copy_file(queue[i].text);
        else
            fputs(queue[i].text, stdout);
    }
    queue_count = 0;
}

static void end_cycle(bool printing)
{
    if (printing)
        print(stdout, pattern.text, pattern.length, newline);
    print_queue();
    /* Another program may read what w wrote as soon as this line is done. */
    for (size_t i = 0; i < output_count; i++)
        fflush(outputs[i].file);
}

static bool match(const regex_t *regex, const char *text, size_t count, regmatch_t *found,
                  int flags)
{
    if (regex == NULL)
        regex = last_regex;
    if (regex == NULL)
        diex("an empty expression, and none before it");
    last_regex = regex;
    return regexec(regex, text, count, found, flags) == 0;
}

static bool address_matches(const struct address *address)
{
    switch (address->kind) {
    case LINE:
        return address->line == line_number;
    case LAST:
        return !fill_lookahead();
    case REGEX:
        return match(address->regex, pattern.text, 0, NULL, 0);
    default:
        return true;
    }
}

static bool in_range(struct command *command)
{
    if (command->second.kind == NO_ADDRESS)
        return address_matches(&command->first);
    if (!command->active) {
        if (!address_matches(&command->first))
            return false;
        /* A second line number that is not ahead selects the one line. */
        command->active = command->second.kind == LINE
                              ? command->second.line > line_number
                              : command->second.kind != LAST || fill_lookahead();
        return true;
    }
    if (command->second.kind == LINE) {
        command->active = line_number < command->second.line;
        return line_number <= command->second.line;
    }
    command->active = !address_matches(&command->second);
    return true;
}

static void append_replacement(struct buffer *result, const char *text, const char *at,
                               const regmatch_t *found)
{
    for (; *text != '\0'; text++) {
        bool escaped = *text == '\\' && text[1] != '\0';
        text += escaped;
        int group = -1;
        if (!escaped && *text == '&')
            group = 0;
        else if (escaped && *text >= '0' && *text <= '9')
            group = *text - '0';
        if (group < 0)
            append(result, escaped && *text == 'n' ? "\n" : text, 1);
        else if (found[group].rm_so >= 0)
            append(result, at + found[group].rm_so,
                   (size_t)(found[group].rm_eo - found[group].rm_so));
    }
}

/* An empty match right behind a match that was not empty doesn't count. */
static bool substitute(const struct command *command)
{
    static struct buffer result;
    regmatch_t found[10];
    const char *at = pattern.text;
    const char *last_end = NULL;
    uintmax_t count = 0;
    bool done = false;
    clear(&result);
    while (match(command->regex, at, 10, found, at == pattern.text ? 0 : REG_NOTBOL)) {
        bool empty = found[0].rm_so == found[0].rm_eo;
        append(&result, at, (size_t)found[0].rm_so);
        if (!empty || at + found[0].rm_so != last_end) {
            count++;
            if (count >= command->instance) {
                append_replacement(&result, command->text, at, found);
                done = true;
            } else {
                append(&result, at + found[0].rm_so, (size_t)(found[0].rm_eo - found[0].rm_so));
            }
        }
        at += found[0].rm_eo;
        last_end = at;
        if (done && !command->global)
            break;
        if (empty && *at == '\0')
            break;
        if (empty)
            append(&result, at++, 1);
    }
    if (!done)
        return false;
    append(&result, at, strlen(at));
    swap(&pattern, &result);
    return true;
}

/* l: unambiguous, folded, and $ at the end. */
static void list(void)
{
    static const char names[] = "\\\a\b\f\n\r\t\v";
    static const char letters[] = "\\abfnrtv";
    size_t column = 0;
    for (size_t i = 0; i < pattern.length; i++) {
        char text[5];
        unsigned char c = (unsigned char)pattern.text[i];
        const char *known = c != '\0' ? strchr(names, c) : NULL;
        if (known != NULL)
            snprintf(text, sizeof text, "\\%c", letters[known - names]);
        else if (isprint(c))
            snprintf(text, sizeof text, "%c", c);
        else
            snprintf(text, sizeof text, "\\%03o", c);
        if (column + strlen(text) > FOLD) {
            fputs("\\\n", stdout);
            column = 0;
        }
        fputs(text, stdout);
        column += strlen(text);
    }
    fputs("$\n", stdout);
}

static void enqueue(const char *text, bool is_file)
{
    queue = xgrow(queue, queue_count, sizeof *queue);
    queue[queue_count++] = (struct appended){text, is_file};
}

static void run_substitute(const struct command *command)
{
    if (!substitute(command))
        return;
    substituted = true;
    if (command->print)
        print(stdout, pattern.text, pattern.length, true);
    if (command->output != NULL)
        print(command->output, pattern.text, pattern.length, true);
}

enum next { GO_ON, NEXT_CYCLE, RESTART, QUIT, QUIT_SILENTLY };

/* n and N: what is printed before, and what becomes of the pattern space. */
static enum next next_line(char verb)
{
    if (!fill_lookahead())
        return verb == 'n' ? QUIT : QUIT_SILENTLY;
    end_cycle(verb == 'n' && !quiet);
    if (verb == 'n')
        clear(&pattern);
    else
        append(&pattern, "\n", 1);
    read_line();
    return GO_ON;
}

static enum next delete_first(void)
{
    const char *end = memchr(pattern.text, '\n', pattern.length);
    if (end == NULL)
        return NEXT_CYCLE;
    size_t drop = (size_t)(end - pattern.text) + 1;
    pattern.length -= drop;
    memmove(pattern.text, pattern.text + drop, pattern.length + 1);
    return RESTART;
}

/* The commands that only change the buffers or print. */
static void run_simple(const struct command *command)
{
    switch (command->verb) {
    case 'a':
        enqueue(command->text, false);
        break;
    case 'r':
        enqueue(command->text, true);
        break;
    case 'i':
        fputs(command->text, stdout);
        break;
    case 'g':
        clear(&pattern);
        append(&pattern, hold.text, hold.length);
        break;
    case 'G':
        append(&pattern, "\n", 1);
        append(&pattern, hold.text, hold.length);
        break;
    case 'h':
        clear(&hold);
        append(&hold, pattern.text, pattern.length);
        break;
    case 'H':
        append(&hold, "\n", 1);
        append(&hold, pattern.text, pattern.length);
        break;
    case 'x':
        swap(&pattern, &hold);
        break;
    case 'l':
        list();
        break;
    case 'p':
        print(stdout, pattern.text, pattern.length, true);
        break;
    case 'P':
        print(stdout, pattern.text, strcspn(pattern.text, "\n"), true);
        break;
    case 's':
        run_substitute(command);
        break;
    case 'w':
        print(command->output, pattern.text, pattern.length, true);
        break;
    case 'y':
        for (size_t i = 0; i < pattern.length; i++)
            pattern.text[i] = (char)command->map[(unsigned char)pattern.text[i]];
        break;
    case '=':
        printf("%ju\n", line_number);
        break;
    default:
        break; /* : and } do nothing */
    }
}

/* Runs one selected command; *at is its index and may be moved. */
static enum next run(const struct command *command, size_t *at)
{
    switch (command->verb) {
    case 't':
        if (!substituted)
            return GO_ON;
        substituted = false;
        *at = command->target;
        return GO_ON;
    case 'b':
        *at = command->target;
        return GO_ON;
    case 'c':
        /* With a range the text comes once, at its end. */
        if (command->second.kind == NO_ADDRESS || command->negated || !command->active)
            fputs(command->text, stdout);
        return NEXT_CYCLE;
    case 'd':
        return NEXT_CYCLE;
    case 'D':
        return delete_first();
    case 'n':
    case 'N':
        return next_line(command->verb);
    case 'q':
        return QUIT;
    default:
        run_simple(command);
        return GO_ON;
    }
}

static enum next run_script(void)
{
    for (size_t at = 0; at < command_count; at++) {
        struct command *command = &commands[at];
        if (in_range(command) == command->negated) {
            if (command->verb == '{')
                at = command->target;
            continue;
        }
        enum next next = run(command, &at);
        if (next != GO_ON)
            return next;
    }
    return GO_ON;
}

static void edit(void)
{
    enum next next = NEXT_CYCLE;
    clear(&hold);
    for (;;) {
        if (next != RESTART) {
            clear(&pattern);
            if (!read_line())
                return;
            substituted = false;
        }
        next = run_script();
        end_cycle(!quiet && (next == GO_ON || next == QUIT));
        if (next == QUIT || next == QUIT_SILENTLY)
            return;
    }
}

/* -e and -f pile up, a newline between any two. */
static void add_script(struct buffer *text, const char *more, size_t length)
{
    if (text->length > 0)
        append(text, "\n", 1);
    append(text, more, length);
}

static void add_script_file(struct buffer *text, const char *name)
{
    FILE *file = input_open(name);
    struct buffer content = {0};
    int c;
    if (file == NULL)
        exit(1);
    clear(&content);
    while ((c = getc(file)) != EOF) {
        char byte = (char)c;
        append(&content, &byte, 1);
    }
    if (!input_close(file, name))
        exit(1);
    if (content.length > 0 && content.text[content.length - 1] == '\n')
        content.length--;
    add_script(text, content.text, content.length);
    free(content.text);
}

int main(int argc, char *argv[])
{
    util_start(argv,
               "sed [-En] script [file ...]\n"
               "sed [-En] -e script [-e script]... [-f script_file]... [file ...]\n"
               "sed [-En] [-e script]... -f script_file [-f script_file]... [file ...]",
               1);
    struct buffer text = {0};
    bool given = false;
    int option;
    while ((option = getopt(argc, argv, "Ee:f:n")) != -1) {
        if (option == 'E')
            regex_flags = REG_EXTENDED;
        else if (option == 'n')
            quiet = true;
        else if (option == 'e')
            add_script(&text, optarg, strlen(optarg));
        else if (option == 'f')
            add_script_file(&text, optarg);
        else
            usage();
        given |= option == 'e' || option == 'f';
    }
    if (!given && optind == argc)
        usage();
    if (!given) {
        add_script(&text, argv[optind], strlen(argv[optind]));
        optind++;
    }
    reserve(&text, text.length);
    text.text[text.length] = '\0';
    parse_script(text.text);
    inputs = input_names(argv + optind);
    edit();
    for (size_t i = 0; i < output_count; i++) {
        if (fclose(outputs[i].file) != 0) {
            warn("%s", outputs[i].name);
            status = 1;
        }
    }
    return util_end(status);
}

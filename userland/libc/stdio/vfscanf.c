/* The scanf family (POSIX.1-2024 XSH fscanf). */
#include "stream.h"
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include "digit.h"
#include "strtod.h"

/* Longer numbers are no numbers that anybody means; they end the conversion as a failure. */
#define NUMBER_MOST 1000

struct scan {
    FILE *stream;
    long consumed;
    va_list *list;
    int assigned;
};

struct directive {
    int suppressed;
    int allocate; /* m */
    int width;    /* 0: none */
    int length;   /* 'H' for hh, 'q' for ll */
    char letter;
    int argument;             /* n of "%n$", or 0 */
    const unsigned char *set; /* of %[, one flag for each byte */
};

enum outcome { DONE, MISMATCH, INPUT_END };

static int take(struct scan *scan)
{
    int c = getc(scan->stream);
    if (c != EOF)
        scan->consumed++;
    return c;
}

static void give_back(struct scan *scan, int c)
{
    if (c != EOF) {
        ungetc(c, scan->stream);
        scan->consumed--;
    }
}

static int skip_space(struct scan *scan)
{
    int c;
    do
        c = take(scan);
    while (isspace(c));
    give_back(scan, c);
    return c;
}

/* The next pointer argument, or the one with the number. */
static void *target(struct scan *scan, const struct directive *directive)
{
    if (directive->argument == 0)
        return va_arg(*scan->list, void *);
    va_list again;
    void *pointer = NULL;
    va_copy(again, *scan->list);
    for (int i = 0; i < directive->argument; i++)
        pointer = va_arg(again, void *);
    va_end(again);
    return pointer;
}

static void store_integer(void *to, int length, intmax_t value)
{
    switch (length) {
    case 'H':
        *(signed char *)to = (signed char)value;
        break;
    case 'h':
        *(short *)to = (short)value;
        break;
    case 0:
        *(int *)to = (int)value;
        break;
    default:
        *(long *)to = (long)value;
        break;
    }
}

/* The characters of a number as they come in. */
struct number {
    char text[NUMBER_MOST + 1];
    int size;
    int room; /* how many more the width allows */
    int c;    /* the character to be looked at */
};

static void number_begin(struct scan *scan, struct number *number, int width)
{
    number->size = 0;
    number->room = width > 0 && width < NUMBER_MOST ? width : NUMBER_MOST;
    number->c = take(scan);
}

/* Takes the current character over and goes to the next, unless the field is full. */
static void number_accept(struct scan *scan, struct number *number)
{
    number->text[number->size++] = (char)number->c;
    number->room--;
    number->c = number->room > 0 ? take(scan) : EOF;
}

static int number_at(const struct number *number, const char *set)
{
    return number->room > 0 && number->c > 0 && strchr(set, number->c) != NULL;
}

static int number_digits(struct scan *scan, struct number *number, int base)
{
    int count = 0;
    while (number->room > 0 && number->c != EOF && digit_value((char)number->c) < base) {
        number_accept(scan, number);
        count++;
    }
    return count;
}

/* Reads the longest beginning of an integer that strtol knows; true if it is a whole one. */
static int read_integer(struct scan *scan, struct number *number, int *base)
{
    int count = 0;
    if (number_at(number, "+-"))
        number_accept(scan, number);
    if ((*base == 0 || *base == 16) && number_at(number, "0")) {
        number_accept(scan, number);
        count = 1;
        if (number_at(number, "xX")) {
            number_accept(scan, number);
            *base = 16;
            count = 0; /* 0x alone is no number, and x cannot be given back with what follows */
        } else if (*base == 0) {
            *base = 8;
        }
    }
    if (*base == 0)
        *base = 10;
    count += number_digits(scan, number, *base);
    return count > 0;
}

/* The longest beginning of one of the words, letters in any case. */
static int read_word(struct scan *scan, struct number *number, const char *word)
{
    int count = 0;
    while (word[count] != '\0' && number->room > 0 && tolower(number->c) == word[count]) {
        number_accept(scan, number);
        count++;
    }
    return count;
}

static int read_float(struct scan *scan, struct number *number)
{
    if (number_at(number, "+-"))
        number_accept(scan, number);
    if (number_at(number, "iI")) {
        int count = read_word(scan, number, "infinity");
        return count == 3 || count == 8;
    }
    if (number_at(number, "nN"))
        return read_word(scan, number, "nan") == 3;
    int base = 10, count = 0;
    if (number_at(number, "0")) {
        number_accept(scan, number);
        count = 1;
        if (number_at(number, "xX")) {
            number_accept(scan, number);
            base = 16;
            count = 0;
        }
    }
    count += number_digits(scan, number, base);
    if (number_at(number, ".")) {
        number_accept(scan, number);
        count += number_digits(scan, number, base);
    }
    if (count == 0)
        return 0;
    if (!number_at(number, base == 16 ? "pP" : "eE"))
        return 1;
    number_accept(scan, number);
    if (number_at(number, "+-"))
        number_accept(scan, number);
    return number_digits(scan, number, 10) > 0;
}

static enum outcome number_end(struct scan *scan, struct number *number, int whole)
{
    int ended = number->c == EOF && number->size == 0;
    give_back(scan, number->c);
    number->text[number->size] = '\0';
    if (whole)
        return DONE;
    return ended ? INPUT_END : MISMATCH;
}

static enum outcome scan_integer(struct scan *scan, const struct directive *directive)
{
    struct number number;
    int base = 10;
    if (directive->letter == 'i')
        base = 0;
    else if (directive->letter == 'o')
        base = 8;
    else if (directive->letter == 'x' || directive->letter == 'X' || directive->letter == 'p')
        base = 16;
    number_begin(scan, &number, directive->width);
    int whole = read_integer(scan, &number, &base);
    enum outcome outcome = number_end(scan, &number, whole);
    if (outcome != DONE || directive->suppressed)
        return outcome;
    int is_signed = directive->letter == 'd' || directive->letter == 'i';
    intmax_t value = is_signed ? strtoimax(number.text, NULL, base)
                               : (intmax_t)strtoumax(number.text, NULL, base);
    store_integer(target(scan, directive), directive->letter == 'p' ? 'l' : directive->length,
                  value);
    scan->assigned++;
    return DONE;
}

static enum outcome scan_float(struct scan *scan, const struct directive *directive)
{
    struct number number;
    number_begin(scan, &number, directive->width);
    int whole = read_float(scan, &number);
    enum outcome outcome = number_end(scan, &number, whole);
    if (outcome != DONE || directive->suppressed)
        return outcome;
    void *to = target(scan, directive);
    if (directive->length == 'L')
        *(long double *)to = strtold(number.text, NULL);
    else if (directive->length == 'l')
        *(double *)to = strtod(number.text, NULL);
    else
        *(float *)to = strtof(number.text, NULL);
    scan->assigned++;
    return DONE;
}

/* Where the bytes or wide characters of c, s and [ go; grown if the scan allocates. */
struct text {
    char *bytes;
    wchar_t *wide;
    size_t used;
    size_t room;
    int allocate;
    int failed;
    mbstate_t state;
};

static void text_grow(struct text *text)
{
    size_t room = text->room * 2 + 16;
    void *more = reallocarray(text->wide != NULL ? (void *)text->wide : text->bytes, room,
                              text->wide != NULL ? sizeof *text->wide : 1);
    if (more == NULL) {
        text->failed = 1;
        return;
    }
    if (text->wide != NULL)
        text->wide = more;
    else
        text->bytes = more;
    text->room = room;
}

static void text_put(struct text *text, wchar_t value)
{
    if (text->allocate && text->used == text->room)
        text_grow(text);
    if (text->failed)
        return;
    if (text->wide != NULL)
        text->wide[text->used] = value;
    else if (text->bytes != NULL)
        text->bytes[text->used] = (char)value;
    text->used++;
}

/* A byte of input: to wide targets it goes once its character is whole. */
static void text_add(struct text *text, char c)
{
    wchar_t wide;
    if (text->wide == NULL) {
        text_put(text, (wchar_t)c);
        return;
    }
    size_t used = mbrtowc(&wide, &c, 1, &text->state);
    if (used == (size_t)-1)
        text->failed = 1;
    else if (used != (size_t)-2)
        text_put(text, wide);
}

static int text_begin(struct text *text, void *to, const struct directive *directive)
{
    memset(text, 0, sizeof *text);
    if (directive->suppressed)
        return 0;
    int wide = directive->length == 'l';
    text->allocate = directive->allocate;
    if (text->allocate) {
        text->room = 32;
        to = calloc(text->room, wide ? sizeof(wchar_t) : 1);
        if (to == NULL)
            return -1;
    }
    if (wide)
        text->wide = to;
    else
        text->bytes = to;
    return 0;
}

static int wanted(const struct directive *directive, int c)
{
    if (directive->letter == 'c')
        return 1;
    if (directive->letter == 's')
        return !isspace(c);
    return directive->set[(unsigned char)c];
}

static enum outcome scan_text(struct scan *scan, const struct directive *directive)
{
    int width = directive->width, single = directive->letter == 'c';
    void *to = directive->suppressed ? NULL : target(scan, directive);
    struct text text;
    int count = 0, c = EOF;
    if (width == 0)
        width = single ? 1 : INT_MAX;
    if (text_begin(&text, directive->allocate ? NULL : to, directive) < 0)
        return INPUT_END;
    for (; count < width && (c = take(scan)) != EOF; count++) {
        if (!wanted(directive, c)) {
            give_back(scan, c);
            break;
        }
        text_add(&text, (char)c);
    }
    int short_of = single ? count < width : count == 0;
    if (!single && !directive->suppressed)
        text_put(&text, 0);
    if (short_of || text.failed || !mbsinit(&text.state)) {
        if (text.allocate)
            free(text.wide != NULL ? (void *)text.wide : text.bytes);
        return short_of && c == EOF && (count == 0 || single) ? INPUT_END : MISMATCH;
    }
    if (directive->allocate && !directive->suppressed)
        *(void **)to = text.wide != NULL ? (void *)text.wide : text.bytes;
    scan->assigned += !directive->suppressed;
    return DONE;
}

/* The set behind "%[": flags for each byte; *format moves behind its ]. */
static int parse_set(const char **format, unsigned char *set)
{
    const unsigned char *p = (const unsigned char *)*format;
    int negated = *p == '^';
    p += negated;
    memset(set, negated, 256);
    const unsigned char *first = p;
    for (; *p != ']' || p == first; p++) {
        if (*p == '\0')
            return -1;
        if (p[0] == '-' && p != first && p[1] != ']' && p[1] != '\0' && p[-1] <= p[1])
            for (int c = p[-1]; c <= p[1]; c++)
                set[c] = !negated;
        else
            set[*p] = !negated;
    }
    *format = (const char *)p + 1;
    return 0;
}

static int scan_width(const char **format)
{
    int value = 0;
    for (; isdigit((unsigned char)**format); ++*format)
        if (value < INT_MAX / 10 - 1)
            value = value * 10 + (**format - '0');
    return value;
}

static int parse_length(const char **format)
{
    char letter = **format;
    if (letter == '\0' || strchr("hlLjzt", letter) == NULL)
        return 0;
    ++*format;
    if ((letter == 'h' || letter == 'l') && **format == letter) {
        ++*format;
        return letter == 'h' ? 'H' : 'q';
    }
    return letter;
}

/* Behind '%'. -1: the format is wrong. */
static int parse_directive(const char **format, struct directive *out, unsigned char *set)
{
    memset(out, 0, sizeof *out);
    out->set = set;
    int number = scan_width(format);
    if (**format == '$') {
        out->argument = number;
        ++*format;
        number = 0;
    }
    if (**format == '*') {
        out->suppressed = 1;
        ++*format;
    }
    out->width = number > 0 ? number : scan_width(format);
    if (**format == 'm') {
        out->allocate = 1;
        ++*format;
    }
    out->length = parse_length(format);
    out->letter = **format;
    if (out->letter == 'C' || out->letter == 'S') {
        out->letter = (char)tolower(out->letter);
        out->length = 'l';
    }
    if (out->letter == '\0')
        return -1;
    ++*format;
    return out->letter == '[' ? parse_set(format, set) : 0;
}

static enum outcome match_literal(struct scan *scan, char wanted_char)
{
    int c = take(scan);
    if (c == (unsigned char)wanted_char)
        return DONE;
    give_back(scan, c);
    return c == EOF ? INPUT_END : MISMATCH;
}

static enum outcome convert(struct scan *scan, const struct directive *directive)
{
    char letter = directive->letter;
    if (letter == 'n') {
        if (!directive->suppressed)
            store_integer(target(scan, directive), directive->length, scan->consumed);
        return DONE;
    }
    if (letter != 'c' && letter != '[' && skip_space(scan) == EOF)
        return INPUT_END;
    switch (letter) {
    case '%':
        return match_literal(scan, '%');
    case 'd':
    case 'i':
    case 'o':
    case 'u':
    case 'x':
    case 'X':
    case 'p':
        return scan_integer(scan, directive);
    case 'a':
    case 'A':
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
        return scan_float(scan, directive);
    case 'c':
    case 's':
    case '[':
        return scan_text(scan, directive);
    default:
        errno = EINVAL;
        return MISMATCH;
    }
}

int vfscanf(FILE *restrict stream, const char *restrict text, va_list arguments)
{
    const char *format = text;
    unsigned char set[256];
    struct directive directive;
    enum outcome outcome = DONE;
    va_list copy;
    va_copy(copy, arguments);
    struct scan scan = {.stream = stream, .list = &copy};
    while (*format != '\0' && outcome == DONE) {
        if (isspace((unsigned char)*format)) {
            skip_space(&scan);
            format++;
        } else if (*format != '%') {
            outcome = match_literal(&scan, *format++);
        } else {
            format++;
            if (parse_directive(&format, &directive, set) < 0) {
                errno = EINVAL;
                outcome = MISMATCH;
            } else {
                outcome = convert(&scan, &directive);
            }
        }
    }
    va_end(copy);
    return outcome == INPUT_END && scan.assigned == 0 ? EOF : scan.assigned;
}

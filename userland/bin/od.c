/*
 * od: dump files in various formats.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/od.html
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util.h"

enum { LINE = 16 };

struct format {
    char type; /* a c d f o u x */
    size_t size;
    int width; /* of one value, without the blank before it */
};

static struct format *formats;
static size_t format_count;
static char address_base = 'o';
static bool show_duplicates;

static char **names;
static FILE *input; /* the operands are read as one */
static const char *input_name;
static int status;

static void add_format(char type, size_t size)
{
    static const int octal[] = {0, 3, 6, 0, 11, 0, 0, 0, 22};
    static const int decimal[] = {0, 4, 6, 0, 11, 0, 0, 0, 20};
    static const int natural[] = {0, 3, 5, 0, 10, 0, 0, 0, 20};
    int width = type == 'o'   ? octal[size]
                : type == 'd' ? decimal[size]
                : type == 'u' ? natural[size]
                : type == 'x' ? (int)size * 2
                : type == 'f' ? (size == 4 ? 15 : 24)
                              : 3;
    formats = xgrow(formats, format_count, sizeof *formats);
    formats[format_count++] = (struct format){type, size, width};
}

/* The size behind a type: a letter, a number of bytes, or the type's own. */
static size_t parse_size(char type, const char **s)
{
    static const char letters[] = "CSILFD";
    static const size_t sizes[] = {1, sizeof(short), sizeof(int), sizeof(long), 4, 8};
    const char *letter = **s != '\0' ? strchr(letters, **s) : NULL;
    if (letter != NULL && (type == 'f') == (letter - letters >= 4)) {
        (*s)++;
        return sizes[letter - letters];
    }
    if (!isdigit((unsigned char)**s))
        return type == 'f' ? 8 : sizeof(int);
    char *end;
    size_t size = strtoul(*s, &end, 10);
    *s = end;
    return size;
}

/* -t: types one behind the other, as in `x1c`. */
static void parse_types(const char *text)
{
    const char *s = text;
    while (*s != '\0') {
        char type = *s++;
        if (strchr("acdfoux", type) == NULL)
            diex("%s: `%c` is not a type", text, type);
        size_t size = type == 'a' || type == 'c' ? 1 : parse_size(type, &s);
        bool known =
            type == 'f' ? size == 4 || size == 8 : size == 1 || size == 2 || size == 4 || size == 8;
        if (!known)
            diex("%s: type `%c` has no size %zu", text, type, size);
        add_format(type, size);
    }
}

/* Decimal, octal behind 0, hexadecimal behind 0x; b, k and m multiply. */
static uintmax_t parse_offset(const char *text, bool multipliers)
{
    char *end;
    uintmax_t value = strtoul(text, &end, 0);
    if (end == text || *text == '-')
        diex("%s: not a number", text);
    if (multipliers && *end != '\0' && end[1] == '\0') {
        uintmax_t factor = *end == 'b' ? 512 : *end == 'k' ? 1024 : *end == 'm' ? 1048576 : 0;
        if (factor != 0)
            end++;
        value *= factor != 0 ? factor : 1;
    }
    if (*end != '\0')
        diex("%s: not a number", text);
    return value;
}

static int next_byte(void)
{
    for (;;) {
        int c = input != NULL ? getc(input) : EOF;
        if (c != EOF)
            return c;
        if (input != NULL && !input_close(input, input_name))
            status = 1;
        input = NULL;
        if (*names == NULL)
            return EOF;
        input_name = *names++;
        input = input_open(input_name);
        if (input == NULL)
            status = 1;
    }
}

static void print_address(uintmax_t address)
{
    switch (address_base) {
    case 'd':
        printf("%07ju", address);
        break;
    case 'o':
        printf("%07jo", address);
        break;
    case 'x':
        printf("%06jx", address);
        break;
    default:
        break;
    }
}

static const char *character_name(char type, unsigned char byte)
{
    static const char *const ascii[] = {
        "nul", "soh", "stx", "etx", "eot", "enq", "ack", "bel", "bs",  "ht",  "nl",
        "vt",  "ff",  "cr",  "so",  "si",  "dle", "dc1", "dc2", "dc3", "dc4", "nak",
        "syn", "etb", "can", "em",  "sub", "esc", "fs",  "gs",  "rs",  "us",  "sp"};
    static char text[4];
    if (type == 'a') {
        byte &= 0x7f;
        if (byte <= ' ')
            return ascii[byte];
        if (byte == 0x7f)
            return "del";
    } else {
        const char *known = memchr("\0\a\b\f\n\r\t\v", byte, 8);
        static const char *const escapes[] = {"\\0", "\\a", "\\b", "\\f",
                                              "\\n", "\\r", "\\t", "\\v"};
        for (size_t i = 0; known != NULL && i < 8; i++)
            if ("\0\a\b\f\n\r\t\v"[i] == (char)byte)
                return escapes[i];
        if (!isprint(byte)) {
            snprintf(text, sizeof text, "%03o", byte);
            return text;
        }
    }
    snprintf(text, sizeof text, "%c", byte);
    return text;
}

/* The integer at `bytes`, in the machine's order. */
static uint64_t load(const unsigned char *bytes, size_t size)
{
    uint8_t one;
    uint16_t two;
    uint32_t four;
    uint64_t eight;
    switch (size) {
    case 1:
        memcpy(&one, bytes, 1);
        return one;
    case 2:
        memcpy(&two, bytes, 2);
        return two;
    case 4:
        memcpy(&four, bytes, 4);
        return four;
    default:
        memcpy(&eight, bytes, 8);
        return eight;
    }
}

static intmax_t extend(uint64_t value, size_t size)
{
    return size == 1   ? (int8_t)value
           : size == 2 ? (int16_t)value
           : size == 4 ? (int32_t)value
                       : (int64_t)value;
}

static void print_floating(const struct format *format, int width, const unsigned char *bytes)
{
    float single;
    double number;
    if (format->size == 4) {
        memcpy(&single, bytes, sizeof single);
        printf(" %*.7e", width, (double)single);
    } else {
        memcpy(&number, bytes, sizeof number);
        printf(" %*.16e", width, number);
    }
}

static void print_value(const struct format *format, int width, const unsigned char *bytes)
{
    int digits = format->width;
    if (format->type == 'f') {
        print_floating(format, width, bytes);
        return;
    }
    if (format->type == 'a' || format->type == 'c') {
        printf(" %*s", width, character_name(format->type, *bytes));
        return;
    }
    uint64_t value = load(bytes, format->size);
    printf("%*s", width - digits + 1, "");
    if (format->type == 'd')
        printf("%*jd", digits, extend(value, format->size));
    else if (format->type == 'u')
        printf("%*ju", digits, (uintmax_t)value);
    else if (format->type == 'o')
        printf("%0*jo", digits, (uintmax_t)value);
    else
        printf("%0*jx", digits, (uintmax_t)value);
}

/* Columns of all formats line up: a value is as wide as the widest format needs for its bytes. */
static int aligned_width(const struct format *format)
{
    size_t per_eight = 0;
    for (size_t i = 0; i < format_count; i++) {
        size_t needed = ((size_t)formats[i].width + 1) * (8 / formats[i].size);
        if (needed > per_eight)
            per_eight = needed;
    }
    return (int)(per_eight * format->size / 8) - 1;
}

static void print_line(uintmax_t address, const unsigned char *bytes, size_t length)
{
    print_address(address);
    for (size_t i = 0; i < format_count; i++) {
        int width = aligned_width(&formats[i]);
        if (i > 0 && address_base != 'n')
            printf("%*s", address_base == 'x' ? 6 : 7, "");
        for (size_t at = 0; at < length; at += formats[i].size)
            print_value(&formats[i], width, bytes + at);
        putchar('\n');
    }
}

static void dump(uintmax_t skip, uintmax_t limit)
{
    unsigned char lines[2][LINE];
    int current = 0;
    bool duplicate = false;
    bool first = true;
    uintmax_t address = skip;
    for (uintmax_t i = 0; i < skip; i++)
        if (next_byte() == EOF)
            diex("cannot skip past the end of the input");
    for (;; current = !current) {
        unsigned char *line = lines[current];
        size_t length = 0;
        int c = EOF;
        /* What is missing from the last value is zero. */
        memset(line, 0, LINE);
        while (length < LINE && length < limit && (c = next_byte()) != EOF)
            line[length++] = (unsigned char)c;
        limit -= length;
        if (length == 0)
            break;
        bool same = !first && length == LINE && memcmp(lines[0], lines[1], LINE) == 0;
        if (!same || show_duplicates)
            print_line(address, line, length);
        else if (!duplicate)
            puts("*");
        duplicate = same;
        first = false;
        address += length;
        if (length < LINE)
            break;
    }
    print_address(address);
    if (address_base != 'n')
        putchar('\n');
}

/* XSI: od [file] [[+]offset[.][b]] with the offset in octal, or decimal before a point. */
static bool parse_xsi_offset(const char *text, uintmax_t *skip)
{
    const char *s = text + (*text == '+');
    size_t digits = strspn(s, "0123456789");
    bool decimal = s[digits] == '.';
    const char *end = s + digits + decimal;
    bool blocks = *end == 'b';
    if (digits == 0 || end[blocks] != '\0')
        return false;
    *skip = strtoul(s, NULL, decimal ? 10 : 8) * (blocks ? 512 : 1);
    return true;
}

static void parse_letter(int option)
{
    static const struct {
        char letter, type;
        size_t size;
    } shorthands[] = {{'b', 'o', 1}, {'c', 'c', 1}, {'d', 'u', 2},
                      {'o', 'o', 2}, {'s', 'd', 2}, {'x', 'x', 2}};
    for (size_t i = 0; i < sizeof shorthands / sizeof *shorthands; i++) {
        if (shorthands[i].letter != option)
            continue;
        add_format(shorthands[i].type, shorthands[i].size);
        return;
    }
    usage();
}

int main(int argc, char *argv[])
{
    util_start(argv,
               "od [-v] [-A address_base] [-j skip] [-N count] [-t type_string]... [file ...]\n"
               "od [-bcdosx] [file] [[+]offset[.][b]]",
               1);
    uintmax_t skip = 0;
    uintmax_t limit = UINTMAX_MAX;
    bool xsi = true;
    int option;
    while ((option = getopt(argc, argv, "A:bcdj:N:ost:vx")) != -1) {
        bool standard = strchr("AjNt", option) != NULL;
        xsi = xsi && !standard;
        if (option == 'A' && (strchr("doxn", *optarg) == NULL || strlen(optarg) != 1))
            diex("%s: not an address base", optarg);
        else if (option == 'A')
            address_base = *optarg;
        else if (option == 'j')
            skip = parse_offset(optarg, true);
        else if (option == 'N')
            limit = parse_offset(optarg, false);
        else if (option == 't')
            parse_types(optarg);
        else if (option == 'v')
            show_duplicates = true;
        else
            parse_letter(option);
    }
    if (format_count == 0)
        add_format('o', 2);
    names = argv + optind;
    int count = argc - optind;
    const char *last = count > 0 ? argv[argc - 1] : "";
    bool offset_form = xsi && ((count == 1 && *last == '+') ||
                               (count == 2 && (*last == '+' || isdigit((unsigned char)*last))));
    if (offset_form && parse_xsi_offset(last, &skip))
        argv[argc - 1] = NULL;
    names = input_names(names);
    dump(skip, limit);
    return util_end(status);
}

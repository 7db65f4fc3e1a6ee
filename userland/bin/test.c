/*
 * test, [: evaluate expression. The number of arguments decides what they mean.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/test.html
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util.h"

/* A file is newer than one that isn't there. */
static bool newer(const char *a, const char *b)
{
    struct stat first;
    struct stat second;
    if (stat(a, &first) != 0)
        return false;
    if (stat(b, &second) != 0)
        return true;
    if (first.st_mtim.tv_sec != second.st_mtim.tv_sec)
        return first.st_mtim.tv_sec > second.st_mtim.tv_sec;
    return first.st_mtim.tv_nsec > second.st_mtim.tv_nsec;
}

static bool same_file(const char *a, const char *b)
{
    struct stat first;
    struct stat second;
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

static intmax_t number(const char *text)
{
    const char *digits = text + strspn(text, " \t\n");
    bool negative = *digits == '-';
    uintmax_t value;
    if (*digits == '-' || *digits == '+')
        digits++;
    if (!parse_number(digits, INTMAX_MAX, &value))
        diex("%s: not an integer", text);
    return negative ? -(intmax_t)value : (intmax_t)value;
}

static bool file_test(char primary, const char *name)
{
    struct stat st;
    if ((primary == 'h' || primary == 'L' ? lstat : stat)(name, &st) != 0)
        return false;
    switch (primary) {
    case 'b':
        return S_ISBLK(st.st_mode);
    case 'c':
        return S_ISCHR(st.st_mode);
    case 'd':
        return S_ISDIR(st.st_mode);
    case 'f':
        return S_ISREG(st.st_mode);
    case 'g':
        return (st.st_mode & S_ISGID) != 0;
    case 'h':
    case 'L':
        return S_ISLNK(st.st_mode);
    case 'p':
        return S_ISFIFO(st.st_mode);
    case 'r':
        return access(name, R_OK) == 0;
    case 'S':
        return S_ISSOCK(st.st_mode);
    case 's':
        return st.st_size > 0;
    case 'u':
        return (st.st_mode & S_ISUID) != 0;
    case 'w':
        return access(name, W_OK) == 0;
    case 'x':
        return access(name, X_OK) == 0;
    default:
        return true; /* -e */
    }
}

static bool is_unary(const char *text)
{
    return text[0] == '-' && text[1] != '\0' && text[2] == '\0' &&
           strchr("bcdefghLnprSstuwxz", text[1]) != NULL;
}

static bool unary(const char *primary, const char *operand)
{
    switch (primary[1]) {
    case 'n':
        return operand[0] != '\0';
    case 'z':
        return operand[0] == '\0';
    case 't':
        return isatty((int)number(operand));
    default:
        return file_test(primary[1], operand);
    }
}

enum binary { NONE, EQUAL, UNEQUAL, BEFORE, AFTER, EQ, NE, GT, GE, LT, LE, EF, NT, OT };

static enum binary binary_primary(const char *text)
{
    static const char *const names[] = {"=",   "!=",  "<",   ">",   "-eq", "-ne", "-gt",
                                        "-ge", "-lt", "-le", "-ef", "-nt", "-ot"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(text, names[i]) == 0)
            return (enum binary)(i + 1);
    return NONE;
}

static bool binary(enum binary primary, const char *a, const char *b)
{
    switch (primary) {
    case EQUAL:
        return strcmp(a, b) == 0;
    case UNEQUAL:
        return strcmp(a, b) != 0;
    case BEFORE:
        return strcmp(a, b) < 0;
    case AFTER:
        return strcmp(a, b) > 0;
    case EF:
        return same_file(a, b);
    case NT:
        return newer(a, b);
    case OT:
        return newer(b, a);
    default:
        break;
    }
    intmax_t left = number(a);
    intmax_t right = number(b);
    switch (primary) {
    case EQ:
        return left == right;
    case NE:
        return left != right;
    case GT:
        return left > right;
    case GE:
        return left >= right;
    case LT:
        return left < right;
    default:
        return left <= right;
    }
}

/* The table of the standard's OPERANDS section. */
static bool evaluate(int count, char *words[])
{
    bool negated = count > 1 && strcmp(words[0], "!") == 0;
    if (count == 0)
        return false;
    if (count == 1)
        return words[0][0] != '\0';
    if (count == 3 && binary_primary(words[1]) != NONE)
        return binary(binary_primary(words[1]), words[0], words[2]);
    if (negated && count <= 4)
        return !evaluate(count - 1, words + 1);
    if (count == 2 && is_unary(words[0]))
        return unary(words[0], words[1]);
    if (count == 2)
        diex("%s: not a unary primary", words[0]);
    if (count == 3)
        diex("%s: not a binary primary", words[1]);
    diex("too many arguments (join tests with && and ||)");
}

int main(int argc, char *argv[])
{
    util_start(argv, "test [expression]\n[ [expression] ]", 2);
    if (strcmp(path_last(argv[0]), "[") == 0) {
        if (strcmp(argv[argc - 1], "]") != 0 || argc == 1)
            diex("missing ]");
        argc--;
    }
    return !evaluate(argc - 1, argv + 1);
}

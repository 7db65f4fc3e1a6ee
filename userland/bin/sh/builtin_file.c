/* Built-ins for files and folders: cd pwd umask echo test [. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builtin.h"
#include "error.h"
#include "exec.h"
#include "out.h"
#include "shell.h"
#include "var.h"

#define PATH_SIZE 4096

/* --- cd, pwd --- */

/* Drops the last component of the path. */
static void remove_last(struct buf *path)
{
    while (path->len > 0 && path->data[--path->len] != '/')
        ;
}

/* The path from the root without . and .. and doubled slashes (XCU cd, step 8); no links are
 * looked at. */
static char *canonical(const char *base, const char *path)
{
    struct buf out = {0};
    struct buf whole = {0};

    if (path[0] != '/')
        buf_format(&whole, "%s/", base);
    buf_text(&whole, path);
    for (const char *s = whole.data; *s;) {
        size_t len = strcspn(s, "/");

        if (len == 2 && s[0] == '.' && s[1] == '.') {
            remove_last(&out);
        } else if (len > 0 && !(len == 1 && s[0] == '.')) {
            buf_char(&out, '/');
            buf_bytes(&out, s, len);
        }
        s += len;
        s += strspn(s, "/");
    }
    if (out.len == 0)
        buf_char(&out, '/');
    return scratch_strndup(out.data, out.len);
}

static bool change(const char *target, bool physical)
{
    const char *pwd = var_get("PWD");
    char *path = scratch_alloc(PATH_SIZE);

    if (!pwd || pwd[0] != '/')
        pwd = getcwd(path, PATH_SIZE) ? scratch_strdup(path) : "/";
    if (!physical) {
        struct stat status;

        /* "x/.." is refused where there is no x. */
        path = canonical(pwd, target);
        if (strstr(target, "..") && stat(target, &status) < 0)
            return false;
    }
    if (chdir(physical ? target : path) < 0)
        return false;
    if (physical && !getcwd(path, PATH_SIZE))
        return false;
    var_assign("OLDPWD", pwd);
    var_assign("PWD", path);
    return true;
}

static bool is_dotted(const char *path)
{
    return strncmp(path, "./", 2) == 0 || strncmp(path, "../", 3) == 0 || strcmp(path, ".") == 0 ||
           strcmp(path, "..") == 0;
}

/* The first folder of $CDPATH that the target is in; *named says that the new path is shown. */
static const char *search_cdpath(const char *target, bool *named)
{
    const char *cdpath = var_get("CDPATH");

    if (!cdpath || target[0] == '/' || is_dotted(target))
        return target;
    for (;; cdpath++) {
        size_t len = strcspn(cdpath, ":");
        struct buf path = {0};
        struct stat status;

        buf_bytes(&path, cdpath, len);
        buf_text(&path, len == 0 ? "./" : cdpath[len - 1] == '/' ? "" : "/");
        buf_text(&path, target);
        if (stat(path.data, &status) == 0 && S_ISDIR(status.st_mode)) {
            *named = len > 0;
            return path.data;
        }
        cdpath += len;
        if (!*cdpath)
            return target;
    }
}

static int print_line(const char *utility, const char *text)
{
    struct buf out = {0};

    buf_format(&out, "%s\n", text);
    return out_flush(utility, &out);
}

int builtin_cd(int argc, char **argv)
{
    struct option_loop options = {.argv = argv};
    const char *target;
    bool physical = false;
    bool named = false;
    int letter;

    while ((letter = next_option(&options, "LPe")) != 0) {
        if (letter == '?')
            return 2;
        if (letter != 'e')
            physical = letter == 'P';
    }
    target = options.next < argc ? argv[options.next] : var_get("HOME");
    if (!target || !*target)
        return builtin_error("cd: %s", target ? "the folder's name is empty" : "HOME is not set");
    if (strcmp(target, "-") == 0) {
        target = var_get("OLDPWD");
        named = true;
        if (!target)
            return builtin_error("cd: OLDPWD is not set");
    } else {
        target = search_cdpath(target, &named);
    }
    if (!change(target, physical))
        return builtin_error("cd: cannot change to %s: %s", target, strerror(errno));
    return named ? print_line("cd", var_get("PWD")) : 0;
}

int builtin_pwd(int argc, char **argv)
{
    struct option_loop options = {.argv = argv};
    const char *pwd = var_get("PWD");
    char path[PATH_SIZE];
    bool physical = false;
    int letter;

    (void)argc;
    while ((letter = next_option(&options, "LP")) != 0) {
        if (letter == '?')
            return 2;
        physical = letter == 'P';
    }
    if (!physical && pwd && exec_same_file(pwd, "."))
        return print_line("pwd", pwd);
    if (!getcwd(path, sizeof path))
        return builtin_error("pwd: %s", strerror(errno));
    return print_line("pwd", path);
}

/* --- umask --- */

/* The bits of who=u,g,o,a as a mask of rwxrwxrwx. */
static mode_t who_bits(const char **text)
{
    mode_t who = 0;

    for (;; (*text)++) {
        switch (**text) {
        case 'u':
            who |= 0700;
            break;
        case 'g':
            who |= 0070;
            break;
        case 'o':
            who |= 0007;
            break;
        case 'a':
            who |= 0777;
            break;
        default:
            return who ? who : 0777;
        }
    }
}

static mode_t permission_bits(const char **text, mode_t allowed)
{
    mode_t bits = 0;

    for (;; (*text)++) {
        switch (**text) {
        case 'r':
            bits |= 0444;
            break;
        case 'w':
            bits |= 0222;
            break;
        case 'x':
            bits |= 0111;
            break;
        case 'u':
            bits |= (allowed >> 6 & 7) * 0111;
            break;
        case 'g':
            bits |= (allowed >> 3 & 7) * 0111;
            break;
        case 'o':
            bits |= (allowed & 7) * 0111;
            break;
        default:
            return bits;
        }
    }
}

/* u=rwx,g-w,... applied to what is allowed; false if it is no such text. */
static bool symbolic(const char *text, mode_t *allowed)
{
    for (;;) {
        mode_t who = who_bits(&text);
        char op = *text;

        if (op != '+' && op != '-' && op != '=')
            return false;
        while (*text == '+' || *text == '-' || *text == '=') {
            mode_t bits;

            op = *text++;
            bits = permission_bits(&text, *allowed) & who;
            if (op == '=')
                *allowed = (*allowed & ~who) | bits;
            else
                *allowed = op == '+' ? *allowed | bits : *allowed & ~bits;
        }
        if (!*text)
            return true;
        if (*text++ != ',')
            return false;
    }
}

static void print_symbolic(struct buf *out, mode_t mask)
{
    static const char classes[] = "ugo";

    for (int i = 0; i < 3; i++) {
        mode_t allowed = ~mask >> (6 - 3 * i) & 7;

        buf_format(out, "%s%c=", i ? "," : "", classes[i]);
        buf_text(out, allowed & 4 ? "r" : "");
        buf_text(out, allowed & 2 ? "w" : "");
        buf_text(out, allowed & 1 ? "x" : "");
    }
    buf_char(out, '\n');
}

int builtin_umask(int argc, char **argv)
{
    struct option_loop options = {.argv = argv};
    int letter = next_option(&options, "S");
    mode_t mask = umask(0);
    mode_t allowed = ~mask & 0777;
    const char *operand;

    umask(mask);
    if (letter == '?')
        return 2;
    if (letter == 'S')
        next_option(&options, "S");
    if (options.next >= argc) {
        struct buf out = {0};

        if (letter == 'S')
            print_symbolic(&out, mask);
        else
            buf_format(&out, "%04o\n", (unsigned)mask);
        return out_flush("umask", &out);
    }
    operand = argv[options.next];
    if (operand[0] && strlen(operand) <= 4 && !operand[strspn(operand, "01234567")])
        mask = (mode_t)strtol(operand, NULL, 8) & 0777;
    else if (symbolic(operand, &allowed))
        mask = ~allowed & 0777;
    else
        return builtin_error("umask: %s: bad mask", operand);
    umask(mask);
    return 0;
}

/* --- test --- */

static bool test_access(const char *path, int mode)
{
    return access(path, mode) == 0;
}

static bool test_file(char op, const char *path)
{
    struct stat status;

    if (op == 'h' || op == 'L')
        return lstat(path, &status) == 0 && S_ISLNK(status.st_mode);
    if (stat(path, &status) < 0)
        return false;
    switch (op) {
    case 'b':
        return S_ISBLK(status.st_mode);
    case 'c':
        return S_ISCHR(status.st_mode);
    case 'd':
        return S_ISDIR(status.st_mode);
    case 'f':
        return S_ISREG(status.st_mode);
    case 'g':
        return status.st_mode & S_ISGID;
    case 'p':
        return S_ISFIFO(status.st_mode);
    case 'S':
        return S_ISSOCK(status.st_mode);
    case 's':
        return status.st_size > 0;
    case 'u':
        return status.st_mode & S_ISUID;
    default:
        return true;
    }
}

static bool is_unary(const char *op)
{
    return op[0] == '-' && op[1] && !op[2] && strchr("bcdefghLnprSstuwxz", op[1]);
}

static bool test_unary(char op, const char *operand)
{
    switch (op) {
    case 'n':
        return *operand != '\0';
    case 'z':
        return *operand == '\0';
    case 'r':
        return test_access(operand, R_OK);
    case 'w':
        return test_access(operand, W_OK);
    case 'x':
        return test_access(operand, X_OK);
    case 't':
        return parse_number(operand) >= 0 && isatty(parse_number(operand));
    default:
        return test_file(op, operand);
    }
}

/* Sets builtin_failed if the text is no integer. */
static long long integer(const char *text)
{
    char *end;
    long long value;

    errno = 0;
    value = strtoll(text, &end, 10);
    while (*end == ' ' || *end == '\t')
        end++;
    if (*end || end == text || errno)
        builtin_error("test: %s: not an integer", text);
    return value;
}

static int compare_times(const char *left, const char *right)
{
    struct stat a, b;
    bool has_a = stat(left, &a) == 0;
    bool has_b = stat(right, &b) == 0;

    if (!has_a || !has_b)
        return has_a - has_b;
    if (a.st_mtim.tv_sec != b.st_mtim.tv_sec)
        return a.st_mtim.tv_sec < b.st_mtim.tv_sec ? -1 : 1;
    return (a.st_mtim.tv_nsec > b.st_mtim.tv_nsec) - (a.st_mtim.tv_nsec < b.st_mtim.tv_nsec);
}

static bool same_file(const char *left, const char *right)
{
    struct stat a, b;

    return stat(left, &a) == 0 && stat(right, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

static const char *const binary_ops[] = {"=",   "!=",  "<",   ">",   "-eq", "-ne", "-gt",
                                         "-ge", "-lt", "-le", "-nt", "-ot", "-ef"};

/* The operator's place in binary_ops, or -1. */
static int binary_op(const char *op)
{
    for (int i = 0; i < (int)(sizeof binary_ops / sizeof *binary_ops); i++) {
        if (strcmp(binary_ops[i], op) == 0)
            return i;
    }
    return -1;
}

static bool test_integers(int op, long long a, long long b)
{
    switch (op) {
    case 4:
        return a == b;
    case 5:
        return a != b;
    case 6:
        return a > b;
    case 7:
        return a >= b;
    case 8:
        return a < b;
    default:
        return a <= b;
    }
}

static bool test_binary(const char *left, int op, const char *right)
{
    switch (op) {
    case 0:
        return strcmp(left, right) == 0;
    case 1:
        return strcmp(left, right) != 0;
    case 2:
        return strcmp(left, right) < 0;
    case 3:
        return strcmp(left, right) > 0;
    case 10:
        return compare_times(left, right) > 0;
    case 11:
        return compare_times(left, right) < 0;
    case 12:
        return same_file(left, right);
    default:
        return test_integers(op, integer(left), integer(right));
    }
}

/* By the number of arguments, as XCU test says; 2 after a message. */
static int test_args(int argc, char **argv)
{
    if (argc == 0)
        return 1;
    if (argc == 1)
        return *argv[0] == '\0';
    if (argc == 3 && binary_op(argv[1]) >= 0) {
        bool holds = test_binary(argv[0], binary_op(argv[1]), argv[2]);

        return builtin_failed ? 2 : !holds;
    }
    if (argc <= 4 && strcmp(argv[0], "!") == 0) {
        int status = test_args(argc - 1, argv + 1);

        return status > 1 ? status : !status;
    }
    if (argc == 2 && is_unary(argv[0]))
        return !test_unary(argv[0][1], argv[1]);
    if ((argc == 3 || argc == 4) && strcmp(argv[0], "(") == 0 && strcmp(argv[argc - 1], ")") == 0)
        return test_args(argc - 2, argv + 1);
    return builtin_error("test: %s: unknown operator", argc == 3 ? argv[1] : argv[0]);
}

int builtin_test(int argc, char **argv)
{
    builtin_failed = false;
    if (strcmp(argv[0], "[") == 0 && strcmp(argv[--argc], "]") != 0)
        return builtin_error("[: missing ]");
    return test_args(argc - 1, argv + 1);
}

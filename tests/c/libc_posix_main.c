/* getopt, the environment, paths, globs, locales and wide characters against the host's. */
#define _GNU_SOURCE
#include "libc_driver.h"
#include <errno.h>
#include <glob.h>
#include <libgen.h>
#include <limits.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

extern char *exo_optarg;
extern int exo_optind, exo_opterr, exo_optopt;
int exo_getopt(int, char *const *, const char *);
int exo_setenv(const char *, const char *, int);
int exo_unsetenv(const char *);
int exo_putenv(char *);
char *exo_getenv(const char *);
char *exo_basename(char *);
char *exo_dirname(char *);
char *exo_realpath(const char *, char *);
int exo_mkstemp(char *);
char *exo_mkdtemp(char *);
char *exo_setlocale(int, const char *);
size_t exo___mb_cur_max(void);
size_t exo_mbrtowc(wchar_t *, const char *, size_t, void *);
size_t exo_wcrtomb(char *, wchar_t, void *);
int exo_snprintf(char *, size_t, const char *, ...);

struct exo_glob {
    size_t count;
    char **paths;
    size_t offset;
};

int exo_glob(const char *, int, int (*)(const char *, int), struct exo_glob *);
void exo_globfree(struct exo_glob *);

/* glibc's flags have other values than ours: exo's are 1 ERR, 2 MARK, 4 NOSORT, 16 NOCHECK. */
#define EXO_MARK 2
#define EXO_NOCHECK 16

static void check_getopt(void)
{
    static const char *const words[] = {"-a", "-b", "-bX", "-ab", "-abc",
                                        "--", "-",  "x",   "-c",  "-z"};
    static const char *const options[] = {"ab:c", ":ab:c", "abc:"};
    opterr = exo_opterr = 0;
    for (int round = 0; round < 5000; round++) {
        char *argv[8] = {"prog"};
        int argc = 1 + (int)below(6), result, other;
        const char *known = options[below(3)];
        for (int i = 1; i < argc; i++)
            argv[i] = (char *)words[below(10)];
        optind = 0;
        exo_optind = 1;
        do {
            result = exo_getopt(argc, argv, known);
            other = getopt(argc, argv, known);
            CHECK(result == other && exo_optind == optind, "getopt: %d at %d, not %d at %d", result,
                  exo_optind, other, optind);
            if (result == '?' || result == ':')
                CHECK(exo_optopt == optopt, "optopt");
            else if (result != -1)
                CHECK((exo_optarg == NULL) == (optarg == NULL) &&
                          (optarg == NULL || strcmp(optarg, exo_optarg) == 0),
                      "optarg");
        } while (result != -1 && result == other);
    }
}

static void check_environment(void)
{
    static char put[] = "PUT=here";
    for (int round = 0; round < 2000; round++) {
        char name[8], value[20];
        sprintf(name, "V%u", below(20));
        sprintf(value, "%u", below(1000));
        if (below(3) == 0) {
            CHECK(exo_unsetenv(name) == 0 && exo_getenv(name) == NULL, "unsetenv");
        } else {
            CHECK(exo_setenv(name, value, 1) == 0 && strcmp(exo_getenv(name), value) == 0,
                  "setenv");
            CHECK(strcmp(getenv(name), value) == 0, "the host does not see it");
            CHECK(exo_setenv(name, "no", 0) == 0 && strcmp(exo_getenv(name), value) == 0,
                  "overwrite");
        }
    }
    CHECK(exo_putenv(put) == 0 && exo_getenv("PUT") == put + 4, "putenv");
    CHECK(exo_setenv("A=B", "x", 1) == -1 && errno == EINVAL, "setenv of A=B");
    CHECK(exo_setenv("", "x", 1) == -1 && exo_unsetenv("A=B") == -1, "setenv of nothing");
    for (int i = 0; i < 20; i++) {
        char name[8];
        sprintf(name, "V%d", i);
        exo_unsetenv(name);
    }
}

static void check_path_parts(void)
{
    for (int round = 0; round < 5000; round++) {
        char one[12], two[12];
        size_t size = below(9);
        for (size_t i = 0; i < size; i++)
            one[i] = "/ab."[below(4)];
        one[size] = '\0';
        if (one[0] == '/' && one[1] == '/') /* means what the implementation likes */
            continue;
        strcpy(two, one);
        char original[12];
        strcpy(original, one);
        CHECK(strcmp(exo_basename(one), basename(two)) == 0, "basename '%s'", original);
        strcpy(one, original);
        strcpy(two, original);
        CHECK(strcmp(exo_dirname(one), dirname(two)) == 0, "dirname '%s': '%s'", original, one);
    }
}

static void check_realpath(void)
{
    static const char *const paths[] = {
        ".",         "d",         "d/../f",       "link/g", "./d//g",    "loop",   "none", "d/none",
        "f/x",       "link/../f", "up/f",         "/",      "//tmp/../", "d/./g/", "",     "abs",
        "link/none", "d/g",       "up/d/../link", "f/."};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        char ours[PATH_MAX], theirs[PATH_MAX];
        errno = 0;
        char *a = exo_realpath(paths[i], ours);
        int error = errno;
        errno = 0;
        char *b = realpath(paths[i], theirs);
        CHECK((a == NULL) == (b == NULL) && (a != NULL || error == errno),
              "realpath '%s': %d, not %d", paths[i], error, errno);
        if (a != NULL && b != NULL)
            CHECK(strcmp(a, b) == 0, "realpath '%s': '%s', not '%s'", paths[i], a, b);
    }
}

static void check_glob(void)
{
    static const char *const patterns[] = {
        "*",      "d/*",  "*/g",  "[df]", "none*", "f", "?",       ".*",     "d/.*",  "*/",
        "*/*/..", "l*/g", "d//g", "./*",  "\\f",   "[", "d/[gh]*", "*loop*", "abs/*", "*none/x"};
    for (size_t i = 0; i < 2 * sizeof patterns / sizeof patterns[0]; i++) {
        const char *pattern = patterns[i / 2];
        if (i % 2 && pattern[strlen(pattern) - 1] == '/') /* glibc marks these twice */
            continue;
        struct exo_glob ours;
        glob_t theirs;
        int a = exo_glob(pattern, i % 2 ? EXO_MARK : EXO_NOCHECK, NULL, &ours);
        int b = glob(pattern, i % 2 ? GLOB_MARK : GLOB_NOCHECK, NULL, &theirs);
        CHECK(a == b && ours.count == theirs.gl_pathc, "glob '%s': %d %zu, not %d %zu", pattern, a,
              ours.count, b, theirs.gl_pathc);
        for (size_t j = 0; a == 0 && b == 0 && j < ours.count && j < theirs.gl_pathc; j++)
            CHECK(strcmp(ours.paths[j], theirs.gl_pathv[j]) == 0, "glob '%s': '%s', not '%s'",
                  pattern, ours.paths[j], theirs.gl_pathv[j]);
        exo_globfree(&ours);
        globfree(&theirs);
    }
}

static void check_temporary(void)
{
    char one[] = "tmp.XXXXXX", two[] = "tmp.XXXXXX", wrong[] = "tmp.XXXXX";
    struct stat status;
    int fd = exo_mkstemp(one);
    CHECK(fd >= 0 && fstat(fd, &status) == 0 && (status.st_mode & 0777) == 0600, "mkstemp");
    close(fd);
    CHECK(exo_mkdtemp(two) != NULL && rmdir(two) == 0, "mkdtemp");
    CHECK(exo_mkstemp(wrong) == -1 && errno == EINVAL, "mkstemp of a wrong template");
    unlink(one);
}

static void check_utf8(void)
{
    CHECK(exo___mb_cur_max() == 1, "MB_CUR_MAX in C");
    wchar_t wide;
    mbstate_t state = {0};
    CHECK(exo_mbrtowc(&wide, "\xe4", 1, &state) == 1 && wide == 0xdfe4, "a byte in C");
    setlocale(LC_ALL, "C.UTF-8");
    CHECK(exo_setlocale(6, "C.UTF-8") != NULL && exo___mb_cur_max() == 4, "setlocale");
    for (int round = 0; round < 100000; round++) {
        static const unsigned char interesting[] = {0xc0, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4,
                                                    0xf5, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0x41};
        char bytes[5] = {0};
        size_t size = 1 + below(4);
        for (size_t i = 0; i < size; i++)
            bytes[i] = (char)interesting[below(16)];
        wchar_t a = 0, b = 0;
        mbstate_t ours = {0}, theirs = {0};
        size_t used = exo_mbrtowc(&a, bytes, size, &ours),
               other = mbrtowc(&b, bytes, size, &theirs);
        /* What cannot become valid any more may be called invalid, or incomplete, until it ends. */
        if (used == (size_t)-1 && (other == (size_t)-2 || b > 0x10ffff)) /* glibc goes further */
            continue;
        CHECK(used == other && a == b, "mbrtowc %02x %02x %02x %02x: %zd, not %zd",
              (unsigned char)bytes[0], (unsigned char)bytes[1], (unsigned char)bytes[2],
              (unsigned char)bytes[3], (ssize_t)used, (ssize_t)other);
    }
    for (wchar_t c = 0; c < 0x110000; c += 1 + (wchar_t)below(20)) {
        char a[8] = {0}, b[8] = {0};
        mbstate_t ours = {0}, theirs = {0};
        CHECK(exo_wcrtomb(a, c, &ours) == wcrtomb(b, c, &theirs) && memcmp(a, b, 8) == 0,
              "wcrtomb %x", (unsigned)c);
    }
    char ours[100], theirs[100];
    exo_snprintf(ours, sizeof ours, "%ls|%.4ls|%6lc|%5.3ls|", L"a\u00e4\u20ac", L"a\u00e4\u20ac",
                 L'\u00e4', L"a\u20ac");
    snprintf(theirs, sizeof theirs, "%ls|%.4ls|%6lc|%5.3ls|", L"a\u00e4\u20ac", L"a\u00e4\u20ac",
             (wint_t)L'\u00e4', L"a\u20ac");
    CHECK(strcmp(ours, theirs) == 0, "%%ls: '%s', not '%s'", ours, theirs);
    CHECK(exo_setlocale(6, "xx_YY") == NULL, "an unknown locale");
    CHECK(strcmp(exo_setlocale(6, NULL), "C.UTF-8") == 0, "setlocale(NULL)");
    CHECK(exo_setlocale(3, "C") != NULL, "one category");
    char mixed[80];
    strcpy(mixed, exo_setlocale(6, NULL));
    exo_setlocale(6, "C");
    CHECK(exo_setlocale(6, mixed) != NULL && strcmp(exo_setlocale(6, NULL), mixed) == 0,
          "a mixed locale: %s", mixed);
}

int main(void)
{
    static char room[] = "room.XXXXXX";
    setenv("POSIXLY_CORRECT", "1", 1);
    if (mkdtemp(room) == NULL || chdir(room) < 0)
        return 1;
    mkdir("d", 0755);
    fclose(fopen("d/g", "w"));
    fclose(fopen("d/.hidden", "w"));
    fclose(fopen("f", "w"));
    CHECK(symlink("d", "link") + symlink("loop", "loop") + symlink(".", "up") +
                  symlink("/tmp", "abs") ==
              0,
          "symlink");
    check_getopt();
    check_environment();
    check_path_parts();
    check_realpath();
    check_glob();
    check_temporary();
    check_utf8();
    if (system("rm -r d f link loop up abs") != 0 || chdir("..") < 0 || rmdir(room) < 0)
        return 1;
    return failures != 0;
}

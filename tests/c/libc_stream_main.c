/* Streams against the host's: the same random operations on two files give the same results. */
#define _GNU_SOURCE
#include "libc_driver.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct exo_stream EXO;

EXO *exo_fopen(const char *, const char *);
EXO *exo_freopen(const char *, const char *, EXO *);
EXO *exo_open_memstream(char **, size_t *);
int exo_fclose(EXO *);
int exo_fflush(EXO *);
int exo_setvbuf(EXO *, char *, int, size_t);
size_t exo_fread(void *, size_t, size_t, EXO *);
size_t exo_fwrite(const void *, size_t, size_t, EXO *);
int exo_fgetc(EXO *);
int exo_fputc(int, EXO *);
int exo_ungetc(int, EXO *);
char *exo_fgets(char *, int, EXO *);
ssize_t exo_getline(char **, size_t *, EXO *);
int exo_fprintf(EXO *, const char *, ...);
int exo_fscanf(EXO *, const char *, ...);
int exo_fseek(EXO *, long, int);
long exo_ftell(EXO *);
int exo_feof(EXO *);
int exo_ferror(EXO *);
int exo_fileno(EXO *);
void exo_clearerr(EXO *);

static char one_path[] = "one.XXXXXX", two_path[] = "two.XXXXXX";

static char *slurp(const char *path, size_t *size)
{
    FILE *file = fopen(path, "r");
    char *text = malloc(1 << 20);
    *size = fread(text, 1, 1 << 20, file);
    fclose(file);
    return text;
}

static void compare_files(const char *when)
{
    size_t a, b;
    char *one = slurp(one_path, &a), *two = slurp(two_path, &b);
    CHECK(a == b && memcmp(one, two, a) == 0, "files differ after %s: %zu and %zu bytes", when, a,
          b);
    free(one);
    free(two);
}

static void fill(char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        text[i] = below(12) == 0 ? '\n' : (char)('a' + below(26));
}

/* Between reading and writing ISO C wants a seek or flush: `last` is 'r', 'w' or 0. */
static void operate(EXO *a, FILE *b, char *last)
{
    static char text[9000], ours[9000], theirs[9000];
    unsigned operation = below(11);
    size_t size = below(8) == 0 ? below(9000) : below(60);
    int writes = operation < 3;
    if (operation < 8 && *last != 0 && *last != (writes ? 'w' : 'r')) {
        exo_fseek(a, 0, SEEK_CUR);
        fseek(b, 0, SEEK_CUR);
    }
    if (operation < 8)
        *last = writes ? 'w' : 'r';
    fill(text, size);
    switch (operation) {
    case 0:
        CHECK(exo_fwrite(text, 1, size, a) == fwrite(text, 1, size, b), "fwrite");
        break;
    case 1:
        CHECK(exo_fputc(text[0], a) == fputc(text[0], b), "fputc");
        break;
    case 2:
        CHECK(exo_fprintf(a, "%zu %.20s\n", size, text) == fprintf(b, "%zu %.20s\n", size, text),
              "fprintf");
        break;
    case 3: {
        size_t got = exo_fread(ours, 1, size, a), other = fread(theirs, 1, size, b);
        CHECK(got == other && memcmp(ours, theirs, got) == 0, "fread of %zu: %zu, not %zu", size,
              got, other);
        break;
    }
    case 4:
    case 5: {
        int c = exo_fgetc(a), d = fgetc(b);
        CHECK(c == d, "fgetc: %d, not %d", c, d);
        if (below(2) && c != EOF) { /* not left standing: glibc's fflush does not forget it */
            CHECK(exo_ungetc('#', a) == ungetc('#', b), "ungetc");
            CHECK(exo_ftell(a) == ftell(b), "ftell after ungetc");
            CHECK(exo_fgetc(a) == fgetc(b), "fgetc after ungetc");
        }
        break;
    }
    case 6: {
        char *c = exo_fgets(ours, (int)size + 1, a), *d = fgets(theirs, (int)size + 1, b);
        CHECK((c == NULL) == (d == NULL) && (c == NULL || strcmp(c, d) == 0), "fgets %zu", size);
        break;
    }
    case 7: {
        char *line = NULL, *other = NULL;
        size_t room = 0, other_room = 0;
        ssize_t c = exo_getline(&line, &room, a), d = getline(&other, &other_room, b);
        CHECK(c == d && (c < 0 || memcmp(line, other, (size_t)c + 1) == 0), "getline: %zd, not %zd",
              c, d);
        free(line);
        free(other);
        break;
    }
    case 8: {
        long offset = (long)below(6000);
        CHECK(exo_fseek(a, offset, SEEK_SET) == fseek(b, offset, SEEK_SET), "fseek");
        *last = 0;
        break;
    }
    case 9:
        CHECK(exo_fseek(a, -3, SEEK_END) == fseek(b, -3, SEEK_END), "fseek from the end");
        *last = 0;
        break;
    default:
        CHECK(exo_fflush(a) == fflush(b), "fflush");
        *last = 0;
        break;
    }
    if (exo_feof(a) != !!feof(b) || exo_ferror(a) != !!ferror(b))
        CHECK(0, "operation %u: eof %d error %d, not %d %d", operation, exo_feof(a), exo_ferror(a),
              !!feof(b), !!ferror(b));
    long c = exo_ftell(a), d = ftell(b);
    CHECK(c == d, "operation %u: ftell: %ld, not %ld", operation, c, d);
}

static void check_operations(void)
{
    static const char *const modes[] = {"w+", "r+", "r+", "a+"};
    for (int round = 0; round < 150; round++) {
        const char *mode = round == 0 ? "w+" : modes[below(4)];
        EXO *a = exo_fopen(one_path, mode);
        FILE *b = fopen(two_path, mode);
        char last = 0;
        if (below(3) == 0) {
            int how = below(2) ? _IONBF : _IOLBF;
            exo_setvbuf(a, NULL, how, 0);
            setvbuf(b, NULL, how, BUFSIZ);
        }
        for (int i = 0; i < 60; i++)
            operate(a, b, &last);
        CHECK(exo_fclose(a) == fclose(b), "fclose");
        compare_files(mode);
    }
}

/* Closing a stream leaves the descriptor's offset where reading stopped (XSH 2.5.1). */
static void check_offset(void)
{
    char *line = NULL;
    size_t room = 0;
    EXO *a = exo_fopen(one_path, "w");
    exo_fprintf(a, "first\nsecond\n");
    exo_fclose(a);
    a = exo_fopen(one_path, "r");
    int fd = dup(exo_fileno(a));
    CHECK(exo_getline(&line, &room, a) == 6, "getline");
    exo_fclose(a);
    CHECK(lseek(fd, 0, SEEK_CUR) == 6, "the offset is %ld", (long)lseek(fd, 0, SEEK_CUR));
    close(fd);
    free(line);
}

static void check_errors(void)
{
    EXO *a = exo_fopen(one_path, "r");
    errno = 0;
    CHECK(exo_fputc('x', a) == EOF && errno == EBADF && exo_ferror(a),
          "fputc to a stream for reading");
    exo_clearerr(a);
    CHECK(!exo_ferror(a), "clearerr");
    CHECK(exo_freopen(two_path, "w", a) == a, "freopen");
    CHECK(exo_fprintf(a, "%d", 5) == 1, "fprintf after freopen");
    exo_fclose(a);
    size_t size;
    char *text = slurp(two_path, &size);
    CHECK(size == 1 && *text == '5', "freopen wrote elsewhere");
    free(text);
    CHECK(exo_fopen("none/such", "r") == NULL && errno == ENOENT, "fopen of nothing");
    CHECK(exo_fopen(one_path, "q") == NULL && errno == EINVAL, "fopen with a wrong mode");
    CHECK(exo_fopen(one_path, "wx") == NULL && errno == EEXIST, "fopen wx");
    a = exo_fopen("/dev/full", "w");
    CHECK(exo_fprintf(a, "x") == 1 && exo_fflush(a) == EOF && errno == ENOSPC, "a full disk");
    exo_fclose(a);
}

static void check_memory(void)
{
    char *text, line[40];
    size_t size;
    EXO *a = exo_open_memstream(&text, &size);
    for (int i = 0; i < 1000; i++)
        exo_fprintf(a, "%d,", i);
    exo_fflush(a);
    CHECK(size == 3890 && strncmp(text, "0,1,2,", 6) == 0 && strlen(text) == size, "memstream %zu",
          size);
    exo_fseek(a, 2, SEEK_SET);
    exo_fputc('X', a);
    exo_fclose(a);
    CHECK(strncmp(text, "0,X,2,", 6) == 0, "memstream after a seek: %.10s", text);
    free(text);
    a = exo_fopen(one_path, "w+");
    exo_fprintf(a, "12 words 3.5\n");
    exo_fseek(a, 0, SEEK_SET);
    int number = 0;
    double real = 0;
    CHECK(exo_fscanf(a, "%d %39s %lf", &number, line, &real) == 3 && number == 12 && real == 3.5 &&
              strcmp(line, "words") == 0,
          "fscanf");
    exo_fclose(a);
}

int main(void)
{
    close(mkstemp(one_path));
    close(mkstemp(two_path));
    check_operations();
    check_offset();
    check_errors();
    check_memory();
    unlink(one_path);
    unlink(two_path);
    return failures != 0;
}

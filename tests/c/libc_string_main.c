/* Memory and strings against the host's, at every alignment, in blocks that end where they must. */
#define _GNU_SOURCE
#include "libc_driver.h"
#include <errno.h>
#include <string.h>
#include <strings.h>

void *exo_memcpy(void *, const void *, size_t);
void *exo_memmove(void *, const void *, size_t);
void *exo_memset(void *, int, size_t);
int exo_memcmp(const void *, const void *, size_t);
void *exo_memchr(const void *, int, size_t);
void *exo_memmem(const void *, size_t, const void *, size_t);
void *exo_memccpy(void *, const void *, int, size_t);
size_t exo_strlen(const char *);
size_t exo_strnlen(const char *, size_t);
int exo_strcmp(const char *, const char *);
int exo_strncmp(const char *, const char *, size_t);
int exo_strcasecmp(const char *, const char *);
char *exo_strchr(const char *, int);
char *exo_strrchr(const char *, int);
char *exo_strstr(const char *, const char *);
size_t exo_strspn(const char *, const char *);
size_t exo_strcspn(const char *, const char *);
char *exo_strncpy(char *, const char *, size_t);
char *exo_strncat(char *, const char *, size_t);
char *exo_stpcpy(char *, const char *);
size_t exo_strlcpy(char *, const char *, size_t);
size_t exo_strlcat(char *, const char *, size_t);
char *exo_strtok_r(char *, const char *, char **);
long exo_strtol(const char *, char **, int);
unsigned long exo_strtoul(const char *, char **, int);

static int sign(int value)
{
    return (value > 0) - (value < 0);
}

/* A block of exactly size bytes, at an offset from the allocator's alignment. */
static unsigned char *block(unsigned offset, size_t size, unsigned letters)
{
    unsigned char *memory = malloc(offset + size);
    for (size_t i = 0; i < offset + size; i++)
        memory[i] = (unsigned char)('a' + below(letters));
    return memory;
}

static void check_copies(void)
{
    for (int round = 0; round < 4000; round++) {
        size_t size = below(round % 4 == 0 ? 300 : 40);
        unsigned from_at = below(17), to_at = below(17);
        unsigned char *from = block(from_at, size, 26), *to = block(to_at, size, 26);
        exo_memcpy(to + to_at, from + from_at, size);
        CHECK(memcmp(to + to_at, from + from_at, size) == 0, "memcpy of %zu", size);
        exo_memset(to + to_at, round, size);
        for (size_t i = 0; i < size; i++)
            CHECK(to[to_at + i] == (unsigned char)round, "memset of %zu", size);
        free(from);
        free(to);
        unsigned char *ours = block(0, 200, 26), *theirs = malloc(200);
        memcpy(theirs, ours, 200);
        size_t a = below(100), b = below(100), count = below(100);
        exo_memmove(ours + a, ours + b, count);
        memmove(theirs + a, theirs + b, count);
        CHECK(memcmp(ours, theirs, 200) == 0, "memmove %zu %zu %zu", a, b, count);
        free(ours);
        free(theirs);
    }
}

static void check_memory_searches(void)
{
    for (int round = 0; round < 4000; round++) {
        unsigned at = below(17);
        size_t size = below(80), part = below(round % 3 == 0 ? 20 : 5);
        unsigned char *a = block(at, size, 2), *b = block(at, size, 2), *c = block(0, part, 2);
        if (below(2))
            memcpy(b, a, at + size);
        CHECK(sign(exo_memcmp(a + at, b + at, size)) == sign(memcmp(a + at, b + at, size)),
              "memcmp of %zu", size);
        CHECK(exo_memchr(a + at, 'b', size) == memchr(a + at, 'b', size), "memchr of %zu", size);
        CHECK(exo_memmem(a + at, size, c, part) == memmem(a + at, size, c, part),
              "memmem of %zu in %zu", part, size);
        free(a);
        free(b);
        free(c);
    }
}

static char *text(size_t most, unsigned letters)
{
    size_t size = below((unsigned)most);
    char *memory = (char *)block(0, size + 1, letters);
    memory[size] = '\0';
    if (size > 0 && below(2))
        memory[below((unsigned)size)] ^= (char)below(3) == 0 ? 0x20 : (char)0x80;
    return memory;
}

static void check_strings(void)
{
    for (int round = 0; round < 6000; round++) {
        char *a = text(40, 3), *b = text(round % 2 ? 40 : 5, 3);
        size_t count = below(45);
        CHECK(exo_strlen(a) == strlen(a), "strlen");
        CHECK(exo_strnlen(a, count) == strnlen(a, count), "strnlen");
        CHECK(sign(exo_strcmp(a, b)) == sign(strcmp(a, b)), "strcmp %s %s", a, b);
        CHECK(sign(exo_strncmp(a, b, count)) == sign(strncmp(a, b, count)), "strncmp");
        CHECK(sign(exo_strcasecmp(a, b)) == sign(strcasecmp(a, b)), "strcasecmp %s %s", a, b);
        CHECK(exo_strchr(a, 'b') == strchr(a, 'b'), "strchr");
        CHECK(exo_strchr(a, 0) == strchr(a, 0), "strchr of NUL");
        CHECK(exo_strrchr(a, 'b') == strrchr(a, 'b'), "strrchr");
        CHECK(exo_strstr(a, b) == strstr(a, b), "strstr %s %s", a, b);
        CHECK(exo_strspn(a, b) == strspn(a, b), "strspn");
        CHECK(exo_strcspn(a, b) == strcspn(a, b), "strcspn");
        char ours[100], theirs[100];
        memset(ours, 'x', sizeof ours);
        memset(theirs, 'x', sizeof theirs);
        exo_strncpy(ours, a, count);
        strncpy(theirs, a, count);
        CHECK(memcmp(ours, theirs, sizeof ours) == 0, "strncpy");
        CHECK(exo_stpcpy(ours, a) - ours == stpcpy(theirs, a) - theirs, "stpcpy");
        exo_strncat(ours, b, count);
        strncat(theirs, b, count);
        CHECK(strcmp(ours, theirs) == 0, "strncat");
        char small[10] = "abc";
        CHECK(exo_strlcat(small, a, sizeof small) == 3 + strlen(a), "strlcat");
        CHECK(strncmp(small + 3, a, 6) == 0 && strlen(small) < 10, "strlcat %s", small);
        free(a);
        free(b);
    }
}

static void check_tokens(void)
{
    for (int round = 0; round < 1000; round++) {
        char *ours = text(30, 4), *theirs = strdup(ours), *state, *other;
        char *a = exo_strtok_r(ours, "ab", &state), *b = strtok_r(theirs, "ab", &other);
        while (a != NULL && b != NULL) {
            CHECK(strcmp(a, b) == 0, "strtok %s %s", a, b);
            a = exo_strtok_r(NULL, "ab", &state);
            b = strtok_r(NULL, "ab", &other);
        }
        CHECK(a == b, "strtok: one has more");
        free(ours);
        free(theirs);
    }
}

static void check_numbers(void)
{
    static const char alphabet[] = " +-0x19afzZ89";
    for (int round = 0; round < 40000; round++) {
        char digits[30], *end, *other;
        size_t size = below(24);
        for (size_t i = 0; i < size; i++)
            digits[i] = alphabet[below(sizeof alphabet - 1)];
        digits[size] = '\0';
        int base = (int)below(38);
        if (base == 1 || base > 36)
            base = 0;
        errno = 0;
        long ours = exo_strtol(digits, &end, base);
        int our_error = errno;
        errno = 0;
        long theirs = strtol(digits, &other, base);
        CHECK(ours == theirs && end == other && our_error == errno, "strtol '%s' %d: %ld, not %ld",
              digits, base, ours, theirs);
        errno = 0;
        unsigned long one = exo_strtoul(digits, &end, base);
        our_error = errno;
        errno = 0;
        unsigned long two = strtoul(digits, &other, base);
        CHECK(one == two && end == other && our_error == errno, "strtoul '%s' %d", digits, base);
    }
}

int main(void)
{
    check_copies();
    check_memory_searches();
    check_strings();
    check_tokens();
    check_numbers();
    return failures != 0;
}

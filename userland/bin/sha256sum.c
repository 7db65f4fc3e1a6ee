/*
 * sha256sum: print or check SHA-256 digests. Not in POSIX: output and -c as in coreutils.
 * SHA-256 is FIPS 180-4, section 6.2; constants from its sections 4.2.2 and 5.3.3.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util.h"

enum { BLOCK = 64, DIGEST = 32 };

struct sha256 {
    uint32_t state[8];
    uint64_t length; /* in bytes */
    uint8_t block[BLOCK];
};

static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotate(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

static void compress(uint32_t state[8], const uint8_t block[BLOCK])
{
    uint32_t w[64];
    for (int t = 0; t < 16; t++)
        w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 |
               (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
    for (int t = 16; t < 64; t++) {
        uint32_t s0 = rotate(w[t - 15], 7) ^ rotate(w[t - 15], 18) ^ w[t - 15] >> 3;
        uint32_t s1 = rotate(w[t - 2], 17) ^ rotate(w[t - 2], 19) ^ w[t - 2] >> 10;
        w[t] = s1 + w[t - 7] + s0 + w[t - 16];
    }
    uint32_t v[8];
    memcpy(v, state, sizeof v);
    for (int t = 0; t < 64; t++) {
        uint32_t s1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
        uint32_t s0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
        uint32_t t1 = v[7] + s1 + ((v[4] & v[5]) ^ (~v[4] & v[6])) + K[t] + w[t];
        uint32_t t2 = s0 + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof *v);
        v[4] += t1;
        v[0] = t1 + t2;
    }
    for (int i = 0; i < 8; i++)
        state[i] += v[i];
}

static void update(struct sha256 *sha, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        size_t used = (size_t)(sha->length % BLOCK);
        size_t part = size < BLOCK - used ? size : BLOCK - used;
        memcpy(sha->block + used, bytes, part);
        sha->length += part;
        bytes += part;
        size -= part;
        if (used + part == BLOCK)
            compress(sha->state, sha->block);
    }
}

static void finish(struct sha256 *sha, char text[2 * DIGEST + 1])
{
    uint8_t tail[BLOCK + 8] = {0x80};
    uint64_t bits = sha->length * 8;
    size_t padding = 1 + (119 - (size_t)(sha->length % BLOCK)) % BLOCK;
    for (int i = 0; i < 8; i++)
        tail[padding + (size_t)i] = (uint8_t)(bits >> (56 - 8 * i));
    update(sha, tail, padding + 8);
    for (int i = 0; i < 8; i++)
        snprintf(text + 8 * i, 9, "%08x", (unsigned)sha->state[i]);
}

static bool digest(const char *name, char text[2 * DIGEST + 1])
{
    static uint8_t buffer[32768];
    struct sha256 sha = {{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c,
                          0x1f83d9ab, 0x5be0cd19},
                         0,
                         {0}};
    FILE *file = input_open(name);
    if (file == NULL)
        return false;
    size_t size;
    while ((size = fread(buffer, 1, sizeof buffer, file)) > 0)
        update(&sha, buffer, size);
    finish(&sha, text);
    return input_close(file, name);
}

/* A line `digest  name` or `digest *name`; points *name into it. */
static bool parse_line(char *line, char **name)
{
    line[strcspn(line, "\n")] = '\0';
    if (strspn(line, "0123456789abcdefABCDEF") != 2 * DIGEST || line[2 * DIGEST] != ' ' ||
        (line[2 * DIGEST + 1] != ' ' && line[2 * DIGEST + 1] != '*'))
        return false;
    line[2 * DIGEST] = '\0';
    for (char *s = line; *s != '\0'; s++)
        if (*s >= 'A' && *s <= 'F')
            *s += 'a' - 'A';
    *name = line + 2 * DIGEST + 2;
    return **name != '\0';
}

static bool check(FILE *list, const char *list_name)
{
    char *line = NULL;
    size_t room = 0;
    uintmax_t good = 0;
    uintmax_t bad = 0;
    uintmax_t malformed = 0;
    while (getline(&line, &room, list) > 0) {
        char *name;
        char found[2 * DIGEST + 1];
        if (!parse_line(line, &name)) {
            malformed++;
            continue;
        }
        bool read = digest(name, found);
        bool same = read && strcmp(line, found) == 0;
        printf("%s: %s\n", name, same ? "OK" : read ? "FAILED" : "FAILED open or read");
        same ? good++ : bad++;
    }
    free(line);
    if (malformed > 0)
        warnx("%s: %ju lines are not properly formatted", list_name, malformed);
    if (good + bad == 0)
        warnx("%s: no properly formatted line", list_name);
    if (bad > 0)
        warnx("%s: %ju of %ju files did not match", list_name, bad, good + bad);
    return bad == 0 && good > 0;
}

static bool check_list(const char *name)
{
    FILE *list = input_open(name);
    if (list == NULL)
        return false;
    bool good = check(list, name);
    return input_close(list, name) && good;
}

static bool print_digest(const char *name)
{
    char text[2 * DIGEST + 1];
    if (!digest(name, text))
        return false;
    printf("%s  %s\n", text, name);
    return true;
}

int main(int argc, char *argv[])
{
    util_start(argv, "sha256sum [-c] [file ...]", 1);
    bool checking = false;
    int option;
    while ((option = getopt(argc, argv, "c")) != -1) {
        if (option == '?')
            usage();
        checking = true;
    }
    int status = 0;
    for (char **names = input_names(argv + optind); *names != NULL; names++)
        if (!(checking ? check_list : print_digest)(*names))
            status = 1;
    return util_end(status);
}

/*
 * SHA-256 (FIPS 180-4). Freestanding; built into the kernel, exoboot and the host's tests.
 *
 * The check of fs.img at boot is a third of a boot under an emulator, so the instruction count
 * matters: sixteen rounds stand in line, the eight working variables are renamed instead of moved,
 * the message schedule is a window of sixteen words, and whole blocks are read where they lie.
 */
#include "sha256.h"

/* FIPS 180-4, section 4.2.2. */
static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/* FIPS 180-4, section 5.3.3. */
static const uint32_t initial_state[8] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

static inline uint32_t rotate(uint32_t word, unsigned count)
{
    return (word >> count) | (word << (32 - count));
}

/* Clang turns this into one load and one bswap (or movbe); aligned or not. */
static inline uint32_t load_be32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static inline void store_be32(uint8_t *bytes, uint32_t word)
{
    bytes[0] = (uint8_t)(word >> 24);
    bytes[1] = (uint8_t)(word >> 16);
    bytes[2] = (uint8_t)(word >> 8);
    bytes[3] = (uint8_t)word;
}

/* Section 4.1.2; rotations nested so that each costs one instruction and no copy. */
static inline uint32_t big_sigma0(uint32_t x)
{
    return rotate(x ^ rotate(x ^ rotate(x, 9), 11), 2);
}

static inline uint32_t big_sigma1(uint32_t x)
{
    return rotate(x ^ rotate(x ^ rotate(x, 14), 5), 6);
}

static inline uint32_t small_sigma0(uint32_t x)
{
    return rotate(x ^ rotate(x, 11), 7) ^ (x >> 3);
}

static inline uint32_t small_sigma1(uint32_t x)
{
    return rotate(x ^ rotate(x, 2), 17) ^ (x >> 10);
}

/* One round of section 6.2.2, step 3: `d` and `h` are the two variables that change. */
#define ROUND(a, b, c, d, e, f, g, h, constant, word)                                              \
    do {                                                                                           \
        (h) += big_sigma1(e) + ((g) ^ ((e) & ((f) ^ (g)))) + (constant) + (word);                  \
        (d) += (h);                                                                                \
        (h) += big_sigma0(a) + (((a) & (b)) | ((c) & ((a) | (b))));                                \
    } while (0)

/* Word i + 16 of the message schedule takes the place of word i. */
#define NEXT(i)                                                                                    \
    (w[i] += small_sigma1(w[((i) + 14) & 15]) + w[((i) + 9) & 15] + small_sigma0(w[((i) + 1) & 15]))

#define EIGHT_ROUNDS(base, word)                                                                   \
    do {                                                                                           \
        ROUND(a, b, c, d, e, f, g, h, k[(base) + 0], word((base) + 0));                            \
        ROUND(h, a, b, c, d, e, f, g, k[(base) + 1], word((base) + 1));                            \
        ROUND(g, h, a, b, c, d, e, f, k[(base) + 2], word((base) + 2));                            \
        ROUND(f, g, h, a, b, c, d, e, k[(base) + 3], word((base) + 3));                            \
        ROUND(e, f, g, h, a, b, c, d, k[(base) + 4], word((base) + 4));                            \
        ROUND(d, e, f, g, h, a, b, c, k[(base) + 5], word((base) + 5));                            \
        ROUND(c, d, e, f, g, h, a, b, k[(base) + 6], word((base) + 6));                            \
        ROUND(b, c, d, e, f, g, h, a, k[(base) + 7], word((base) + 7));                            \
    } while (0)

#define FIRST(i) (w[i] = load_be32(block + 4 * (i)))

static void compress(uint32_t state[8], const uint8_t *block)
{
    uint32_t w[16];
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    const uint32_t *k = round_constants;

    EIGHT_ROUNDS(0, FIRST);
    EIGHT_ROUNDS(8, FIRST);
    for (k += 16; k < round_constants + 64; k += 16) {
        EIGHT_ROUNDS(0, NEXT);
        EIGHT_ROUNDS(8, NEXT);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
}

void sha256_init(struct sha256 *hash)
{
    for (unsigned i = 0; i < 8; i++)
        hash->state[i] = initial_state[i];
    hash->length = 0;
}

void sha256_update(struct sha256 *hash, const void *bytes, size_t size)
{
    const uint8_t *from = bytes;
    size_t held = hash->length % SHA256_BLOCK;

    hash->length += size;
    while (held != 0 && size != 0) {
        hash->block[held++] = *from++;
        size--;
        if (held == SHA256_BLOCK) {
            compress(hash->state, hash->block);
            held = 0;
        }
    }
    for (; size >= SHA256_BLOCK; size -= SHA256_BLOCK, from += SHA256_BLOCK)
        compress(hash->state, from);
    for (; size != 0; size--)
        hash->block[held++] = *from++;
}

void sha256_final(struct sha256 *hash, uint8_t digest[SHA256_SIZE])
{
    static const uint8_t padding[SHA256_BLOCK] = {0x80};
    uint64_t bits = hash->length * 8;
    size_t held = hash->length % SHA256_BLOCK;
    uint8_t length[8];

    store_be32(length, (uint32_t)(bits >> 32));
    store_be32(length + 4, (uint32_t)bits);
    sha256_update(hash, padding, (held < 56 ? 56 : 56 + SHA256_BLOCK) - held);
    sha256_update(hash, length, sizeof(length));
    for (unsigned i = 0; i < 8; i++)
        store_be32(digest + 4 * i, hash->state[i]);
}

/*
 * SHA-256 (FIPS 180-4, section 6.2), for bytes that come in any pieces.
 *
 *     struct sha256 hash;
 *     sha256_init(&hash);
 *     sha256_update(&hash, bytes, size);    any number of times
 *     sha256_final(&hash, digest);          hash is used up
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE 32u  /* bytes of a digest */
#define SHA256_BLOCK 64u /* bytes that one compression takes */

struct sha256 {
    uint32_t state[8];
    uint64_t length; /* bytes so far */
    uint8_t block[SHA256_BLOCK];
};

void sha256_init(struct sha256 *hash);
void sha256_update(struct sha256 *hash, const void *bytes, size_t size);
void sha256_final(struct sha256 *hash, uint8_t digest[SHA256_SIZE]);

/*
 * Root hash of a dm-verity hash tree, from data blocks in memory.
 *
 * Format: Linux Documentation/admin-guide/device-mapper/verity.rst, version 1, SHA-256, data and
 * hash blocks of 4096 bytes: each block's digest is SHA-256(salt, block); 128 digests fill a block
 * of the level above, the last one filled up with zeros; the digest of the one block on top is
 * the root hash. A single data block is its own top.
 *
 * Only the data is read: a tree that lies behind it is not needed and not trusted.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include "sha256.h"

#define VERITY_BLOCK 4096u
#define VERITY_LEVELS 4u /* 128^4 blocks: 1 TiB */
#define VERITY_SALT_MAX 256u
#define VERITY_SCRATCH (VERITY_LEVELS * VERITY_BLOCK) /* one unfinished hash block a level */

/*
 * Computes the root hash of `blocks` blocks at `data`. `scratch` has VERITY_SCRATCH bytes.
 * Returns 0, or -1 where `blocks` is 0 or more than VERITY_LEVELS levels hold.
 */
int verity_root(const void *data, uint64_t blocks, const uint8_t *salt, size_t salt_size,
                uint8_t *scratch, uint8_t root[SHA256_SIZE]);

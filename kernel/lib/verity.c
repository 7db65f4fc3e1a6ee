/*
 * Root hash of a dm-verity hash tree; the format is told in verity.h.
 *
 * The tree is never stored. Each level keeps only the block that is being filled; a full one is
 * hashed into the level above and begins anew, so that memory does not grow with the image.
 */
#include "verity.h"

#define DIGESTS (VERITY_BLOCK / SHA256_SIZE) /* in a hash block */

struct tree {
    struct sha256 salted;          /* state after the salt, the same for every block */
    uint8_t *blocks;               /* VERITY_LEVELS unfinished hash blocks */
    uint32_t count[VERITY_LEVELS]; /* digests in each */
    unsigned levels;
};

static void hash_block(const struct tree *tree, const void *block, uint8_t digest[SHA256_SIZE])
{
    struct sha256 hash = tree->salted;

    sha256_update(&hash, block, VERITY_BLOCK);
    sha256_final(&hash, digest);
}

/* Fills the level's block up with zeros, hashes it and begins a new one. */
static void tree_close(struct tree *tree, unsigned level, uint8_t digest[SHA256_SIZE])
{
    uint8_t *block = tree->blocks + level * VERITY_BLOCK;

    for (size_t i = tree->count[level] * SHA256_SIZE; i < VERITY_BLOCK; i++)
        block[i] = 0;
    hash_block(tree, block, digest);
    tree->count[level] = 0;
}

static void tree_append(struct tree *tree, unsigned level, const uint8_t digest[SHA256_SIZE])
{
    uint8_t *slot = tree->blocks + level * VERITY_BLOCK + tree->count[level] * SHA256_SIZE;

    for (unsigned i = 0; i < SHA256_SIZE; i++)
        slot[i] = digest[i];
    tree->count[level]++;
}

/* Adds a data block's digest; blocks that it fills go up, but the top one waits for the end. */
static void tree_add(struct tree *tree, uint8_t digest[SHA256_SIZE])
{
    for (unsigned level = 0; level < tree->levels; level++) {
        tree_append(tree, level, digest);
        if (tree->count[level] < DIGESTS || level + 1 == tree->levels)
            return;
        tree_close(tree, level, digest);
    }
}

/* Levels of hash blocks over `blocks` data blocks. */
static unsigned tree_levels(uint64_t blocks)
{
    unsigned levels = 0;

    for (uint64_t hashes = blocks; hashes > 1; hashes = hashes / DIGESTS + (hashes % DIGESTS != 0))
        levels++;
    return levels;
}

int verity_root(const void *data, uint64_t blocks, const uint8_t *salt, size_t salt_size,
                uint8_t *scratch, uint8_t root[SHA256_SIZE])
{
    struct tree tree = {.blocks = scratch, .levels = tree_levels(blocks)};

    if (blocks == 0 || tree.levels > VERITY_LEVELS)
        return -1;
    sha256_init(&tree.salted);
    sha256_update(&tree.salted, salt, salt_size);
    for (uint64_t i = 0; i < blocks; i++) {
        hash_block(&tree, (const uint8_t *)data + i * VERITY_BLOCK, root);
        tree_add(&tree, root);
    }
    for (unsigned level = 0; level < tree.levels; level++) {
        if (tree.count[level] == 0)
            continue;
        tree_close(&tree, level, root);
        if (level + 1 < tree.levels)
            tree_append(&tree, level + 1, root);
    }
    return 0;
}

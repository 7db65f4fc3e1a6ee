/* Our allocator: random life and death of blocks, each filled with a pattern of its own. */
#include "libc_driver.h"
#include <errno.h>
#include <string.h>

void *exo_malloc(size_t);
void *exo_calloc(size_t, size_t);
void *exo_realloc(void *, size_t);
void exo_free(void *);
void *exo_aligned_alloc(size_t, size_t);
int exo_posix_memalign(void **, size_t, size_t);

#define BLOCKS 500

static struct block {
    unsigned char *memory;
    size_t size;
    unsigned char pattern;
} blocks[BLOCKS];

static void fill(struct block *block)
{
    block->pattern = (unsigned char)next();
    memset(block->memory, block->pattern, block->size);
}

static void verify(const struct block *block, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (block->memory[i] != block->pattern) {
            CHECK(0, "block of %zu: byte %zu was overwritten", block->size, i);
            return;
        }
}

static size_t random_size(void)
{
    return below(2) ? below(100) : below(1U << below(18));
}

static void create(struct block *block)
{
    block->size = random_size();
    unsigned how = below(4);
    if (how == 0) {
        block->memory = exo_calloc(1, block->size);
        for (size_t i = 0; i < block->size; i++)
            CHECK(block->memory[i] == 0, "calloc of %zu is not zero", block->size);
    } else if (how == 1) {
        size_t alignment = (size_t)16 << below(8);
        block->memory = exo_aligned_alloc(alignment, block->size);
        CHECK((uintptr_t)block->memory % alignment == 0, "not aligned to %zu", alignment);
    } else {
        block->memory = exo_malloc(block->size);
    }
    CHECK(block->memory != NULL, "no memory for %zu", block->size);
    CHECK((uintptr_t)block->memory % 16 == 0, "not aligned");
    fill(block);
}

static void resize(struct block *block)
{
    size_t size = random_size(), common = size < block->size ? size : block->size;
    block->memory = exo_realloc(block->memory, size);
    verify(block, common);
    block->size = size;
    fill(block);
}

int main(void)
{
    for (int round = 0; round < 60000; round++) {
        struct block *block = &blocks[below(BLOCKS)];
        if (block->memory == NULL) {
            create(block);
        } else if (below(3) == 0) {
            resize(block);
        } else {
            verify(block, block->size);
            exo_free(block->memory);
            block->memory = NULL;
        }
    }
    for (int i = 0; i < BLOCKS; i++)
        if (blocks[i].memory != NULL) {
            verify(&blocks[i], blocks[i].size);
            exo_free(blocks[i].memory);
        }
    /* All is one free block again: it can be had whole, without growth. */
    void *large = exo_malloc(20 << 20);
    CHECK(large != NULL, "freed memory was not joined");
    exo_free(large);
    errno = 0;
    CHECK(exo_malloc((size_t)-1) == NULL && errno == ENOMEM, "all memory there is");
    CHECK(exo_calloc((size_t)1 << 33, (size_t)1 << 33) == NULL, "calloc overflows");
    CHECK(exo_posix_memalign(&large, 3, 8) == EINVAL, "posix_memalign to 3");
    return failures != 0;
}

/*
 * The check of fs.img against the command line, the same in exoboot and in the PVH entry.
 *
 * The command line is trusted (exoboot: it stands in the signed PE): space-separated words
 * `key=value`, of which this reads
 *     roothash=HEX    64 digits: root of the hash tree (verity.h)
 *     fs_blocks=N     decimal: data blocks of 4096 bytes
 *     salt=HEX|-      up to 512 digits, or none
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "sha256.h"
#include "verity.h"

enum fs_check {
    FS_CHECK_OK = 0,
    FS_CHECK_NO_ROOT_HASH, /* `roothash` is missing or not 64 hexadecimal digits */
    FS_CHECK_NO_BLOCKS,    /* `fs_blocks` is missing or not a number */
    FS_CHECK_BAD_SALT,     /* `salt` is missing or not hexadecimal */
    FS_CHECK_SHORT,        /* fs.img is smaller than its data blocks */
    FS_CHECK_WRONG_ROOT,   /* the data has another root hash */
};

struct fs_expected {
    uint8_t root[SHA256_SIZE];
    uint8_t salt[VERITY_SALT_MAX];
    size_t salt_size;
    uint64_t blocks;
};

/* Value of `key` in the line; NULL where there is none. Not NUL terminated: `length` bytes. */
const char *command_line_value(const char *line, const char *key, size_t *length);

/* True where the line holds the word `key=value`. */
bool command_line_has(const char *line, const char *key, const char *value);

/* Reads what the command line says of fs.img. */
enum fs_check fs_check_parse(const char *line, struct fs_expected *expected);

/*
 * Compares `size` bytes at `image` with it; `found` gets the root hash that the data has.
 * `scratch` has VERITY_SCRATCH bytes.
 */
enum fs_check fs_check_image(const struct fs_expected *expected, const void *image, uint64_t size,
                             uint8_t *scratch, uint8_t found[SHA256_SIZE]);

/*
 * Host driver of kernel/lib/{sha256,verity,fs_check}.c for test_verity.py.
 *     verity_main sha256 PIECE        digest of standard input, fed in pieces of PIECE bytes
 *     verity_main check COMMAND-LINE  standard input as fs.img: result number, root hash found
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fs_check.h"

static uint8_t *read_all(size_t *size)
{
    size_t room = 1 << 16;
    uint8_t *bytes = malloc(room);

    for (*size = 0;; *size += fread(bytes + *size, 1, room - *size, stdin)) {
        if (feof(stdin))
            return realloc(bytes, *size != 0 ? *size : 1); /* exact: a read past it is caught */
        if (*size == room)
            bytes = realloc(bytes, room *= 2);
    }
}

static void print_hex(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        printf("%02x", bytes[i]);
    printf("\n");
}

int main(int argc, char **argv)
{
    uint8_t digest[SHA256_SIZE] = {0};
    size_t size;
    uint8_t *bytes = read_all(&size);

    if (argc != 3)
        return 2;
    if (strcmp(argv[1], "sha256") == 0) {
        size_t piece = strtoul(argv[2], NULL, 10);
        struct sha256 hash;

        sha256_init(&hash);
        for (size_t at = 0; at < size; at += piece)
            sha256_update(&hash, bytes + at, size - at < piece ? size - at : piece);
        sha256_final(&hash, digest);
    } else {
        struct fs_expected expected;
        uint8_t *scratch = malloc(VERITY_SCRATCH);
        enum fs_check result = fs_check_parse(argv[2], &expected);

        if (result == FS_CHECK_OK)
            result = fs_check_image(&expected, bytes, size, scratch, digest);
        printf("%d ", result);
        free(scratch);
    }
    print_hex(digest, sizeof(digest));
    free(bytes);
    return 0;
}

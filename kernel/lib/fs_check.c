/* The check of fs.img against the command line; rules in fs_check.h. */
#include "fs_check.h"

const char *command_line_value(const char *line, const char *key, size_t *length)
{
    while (*line != '\0') {
        size_t word = 0, i = 0;

        while (line[word] != '\0' && line[word] != ' ')
            word++;
        while (key[i] != '\0' && i < word && line[i] == key[i])
            i++;
        if (key[i] == '\0' && i < word && line[i] == '=') {
            *length = word - i - 1;
            return line + i + 1;
        }
        line += word;
        while (*line == ' ')
            line++;
    }
    return NULL;
}

bool command_line_has(const char *line, const char *key, const char *value)
{
    size_t length, i = 0;
    const char *found = command_line_value(line, key, &length);

    if (found == NULL)
        return false;
    while (i < length && value[i] != '\0' && found[i] == value[i])
        i++;
    return i == length && value[i] == '\0';
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

/* Decodes `length` lower-case digits; returns the number of bytes, or -1. */
static int hex_decode(const char *text, size_t length, uint8_t *bytes, size_t room)
{
    if (length % 2 != 0 || length / 2 > room)
        return -1;
    for (size_t i = 0; i < length / 2; i++) {
        int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);

        if (high < 0 || low < 0)
            return -1;
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    return (int)(length / 2);
}

static bool decimal(const char *text, size_t length, uint64_t *number)
{
    *number = 0;
    if (length == 0 || length > 15)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *number = *number * 10 + (uint64_t)(text[i] - '0');
    }
    return true;
}

enum fs_check fs_check_parse(const char *line, struct fs_expected *expected)
{
    size_t length;
    const char *text = command_line_value(line, "roothash", &length);
    int salt;

    if (text == NULL || hex_decode(text, length, expected->root, SHA256_SIZE) != SHA256_SIZE)
        return FS_CHECK_NO_ROOT_HASH;
    text = command_line_value(line, "fs_blocks", &length);
    if (text == NULL || !decimal(text, length, &expected->blocks) || expected->blocks == 0)
        return FS_CHECK_NO_BLOCKS;
    text = command_line_value(line, "salt", &length);
    if (text == NULL)
        return FS_CHECK_BAD_SALT;
    salt = length == 1 && *text == '-'
               ? 0
               : hex_decode(text, length, expected->salt, sizeof(expected->salt));
    if (salt < 0)
        return FS_CHECK_BAD_SALT;
    expected->salt_size = (size_t)salt;
    return FS_CHECK_OK;
}

enum fs_check fs_check_image(const struct fs_expected *expected, const void *image, uint64_t size,
                             uint8_t *scratch, uint8_t found[SHA256_SIZE])
{
    uint8_t difference = 0;

    if (expected->blocks > size / VERITY_BLOCK)
        return FS_CHECK_SHORT;
    if (verity_root(image, expected->blocks, expected->salt, expected->salt_size, scratch, found))
        return FS_CHECK_SHORT;
    for (size_t i = 0; i < SHA256_SIZE; i++)
        difference |= found[i] ^ expected->root[i];
    return difference == 0 ? FS_CHECK_OK : FS_CHECK_WRONG_ROOT;
}

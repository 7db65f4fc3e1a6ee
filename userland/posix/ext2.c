/* Reader for the root image. See ext2.h. */
#include "ext2.h"

#include <string.h>

enum {
    SUPER_OFFSET = 1024,
    SUPER_MAGIC = 0xEF53,
    INCOMPAT_FILETYPE = 0x2,
    DIRECT = 12,
    POINTERS = EXT2_BLOCK / 4,
    LONG_TARGET = 60, /* shorter targets lie in the inode */
};

static uint16_t get16(const uint8_t *p)
{
    uint16_t value;
    memcpy(&value, p, sizeof(value));
    return value;
}

static uint32_t get32(const uint8_t *p)
{
    uint32_t value;
    memcpy(&value, p, sizeof(value));
    return value;
}

bool ext2_open(struct ext2 *fs, const void *image, uint64_t blocks)
{
    const uint8_t *super = (const uint8_t *)image + SUPER_OFFSET;
    if (blocks < 2 || blocks > UINT32_MAX || get16(super + 56) != SUPER_MAGIC)
        return false;
    fs->image = image;
    fs->inodes = get32(super + 0);
    fs->blocks = get32(super + 4);
    fs->inodes_per_group = get32(super + 40);
    fs->inode_size = get32(super + 76) == 0 ? 128 : get16(super + 88);
    uint32_t blocks_per_group = get32(super + 32);
    /* s_log_block_size 2: 4 KiB; only file types may be an incompatible feature. */
    if (get32(super + 24) != 2 || (get32(super + 96) & ~(uint32_t)INCOMPAT_FILETYPE) != 0)
        return false;
    if (fs->blocks > blocks || blocks_per_group == 0 || fs->inodes_per_group == 0)
        return false;
    if (fs->inode_size < 128 || fs->inode_size > EXT2_BLOCK || EXT2_BLOCK % fs->inode_size != 0)
        return false;
    fs->groups = (fs->blocks + blocks_per_group - 1) / blocks_per_group;
    fs->table = 1;
    return (uint64_t)fs->table * EXT2_BLOCK + (uint64_t)fs->groups * 32 <=
           (uint64_t)fs->blocks * EXT2_BLOCK;
}

bool ext2_inode(const struct ext2 *fs, uint32_t number, struct ext2_inode *inode)
{
    if (number == 0 || number > fs->inodes)
        return false;
    uint32_t group = (number - 1) / fs->inodes_per_group;
    if (group >= fs->groups)
        return false;
    const uint8_t *descriptor = fs->image + fs->table * EXT2_BLOCK + group * 32;
    uint64_t offset = (uint64_t)get32(descriptor + 8) * EXT2_BLOCK +
                      (uint64_t)((number - 1) % fs->inodes_per_group) * fs->inode_size;
    if (offset + fs->inode_size > (uint64_t)fs->blocks * EXT2_BLOCK)
        return false;
    const uint8_t *raw = fs->image + offset;
    *inode = (struct ext2_inode){
        .number = number,
        .mode = get16(raw + 0),
        .uid = get16(raw + 2) | (uint32_t)get16(raw + 120) << 16,
        .size = get32(raw + 4),
        .atime = get32(raw + 8),
        .ctime = get32(raw + 12),
        .mtime = get32(raw + 16),
        .gid = get16(raw + 24) | (uint32_t)get16(raw + 122) << 16,
        .links = get16(raw + 26),
        .sectors = get32(raw + 28),
        .block_area = raw + 40,
    };
    if ((inode->mode & 0170000) == 0100000)
        inode->size |= (uint64_t)get32(raw + 108) << 32;
    return true;
}

/* Entry `index` of the table in `block`; 0 stays 0. */
static uint32_t follow(const struct ext2 *fs, uint32_t block, uint32_t index)
{
    if (block == 0 || block >= fs->blocks)
        return 0;
    return get32(fs->image + (uint64_t)block * EXT2_BLOCK + index * 4);
}

uint32_t ext2_block(const struct ext2 *fs, const struct ext2_inode *inode, uint32_t index)
{
    uint32_t block;
    if (index < DIRECT) {
        block = get32(inode->block_area + index * 4);
    } else if ((index -= DIRECT) < POINTERS) {
        block = follow(fs, get32(inode->block_area + 48), index);
    } else if ((index -= POINTERS) < POINTERS * POINTERS) {
        block = follow(fs, get32(inode->block_area + 52), index / POINTERS);
        block = follow(fs, block, index % POINTERS);
    } else {
        index -= POINTERS * POINTERS;
        if (index / POINTERS / POINTERS >= POINTERS)
            return 0;
        block = follow(fs, get32(inode->block_area + 56), index / POINTERS / POINTERS);
        block = follow(fs, block, index / POINTERS % POINTERS);
        block = follow(fs, block, index % POINTERS);
    }
    return block < fs->blocks ? block : 0;
}

bool ext2_next(const struct ext2 *fs, const struct ext2_inode *directory, uint32_t offset,
               struct ext2_entry *entry)
{
    while (offset < directory->size) {
        uint32_t block = ext2_block(fs, directory, offset / EXT2_BLOCK);
        uint32_t inside = offset % EXT2_BLOCK;
        if (block == 0 || inside % 4 != 0 || inside > EXT2_BLOCK - 8)
            return false;
        const uint8_t *record = fs->image + (uint64_t)block * EXT2_BLOCK + inside;
        uint32_t length = get16(record + 4);
        if (length < 8u + record[6] || length % 4 != 0 || inside + length > EXT2_BLOCK)
            return false;
        offset += length;
        if (get32(record) != 0) {
            *entry = (struct ext2_entry){.inode = get32(record),
                                         .next = offset,
                                         .name = (const char *)record + 8,
                                         .length = record[6]};
            return true;
        }
    }
    return false;
}

const char *ext2_target(const struct ext2 *fs, const struct ext2_inode *inode)
{
    if (inode->size < LONG_TARGET)
        return (const char *)inode->block_area;
    uint32_t block = ext2_block(fs, inode, 0);
    if (block == 0 || inode->size > EXT2_BLOCK)
        return NULL;
    return (const char *)fs->image + (uint64_t)block * EXT2_BLOCK;
}

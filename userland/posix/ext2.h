/*
 * Reader for the root image: ext2 revision 1, 4 KiB blocks, mapped whole and read only.
 *
 * The image was checked against its root hash before we got it, but nothing here relies on that:
 * every block number, size and record length is checked against the image, and what does not fit
 * reads as an error. Layout: "The Second Extended File System", D. Poirier, chapters 3 to 4.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXT2_BLOCK 4096u
#define EXT2_ROOT 2u
#define EXT2_NAME_MAX 255u

struct ext2 {
    const uint8_t *image;
    uint32_t blocks;
    uint32_t inodes;
    uint32_t inodes_per_group;
    uint32_t groups;
    uint32_t inode_size;
    uint32_t table; /* block of the group descriptors */
};

struct ext2_inode {
    uint32_t number;
    uint16_t mode;
    uint16_t links;
    uint32_t uid;
    uint32_t gid;
    uint64_t size;
    uint32_t mtime;
    uint32_t ctime;
    uint32_t atime;
    uint32_t sectors;
    const uint8_t *block_area; /* 60 bytes: block numbers, or a short symbolic link */
};

struct ext2_entry {
    uint32_t inode;
    uint32_t next; /* offset of the record after this one */
    const char *name;
    uint8_t length;
};

/* False where the image is no file system that we read. */
bool ext2_open(struct ext2 *fs, const void *image, uint64_t blocks);

bool ext2_inode(const struct ext2 *fs, uint32_t number, struct ext2_inode *inode);

/* Block that holds the file's block `index`; 0: a hole, or outside. */
uint32_t ext2_block(const struct ext2 *fs, const struct ext2_inode *inode, uint32_t index);

/* The directory's next record at or behind `offset` that names something; false at the end. */
bool ext2_next(const struct ext2 *fs, const struct ext2_inode *directory, uint32_t offset,
               struct ext2_entry *entry);

/* Target of a symbolic link; NULL where it is damaged. Not NUL-terminated. */
const char *ext2_target(const struct ext2 *fs, const struct ext2_inode *inode);

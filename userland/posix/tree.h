/*
 * The file tree: the verified read-only root with a writable overlay in memory.
 *
 * A node is a file of any type. Nodes of the root image are made when they are first looked up,
 * keep the image's inode number, and stay. A directory is either as in the image, or, from its
 * first change on, a list of entries in memory; so there are no white-outs. A file's block comes
 * from memory where it was written, else from the image up to `image_size`, else it is a hole.
 *
 * A node lives as long as it has links or holders. Functions that give a node give a hold with
 * it. Results are 0 or more, or -errno. Nothing here checks permissions: path.c does.
 */
#pragma once

#include "ext2.h"

#include <sys/stat.h>
#include <time.h>

struct node;

struct entry {
    struct entry *next;
    struct node *node; /* NULL: still only in the image, as inode `inode` */
    uint32_t inode;
    uint32_t cookie; /* directory offset behind this entry; rises along the list */
    uint8_t length;
    char name[];
};

struct node {
    struct node *chain; /* table of image nodes */
    uint32_t inode;
    mode_t mode;
    uid_t uid;
    gid_t gid;
    uint32_t links;
    uint32_t holders;
    uint32_t device; /* character device: major << 8 | minor */
    uint64_t size;
    struct timespec atime, mtime, ctime;

    bool of_image;
    struct ext2_inode image;
    uint64_t image_size; /* bytes of the image's file that still count */

    uint32_t *pages; /* file in memory: page of each block, 0: see image */
    uint32_t page_count;

    struct node *parent;   /* directory; the root's is itself */
    bool listed;           /* directory: `entries` holds it, not the image */
    struct entry *entries; /* sorted by cookie */
    struct entry *last;
    char *target;    /* symbolic link in memory */
    int32_t process; /* /proc: whose; 0: none */
};

struct listing {
    const char *name;
    uint8_t length;
    uint32_t inode;
    mode_t mode;
    uint32_t next;
};

/* False where the image is no file system. `clock` gives the time for stamps. */
bool tree_open(const void *image, uint64_t blocks, struct timespec (*clock)(void));

struct node *tree_root(void);
struct node *node_new(mode_t mode, uid_t uid, gid_t gid);
struct node *node_hold(struct node *node);
void node_drop(struct node *node);
void node_touch(struct node *node);

int tree_lookup(struct node *directory, const char *name, size_t length, struct node **found);

/* Enters `node` under a name that is not there yet; a directory also gets its parent. */
int tree_enter(struct node *directory, const char *name, size_t length, struct node *node);

/* Takes the name away; a directory must be empty. */
int tree_remove(struct node *directory, const char *name, size_t length);

/* Moves a name, over what has the new one, if that may be replaced. */
int tree_rename(struct node *from, const char *name, size_t length, struct node *to,
                const char *new_name, size_t new_length);

/* The entry behind `offset`; 0 at the end, 1 where there is one. */
int tree_list(struct node *directory, uint32_t offset, struct listing *listing);

int64_t tree_read(struct node *file, void *buffer, uint64_t size, uint64_t offset);
int64_t tree_write(struct node *file, const void *buffer, uint64_t size, uint64_t offset);
int tree_resize(struct node *file, uint64_t size);

/* Where block `index` is: a page of memory (*page), a block of the image (*block), or none. */
void tree_locate(const struct node *file, uint32_t index, uint32_t *page, uint32_t *block);

/* The bytes of a block of the image. */
const void *image_block(uint32_t block);

/* Target of a symbolic link, `size` bytes, not NUL-terminated; NULL where damaged. */
const char *tree_target(const struct node *link);

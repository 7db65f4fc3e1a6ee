/* The file tree. See tree.h. */
#include "tree.h"
#include "page.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    BUCKETS = 256,
    DOT = 12,    /* directory offset behind "." */
    DOTDOT = 24, /* behind ".." */
    COOKIE_STEP = 8,
};

static struct ext2 fs;
static struct node *image_nodes[BUCKETS];
static struct node *root;
static uint32_t next_inode;
static struct timespec (*now)(void);

static struct timespec stamp(uint32_t seconds)
{
    return (struct timespec){.tv_sec = seconds};
}

/* The node of an image inode, not held. */
static struct node *image_node(uint32_t inode, struct node *parent)
{
    struct node **bucket = &image_nodes[inode % BUCKETS];
    for (struct node *node = *bucket; node; node = node->chain)
        if (node->inode == inode)
            return node;
    struct ext2_inode image;
    struct node *node = ext2_inode(&fs, inode, &image) ? calloc(1, sizeof(*node)) : NULL;
    if (!node)
        return NULL;
    *node = (struct node){
        .chain = *bucket,
        .inode = inode,
        .mode = image.mode,
        .uid = image.uid,
        .gid = image.gid,
        .links = image.links,
        .size = image.size,
        .atime = stamp(image.atime),
        .mtime = stamp(image.mtime),
        .ctime = stamp(image.ctime),
        .of_image = true,
        .image = image,
        .image_size = image.size,
        .parent = parent,
    };
    *bucket = node;
    return node;
}

bool tree_open(const void *image, uint64_t blocks, struct timespec (*clock)(void))
{
    now = clock;
    if (!ext2_open(&fs, image, blocks))
        return false;
    next_inode = fs.inodes + 1;
    root = image_node(EXT2_ROOT, NULL);
    if (!root || !S_ISDIR(root->mode))
        return false;
    root->parent = root;
    return true;
}

struct node *tree_root(void)
{
    return root;
}

struct node *node_new(mode_t mode, uid_t uid, gid_t gid)
{
    struct node *node = calloc(1, sizeof(*node));
    if (!node)
        return NULL;
    node->inode = next_inode++;
    node->mode = mode;
    node->uid = uid;
    node->gid = gid;
    node->holders = 1;
    node->listed = S_ISDIR(mode);
    node->atime = node->mtime = node->ctime = now();
    return node;
}

struct node *node_hold(struct node *node)
{
    node->holders++;
    return node;
}

static void entries_free(struct node *directory)
{
    while (directory->entries) {
        struct entry *entry = directory->entries;
        directory->entries = entry->next;
        free(entry);
    }
    directory->last = NULL;
}

static void node_free(struct node *node)
{
    for (uint32_t i = 0; i < node->page_count; i++)
        if (node->pages[i])
            page_drop(node->pages[i]);
    entries_free(node);
    if (node->of_image) {
        struct node **link = &image_nodes[node->inode % BUCKETS];
        while (*link != node)
            link = &(*link)->chain;
        *link = node->chain;
    }
    free(node->pages);
    free(node->target);
    free(node);
}

void node_drop(struct node *node)
{
    if (--node->holders == 0 && node->links == 0)
        node_free(node);
}

static void node_unlink(struct node *node)
{
    node->links -= S_ISDIR(node->mode) ? node->links : 1;
    node->ctime = now();
    node_drop(node_hold(node));
}

void node_touch(struct node *node)
{
    node->mtime = node->ctime = now();
}

/* The node of an entry, held. */
static int entry_node(struct node *directory, struct entry *entry, struct node **found)
{
    struct node *node = entry->node ? entry->node : image_node(entry->inode, directory);
    if (!node)
        return -EIO;
    if (S_ISDIR(node->mode))
        node->parent = directory;
    *found = node_hold(node);
    return 0;
}

static struct entry *entry_find(struct node *directory, const char *name, size_t length)
{
    for (struct entry *entry = directory->entries; entry; entry = entry->next)
        if (entry->length == length && memcmp(entry->name, name, length) == 0)
            return entry;
    return NULL;
}

static bool is_dots(const char *name, size_t length)
{
    return name[0] == '.' && (length == 1 || (length == 2 && name[1] == '.'));
}

int tree_lookup(struct node *directory, const char *name, size_t length, struct node **found)
{
    if (directory->listed) {
        struct entry *entry = entry_find(directory, name, length);
        return entry ? entry_node(directory, entry, found) : -ENOENT;
    }
    struct ext2_entry entry;
    for (uint32_t offset = 0; ext2_next(&fs, &directory->image, offset, &entry);
         offset = entry.next) {
        if (entry.length == length && memcmp(entry.name, name, length) == 0)
            return entry_node(directory, &(struct entry){.inode = entry.inode}, found);
    }
    return -ENOENT;
}

static struct entry *entry_append(struct node *directory, const char *name, size_t length,
                                  uint32_t cookie)
{
    struct entry *entry = malloc(sizeof(*entry) + length);
    if (!entry)
        return NULL;
    *entry = (struct entry){.cookie = cookie, .length = (uint8_t)length};
    memcpy(entry->name, name, length);
    if (directory->last)
        directory->last->next = entry;
    else
        directory->entries = entry;
    directory->last = entry;
    return entry;
}

/* Makes a directory of the image a list of entries; cookies keep the image's offsets. */
static int directory_copy_up(struct node *directory)
{
    if (directory->listed)
        return 0;
    struct ext2_entry record;
    for (uint32_t offset = 0; ext2_next(&fs, &directory->image, offset, &record);
         offset = record.next) {
        if (is_dots(record.name, record.length))
            continue;
        struct entry *entry = entry_append(directory, record.name, record.length, record.next);
        if (!entry) {
            entries_free(directory); /* all or nothing: the next try begins anew */
            return -ENOSPC;
        }
        entry->inode = record.inode;
    }
    directory->listed = true;
    return 0;
}

int tree_enter(struct node *directory, const char *name, size_t length, struct node *node)
{
    if (length > EXT2_NAME_MAX)
        return -ENAMETOOLONG;
    if (directory->links == 0)
        return -ENOENT; /* removed while somebody stands in it */
    int status = directory_copy_up(directory);
    if (status < 0)
        return status;
    uint32_t cookie = (directory->last ? directory->last->cookie : DOTDOT) + COOKIE_STEP;
    struct entry *entry = entry_append(directory, name, length, cookie);
    if (!entry)
        return -ENOSPC;
    entry->node = node;
    node->links++;
    node->ctime = now();
    if (S_ISDIR(node->mode)) {
        node->parent = directory;
        node->links++;
        directory->links++;
    }
    node_touch(directory);
    return 0;
}

static bool directory_is_empty(struct node *directory)
{
    struct listing listing;
    return tree_list(directory, DOTDOT, &listing) == 0;
}

static void entry_remove(struct node *directory, struct entry *entry)
{
    struct entry *before = NULL;
    for (struct entry *at = directory->entries; at != entry; at = at->next)
        before = at;
    if (before)
        before->next = entry->next;
    else
        directory->entries = entry->next;
    if (directory->last == entry)
        directory->last = before;
    free(entry);
    node_touch(directory);
}

int tree_remove(struct node *directory, const char *name, size_t length)
{
    struct node *node;
    int status = tree_lookup(directory, name, length, &node);
    if (status < 0)
        return status;
    if (S_ISDIR(node->mode) && !directory_is_empty(node))
        status = -ENOTEMPTY;
    else
        status = directory_copy_up(directory);
    if (status == 0) {
        entry_remove(directory, entry_find(directory, name, length));
        if (S_ISDIR(node->mode)) {
            directory->links--;
            node->parent = root; /* for those who still stand in it */
        }
        node_unlink(node);
    }
    node_drop(node);
    return status;
}

static bool is_within(const struct node *directory, const struct node *ancestor)
{
    while (directory != ancestor && directory != root)
        directory = directory->parent;
    return directory == ancestor;
}

/* Whether `moved` may take the place of `over` in rename (POSIX.1-2024, rename, ERRORS). */
static int may_replace(const struct node *moved, struct node *over)
{
    if (S_ISDIR(over->mode)) {
        if (!S_ISDIR(moved->mode))
            return -EISDIR;
        return directory_is_empty(over) ? 0 : -ENOTEMPTY;
    }
    return S_ISDIR(moved->mode) ? -ENOTDIR : 0;
}

static int rename_node(struct node *from, const char *name, size_t length, struct node *to,
                       const char *new_name, size_t new_length, struct node *moved)
{
    if (S_ISDIR(moved->mode) && is_within(to, moved))
        return -EINVAL;
    if (new_length > EXT2_NAME_MAX)
        return -ENAMETOOLONG;
    struct node *over = NULL;
    int status = tree_lookup(to, new_name, new_length, &over);
    if (status == 0 && over != moved) {
        status = may_replace(moved, over);
        if (status == 0)
            status = tree_remove(to, new_name, new_length);
    } else if (status == -ENOENT) {
        status = 0;
    }
    bool same = over == moved;
    if (over)
        node_drop(over);
    if (status < 0 || same)
        return status;
    if ((status = directory_copy_up(from)) < 0)
        return status;
    if ((status = tree_enter(to, new_name, new_length, moved)) < 0)
        return status;
    entry_remove(from, entry_find(from, name, length));
    if (S_ISDIR(moved->mode)) {
        from->links--;
        moved->links--;
    }
    moved->links--;
    return 0;
}

int tree_rename(struct node *from, const char *name, size_t length, struct node *to,
                const char *new_name, size_t new_length)
{
    struct node *moved;
    int status = tree_lookup(from, name, length, &moved);
    if (status < 0)
        return status;
    status = rename_node(from, name, length, to, new_name, new_length, moved);
    node_drop(moved);
    return status;
}

static int list_image(struct node *directory, uint32_t offset, struct listing *listing)
{
    /* ".." may fill its block, so what follows it is found from its own record. */
    uint32_t from = offset == DOTDOT ? DOT : offset;
    struct ext2_entry entry;
    do {
        if (!ext2_next(&fs, &directory->image, from, &entry))
            return 0;
        from = entry.next;
    } while (is_dots(entry.name, entry.length));
    struct ext2_inode inode;
    *listing = (struct listing){.name = entry.name,
                                .length = entry.length,
                                .inode = entry.inode,
                                .mode = ext2_inode(&fs, entry.inode, &inode) ? inode.mode : 0,
                                .next = entry.next};
    return 1;
}

static int list_entries(struct node *directory, uint32_t offset, struct listing *listing)
{
    struct entry *entry = directory->entries;
    while (entry && entry->cookie <= offset)
        entry = entry->next;
    if (!entry)
        return 0;
    struct ext2_inode inode;
    mode_t mode = entry->node                             ? entry->node->mode
                  : ext2_inode(&fs, entry->inode, &inode) ? inode.mode
                                                          : 0;
    *listing = (struct listing){.name = entry->name,
                                .length = entry->length,
                                .inode = entry->node ? entry->node->inode : entry->inode,
                                .mode = mode,
                                .next = entry->cookie};
    return 1;
}

int tree_list(struct node *directory, uint32_t offset, struct listing *listing)
{
    if (offset < DOTDOT) {
        bool dot = offset < DOT;
        *listing = (struct listing){.name = "..",
                                    .length = dot ? 1 : 2,
                                    .inode = dot ? directory->inode : directory->parent->inode,
                                    .mode = S_IFDIR,
                                    .next = dot ? DOT : DOTDOT};
        return 1;
    }
    return directory->listed ? list_entries(directory, offset, listing)
                             : list_image(directory, offset, listing);
}

void tree_locate(const struct node *file, uint32_t index, uint32_t *page, uint32_t *block)
{
    *page = index < file->page_count ? file->pages[index] : 0;
    *block = 0;
    if (*page == 0 && file->of_image && (uint64_t)index * PAGE < file->image_size)
        *block = ext2_block(&fs, &file->image, index);
}

/* The block's bytes as they are now, NULL for a hole; `image_bytes` of it count. */
static const uint8_t *block_bytes(const struct node *file, uint32_t index, uint32_t *bytes)
{
    uint32_t page;
    uint32_t block;
    tree_locate(file, index, &page, &block);
    *bytes = PAGE;
    if (page)
        return page_at(page);
    if (!block)
        return NULL;
    uint64_t left = file->image_size - (uint64_t)index * PAGE;
    if (left < PAGE)
        *bytes = (uint32_t)left;
    return image_block(block);
}

int64_t tree_read(struct node *file, void *buffer, uint64_t size, uint64_t offset)
{
    if (offset >= file->size)
        return 0;
    if (size > file->size - offset)
        size = file->size - offset;
    uint8_t *to = buffer;
    for (uint64_t left = size; left > 0;) {
        uint32_t inside = offset % PAGE;
        uint64_t step = PAGE - inside < left ? PAGE - inside : left;
        uint32_t bytes;
        const uint8_t *from = block_bytes(file, (uint32_t)(offset / PAGE), &bytes);
        uint64_t real = !from || inside >= bytes ? 0 : bytes - inside;
        if (real > step)
            real = step;
        if (real > 0)
            memcpy(to, from + inside, real);
        memset(to + real, 0, step - real);
        to += step;
        offset += step;
        left -= step;
    }
    return (int64_t)size;
}

static int pages_reserve(struct node *file, uint32_t count)
{
    if (count <= file->page_count)
        return 0;
    uint32_t room = file->page_count * 2 > count ? file->page_count * 2 : count;
    uint32_t *pages = realloc(file->pages, room * sizeof(*pages));
    if (!pages)
        return -ENOSPC;
    memset(pages + file->page_count, 0, (room - file->page_count) * sizeof(*pages));
    file->pages = pages;
    file->page_count = room;
    return 0;
}

/* A page of memory for the block, alone ours, holding what the block holds. 0: no memory. */
static uint32_t block_for_writing(struct node *file, uint32_t index)
{
    uint32_t page = index < file->page_count ? file->pages[index] : 0;
    if (page && page_users(page) == 1)
        return page;
    if (pages_reserve(file, index + 1) < 0)
        return 0;
    uint32_t bytes;
    const uint8_t *from = block_bytes(file, index, &bytes);
    uint32_t fresh = from && bytes == PAGE ? page_take_raw() : page_take_zeroed();
    if (!fresh)
        return 0;
    if (from)
        memcpy(page_at(fresh), from, bytes);
    if (page)
        page_drop(page);
    return file->pages[index] = fresh;
}

int64_t tree_write(struct node *file, const void *buffer, uint64_t size, uint64_t offset)
{
    if (offset + size > (uint64_t)UINT32_MAX * PAGE || offset + size < offset)
        return -EFBIG;
    const uint8_t *from = buffer;
    uint64_t done = 0;
    while (done < size) {
        uint32_t inside = (offset + done) % PAGE;
        uint64_t step = PAGE - inside < size - done ? PAGE - inside : size - done;
        uint32_t page = block_for_writing(file, (uint32_t)((offset + done) / PAGE));
        if (!page)
            break;
        memcpy((uint8_t *)page_at(page) + inside, from + done, step);
        done += step;
    }
    if (done > 0 && offset + done > file->size)
        file->size = offset + done;
    if (done > 0)
        node_touch(file);
    return done == 0 && size > 0 ? -ENOSPC : (int64_t)done;
}

int tree_resize(struct node *file, uint64_t size)
{
    if (size > (uint64_t)UINT32_MAX * PAGE)
        return -EFBIG;
    if (size < file->size) {
        if (size % PAGE != 0) {
            uint32_t page = block_for_writing(file, (uint32_t)(size / PAGE));
            if (!page)
                return -ENOSPC;
            memset((uint8_t *)page_at(page) + size % PAGE, 0, PAGE - size % PAGE);
        }
        for (uint64_t i = (size + PAGE - 1) / PAGE; i < file->page_count; i++) {
            if (file->pages[i])
                page_drop(file->pages[i]);
            file->pages[i] = 0;
        }
        if (file->image_size > size)
            file->image_size = size;
    }
    file->size = size;
    node_touch(file);
    return 0;
}

const void *image_block(uint32_t block)
{
    return fs.image + (uint64_t)block * PAGE;
}

const char *tree_target(const struct node *link)
{
    return link->target ? link->target : ext2_target(&fs, &link->image);
}

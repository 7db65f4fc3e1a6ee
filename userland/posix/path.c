/* Path resolution. See path.h. */
#include "path.h"
#include "proc_files.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

/* The path that is still to be walked; links are put in front of it. One walk at a time. */
static char rest[POSIX_PATH_MAX];

static int permits(const struct node *node, uid_t user, gid_t group, int want)
{
    if (user == 0) {
        bool any = node->mode & (S_IXUSR | S_IXGRP | S_IXOTH);
        return !(want & X_OK) || S_ISDIR(node->mode) || any ? 0 : -EACCES;
    }
    mode_t bits = node->mode;
    if (user == node->uid)
        bits >>= 6;
    else if (group == node->gid)
        bits >>= 3;
    return ((mode_t)want & ~bits & 7) == 0 ? 0 : -EACCES;
}

int node_permits(const struct process *process, const struct node *node, int want)
{
    return permits(node, process->effective_user, process->effective_group_id, want);
}

int node_permits_real(const struct process *process, const struct node *node, int want)
{
    return permits(node, process->user, process->group_id, want);
}

int node_is_owned(const struct process *process, const struct node *node)
{
    bool owned = process->effective_user == 0 || process->effective_user == node->uid;
    return owned ? 0 : -EPERM;
}

int place_may_remove(const struct process *process, const struct place *place)
{
    const struct node *parent = place->parent;
    int status = node_permits(process, parent, W_OK | X_OK);
    if (status < 0 || !(parent->mode & S_ISVTX))
        return status;
    bool owned = node_is_owned(process, parent) == 0 || node_is_owned(process, place->node) == 0;
    return owned ? 0 : -EPERM;
}

void place_drop(struct place *place)
{
    if (place->parent)
        node_drop(place->parent);
    if (place->node)
        node_drop(place->node);
    place->parent = place->node = NULL;
}

/* One name in one directory. */
static int step(const struct process *process, struct node *directory, const char *name,
                size_t length, struct node **found)
{
    if (!S_ISDIR(directory->mode))
        return -ENOTDIR;
    int status = node_permits(process, directory, X_OK);
    if (status < 0)
        return status;
    if (length == 1 && name[0] == '.')
        *found = node_hold(directory);
    else if (length == 2 && name[0] == '.' && name[1] == '.')
        *found = node_hold(directory->parent);
    else if (directory->process != 0)
        return proc_lookup(directory, name, length, found);
    else
        return tree_lookup(directory, name, length, found);
    return 0;
}

/* Puts a link's target in front of what is left of the path; gives the new rest. */
static const char *splice(const struct node *link, const char *left)
{
    static char target[POSIX_PATH_MAX];
    const char *text = tree_target(link);
    size_t size = link->size;
    size_t tail = strlen(left);
    if (!text || size + tail + 1 > sizeof(rest))
        return NULL;
    memcpy(target, text, size);
    memmove(rest + size, left, tail + 1);
    memcpy(rest, target, size);
    return rest;
}

/* Takes the next name off the path into the place. */
static const char *next_name(const char *at, struct place *place)
{
    size_t length = strcspn(at, "/");
    if (length > EXT2_NAME_MAX)
        return NULL;
    memcpy(place->name, at, length);
    place->name[length] = '\0';
    place->length = length;
    at += length;
    place->trailing = *at == '/';
    return at + strspn(at, "/");
}

static void advance(struct place *place, struct node *node)
{
    node_drop(place->parent);
    place->parent = node;
}

/* The last name: its node, or none where WALK_PARENT allows that. */
static int finish(struct place *place, int status, uint32_t flags)
{
    if (status == -ENOENT && (flags & WALK_PARENT))
        return 0;
    if (status == 0 && place->trailing && !S_ISDIR(place->node->mode))
        status = -ENOTDIR;
    if (status < 0)
        place_drop(place);
    return status;
}

/* Begins at the root or `start`, with slashes in front passed over. */
static const char *begin(struct place *place, struct node *start, const char *at)
{
    if (*at == '/') {
        if (place->parent)
            node_drop(place->parent);
        place->parent = node_hold(tree_root());
    } else if (!place->parent) {
        place->parent = node_hold(start);
    }
    return at + strspn(at, "/");
}

int path_walk(const struct process *process, struct node *start, const char *path, uint32_t flags,
              struct place *place)
{
    *place = (struct place){0};
    if (*path == '\0')
        return -ENOENT;
    uint32_t links = 0;
    const char *at = begin(place, start, path);
    if (*at == '\0') {
        place->node = node_hold(place->parent);
        return 0;
    }
    for (;;) {
        at = next_name(at, place);
        if (!at)
            return finish(place, -ENAMETOOLONG, 0);
        int status = step(process, place->parent, place->name, place->length, &place->node);
        bool last = *at == '\0';
        if (status == 0 && S_ISLNK(place->node->mode) &&
            !(last && (flags & WALK_NOFOLLOW) && !place->trailing)) {
            at = ++links > SYMLOOP_MAX ? NULL : splice(place->node, place->trailing ? at - 1 : at);
            if (!at)
                return finish(place, links > SYMLOOP_MAX ? -ELOOP : -ENAMETOOLONG, 0);
            node_drop(place->node);
            place->node = NULL;
            at = begin(place, start, at);
            if (*at == '\0') { /* the link led to the root */
                place->node = node_hold(place->parent);
                return 0;
            }
            continue;
        }
        if (last)
            return finish(place, status, flags);
        if (status < 0)
            return finish(place, status, 0);
        advance(place, place->node);
        place->node = NULL;
    }
}

/* The name that `parent` has for a directory; false where there is none. */
static bool name_in_parent(struct node *directory, struct listing *listing)
{
    for (uint32_t offset = 24; tree_list(directory->parent, offset, listing) == 1;
         offset = listing->next)
        if (listing->inode == directory->inode)
            return true;
    return false;
}

int64_t path_of(struct node *directory, char *buffer, size_t size)
{
    size_t at = size; /* from the end */
    if (at == 0)
        return -ERANGE;
    buffer[--at] = '\0';
    for (; directory != tree_root(); directory = directory->parent) {
        struct listing listing;
        if (!name_in_parent(directory, &listing))
            return -ENOENT;
        if (at < listing.length + 1u)
            return -ERANGE;
        at -= listing.length;
        memcpy(buffer + at, listing.name, listing.length);
        buffer[--at] = '/';
    }
    if (at == size - 1) {
        if (at == 0)
            return -ERANGE;
        buffer[--at] = '/';
    }
    memmove(buffer, buffer + at, size - at);
    return (int64_t)(size - at);
}

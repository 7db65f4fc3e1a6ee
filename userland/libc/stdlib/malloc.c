/*
 * malloc and its kin: boundary tags, segregated lists of free chunks, immediate coalescing.
 *
 *        chunk  +--------------------------------+
 *               | before: size of previous chunk | only if that is free, else it is the previous
 *               +--------------------------------+ chunk's last 8 bytes of memory
 *               | size                     |0|0|P| P: the previous chunk is in use
 *       memory  +--------------------------------+ 16-byte aligned
 *               | next, last (free chunks only)  |
 *
 * Chunks are multiples of 16, 32 at least, so 16 to 24 bytes cost 32. A chunk under SMALL_END is
 * listed with its equals; larger ones in four lists per power of two. Two maps say which lists hold
 * anything. What lies behind the last chunk is `top`, which __libos_heap_grow lengthens. The only
 * state is `heap`; there are no threads to lock out yet.
 */
#include <stdlib.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <libc/libos.h>

#define CHUNK_HEAD 16
#define CHUNK_LEAST 32
#define BEFORE_USED ((size_t)1)
#define SMALL_END 1024
#define LISTS 64
#define GROW_LEAST ((size_t)16384)
#define PAGE ((size_t)4096)

struct chunk {
    size_t before;
    size_t size;
    struct chunk *next;
    struct chunk *last;
};

static struct {
    struct chunk *small[LISTS];
    struct chunk *large[LISTS];
    uint64_t small_map;
    uint64_t large_map;
    struct chunk *top; /* NULL before the first growth */
    size_t total;
} heap;

static size_t chunk_size(const struct chunk *chunk)
{
    return chunk->size & ~(size_t)15;
}

static struct chunk *chunk_at(void *base, size_t offset)
{
    return (struct chunk *)(void *)((char *)base + offset);
}

static struct chunk *chunk_of(void *memory)
{
    return (struct chunk *)(void *)((char *)memory - CHUNK_HEAD);
}

static void *chunk_memory(struct chunk *chunk)
{
    return (char *)chunk + CHUNK_HEAD;
}

static unsigned large_index(size_t size)
{
    unsigned log = 63 - (unsigned)__builtin_clzll(size);
    unsigned index = (log - 10) * 4 + (unsigned)(size >> (log - 2) & 3);
    return index < LISTS ? index : LISTS - 1;
}

static struct chunk **list_of(size_t size, uint64_t **map, unsigned *index)
{
    if (size < SMALL_END) {
        *index = (unsigned)(size / 16);
        *map = &heap.small_map;
        return &heap.small[*index];
    }
    *index = large_index(size);
    *map = &heap.large_map;
    return &heap.large[*index];
}

static void list_add(struct chunk *chunk)
{
    uint64_t *map;
    unsigned index;
    struct chunk **list = list_of(chunk_size(chunk), &map, &index);
    chunk->next = *list;
    chunk->last = NULL;
    if (*list != NULL)
        (*list)->last = chunk;
    *list = chunk;
    *map |= 1ULL << index;
}

static void list_remove(struct chunk *chunk)
{
    uint64_t *map;
    unsigned index;
    struct chunk **list = list_of(chunk_size(chunk), &map, &index);
    if (chunk->next != NULL)
        chunk->next->last = chunk->last;
    if (chunk->last != NULL)
        chunk->last->next = chunk->next;
    else if ((*list = chunk->next) == NULL)
        *map &= ~(1ULL << index);
}

/* The first chunk of the first list from `from` on that holds any. */
static struct chunk *first_from(struct chunk *const *lists, uint64_t map, unsigned from)
{
    map = from < LISTS ? map >> from << from : 0;
    return map != 0 ? lists[__builtin_ctzll(map)] : NULL;
}

static struct chunk *find(size_t size)
{
    struct chunk *chunk;
    unsigned index = 0;
    if (size < SMALL_END) {
        chunk = first_from(heap.small, heap.small_map, (unsigned)(size / 16));
        if (chunk != NULL)
            return chunk;
    } else {
        index = large_index(size);
        for (chunk = heap.large[index]; chunk != NULL; chunk = chunk->next)
            if (chunk_size(chunk) >= size)
                return chunk;
        index++;
    }
    return first_from(heap.large, heap.large_map, index);
}

/* Makes top at least size and one head long, so that there always is a top. */
static int grow(size_t size)
{
    size_t have = heap.top != NULL ? chunk_size(heap.top) : 0;
    size_t want = size + CHUNK_LEAST - have;
    if (want < GROW_LEAST + heap.total / 8)
        want = GROW_LEAST + heap.total / 8;
    want = (want + PAGE - 1) & ~(PAGE - 1);
    void *memory = __libos_heap_grow(want);
    if (memory == NULL)
        return 0;
    heap.total += want;
    if (heap.top == NULL) {
        heap.top = memory;
        heap.top->size = want | BEFORE_USED;
    } else {
        heap.top->size += want;
    }
    return 1;
}

/* Gives a free, unlisted chunk back to the lists or to top, joined with free neighbours. */
static void release(struct chunk *chunk)
{
    size_t size = chunk_size(chunk);
    if (!(chunk->size & BEFORE_USED)) {
        size += chunk->before;
        chunk = (struct chunk *)(void *)((char *)chunk - chunk->before);
        list_remove(chunk);
    }
    struct chunk *behind = chunk_at(chunk, size);
    if (behind != heap.top && !(chunk_at(behind, chunk_size(behind))->size & BEFORE_USED)) {
        list_remove(behind);
        size += chunk_size(behind);
        behind = chunk_at(chunk, size);
    }
    if (behind == heap.top) {
        chunk->size = (size + chunk_size(heap.top)) | BEFORE_USED;
        heap.top = chunk;
        return;
    }
    chunk->size = size | BEFORE_USED;
    behind->before = size;
    behind->size &= ~BEFORE_USED;
    list_add(chunk);
}

/* Cuts a chunk in use down to size and releases the rest, if that makes a chunk. */
static void trim(struct chunk *chunk, size_t size)
{
    size_t rest = chunk_size(chunk) - size;
    if (rest < CHUNK_LEAST)
        return;
    struct chunk *tail = chunk_at(chunk, size);
    chunk->size = size | (chunk->size & BEFORE_USED);
    tail->size = rest | BEFORE_USED;
    release(tail);
}

static struct chunk *take_top(size_t size)
{
    struct chunk *chunk = heap.top;
    size_t rest = chunk_size(chunk) - size;
    heap.top = chunk_at(chunk, size);
    heap.top->size = rest | BEFORE_USED;
    chunk->size = size | (chunk->size & BEFORE_USED);
    return chunk;
}

/* Bytes of the chunk that holds size bytes; 0 if there cannot be one. */
static size_t chunk_size_for(size_t size)
{
    if (size > PTRDIFF_MAX - 2 * PAGE)
        return 0;
    size = (size + 8 + 15) & ~(size_t)15;
    return size < CHUNK_LEAST ? CHUNK_LEAST : size;
}

/* A chunk in use of at least need bytes; NULL with errno if need is 0 or there is no memory. */
static struct chunk *take(size_t need)
{
    struct chunk *chunk = need != 0 ? find(need) : NULL;
    if (chunk != NULL) {
        list_remove(chunk);
        chunk_at(chunk, chunk_size(chunk))->size |= BEFORE_USED;
        trim(chunk, need);
        return chunk;
    }
    int fits = heap.top != NULL && chunk_size(heap.top) >= need + CHUNK_LEAST;
    if (need == 0 || (!fits && !grow(need))) {
        errno = ENOMEM;
        return NULL;
    }
    return take_top(need);
}

void *malloc(size_t size)
{
    struct chunk *chunk = take(chunk_size_for(size));
    return chunk != NULL ? chunk_memory(chunk) : NULL;
}

void free(void *memory)
{
    if (memory == NULL)
        return;
    struct chunk *chunk = chunk_of(memory);
    if (!(chunk_at(chunk, chunk_size(chunk))->size & BEFORE_USED))
        __builtin_trap(); /* freed twice */
    release(chunk);
}

void *calloc(size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    void *memory = malloc(bytes);
    return memory != NULL ? memset(memory, 0, bytes) : NULL;
}

/* Lengthens the chunk over the free one behind it; false if that is not enough. */
static int extend(struct chunk *chunk, size_t need)
{
    size_t size = chunk_size(chunk);
    struct chunk *behind = chunk_at(chunk, size);
    if (behind == heap.top) {
        size_t more = need - size;
        if (chunk_size(heap.top) < more + CHUNK_LEAST && !grow(more))
            return 0;
        take_top(more);
        chunk->size += more;
        return 1;
    }
    size_t room = chunk_size(behind);
    struct chunk *after = chunk_at(behind, room);
    if ((after->size & BEFORE_USED) || size + room < need)
        return 0;
    list_remove(behind);
    after->size |= BEFORE_USED;
    chunk->size += room;
    return 1;
}

void *realloc(void *memory, size_t size)
{
    if (memory == NULL)
        return malloc(size);
    size_t need = chunk_size_for(size);
    if (need == 0) {
        errno = ENOMEM;
        return NULL;
    }
    struct chunk *chunk = chunk_of(memory);
    size_t have = chunk_size(chunk);
    if (need <= have || extend(chunk, need)) {
        trim(chunk, need);
        return memory;
    }
    void *moved = malloc(size);
    if (moved == NULL)
        return NULL;
    memcpy(moved, memory, have - 8);
    free(memory);
    return moved;
}

void *reallocarray(void *memory, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(memory, bytes);
}

/* Takes more than needed, then gives back what lies before the aligned place and behind the end. */
static void *allocate_aligned(size_t alignment, size_t size)
{
    if (alignment <= 16)
        return malloc(size);
    size_t need = chunk_size_for(size);
    int possible = need != 0 && alignment < PTRDIFF_MAX / 2;
    struct chunk *chunk = take(possible ? need + alignment + CHUNK_LEAST : 0);
    if (chunk == NULL)
        return NULL;
    size_t skip = -(uintptr_t)chunk_memory(chunk) & (alignment - 1);
    if (skip != 0) {
        if (skip < CHUNK_LEAST)
            skip += alignment;
        struct chunk *aligned = chunk_at(chunk, skip);
        aligned->size = (chunk_size(chunk) - skip) | BEFORE_USED;
        chunk->size = skip | (chunk->size & BEFORE_USED);
        release(chunk);
        chunk = aligned;
    }
    trim(chunk, need);
    return chunk_memory(chunk);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    if (alignment == 0 || (alignment & (alignment - 1)) != 0) {
        errno = EINVAL;
        return NULL;
    }
    return allocate_aligned(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    if (alignment < sizeof(void *) || (alignment & (alignment - 1)) != 0)
        return EINVAL;
    int saved = errno;
    void *found = allocate_aligned(alignment, size);
    errno = saved;
    if (found == NULL)
        return ENOMEM;
    *memory = found;
    return 0;
}

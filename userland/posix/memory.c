/*
 * The server's frames. See memory.h.
 *
 * For each page one word: its users while it is taken, the next free page while it is free. Words
 * and mappings are made as the low end rises, so that memory that was never used costs nothing.
 */
#include "memory.h"

#include <exo/syscall.h>

#include <libc/libos.h>

#include <emmintrin.h>
#include <stddef.h>

enum {
    BATCH = 64,
    LEVELS = 3,
    RESERVE_SHARE = 8, /* an eighth of the memory is for processes only */
    WORDS = PAGE / sizeof(uint32_t),
};

#define HEAP_VADDR 0x100000000ull
#define WORDS_VADDR 0x180000000ull
#define IMAGE_VADDR 0x200000000ull
#define LINEAR_VADDR 0x400000000ull

static uint32_t low, high;  /* frames in [low, high) were never used */
static uint32_t mapped;     /* pages below it are mapped */
static uint32_t words_end;  /* pages below it have a word */
static uint32_t free_pages; /* list */
static uint32_t free_count; /* pages in it */
static uint32_t reserve;
static uint32_t *const words = (uint32_t *)WORDS_VADDR;
static uint64_t heap_end = HEAP_VADDR;

/* Free frames of kernel objects: stacks in heap memory would need the heap, so small tables. */
enum { OBJECTS_KEPT = 4096, ENVS_KEPT = 256 };
static uint32_t objects[OBJECTS_KEPT], envs[ENVS_KEPT];
static uint32_t object_count, env_count;

void memory_init(const struct domain_info *info)
{
    low = (uint32_t)info->frames_used;
    high = (uint32_t)info->frames;
    mapped = words_end = low;
    reserve = high / RESERVE_SHARE;
    words_end -= words_end % WORDS; /* the first page of words begins before `low` */
}

uint64_t memory_free(void)
{
    return high - low + free_count + object_count + (uint64_t)env_count * OBJECT_ENV_FRAMES;
}

static bool add_tables(vaddr_t vaddr)
{
    for (uint32_t level = LEVELS; level >= 1; level--) {
        uint32_t frame = object_take();
        if (!frame)
            return false;
        if (exo_aspace_table(SLOT_ASPACE, DOMAIN_SLOT_FRAMES, frame, vaddr, level) < 0)
            object_drop(frame);
    }
    return true;
}

static bool map(slot_t frames, uint64_t offset, vaddr_t vaddr, uint64_t count, uint64_t prot)
{
    while (count > 0) {
        uint64_t done = 0;
        uint64_t step = count < BATCH ? count : BATCH;
        status_t status = exo_aspace_map(SLOT_ASPACE, frames, offset, vaddr, step, prot, &done);
        if (status == EXO_NO_TABLE ? !add_tables(vaddr + done * PAGE) : status < 0)
            return false;
        offset += done;
        vaddr += done * PAGE;
        count -= done;
    }
    return true;
}

const void *memory_map_image(uint64_t bytes)
{
    bool done = map(DOMAIN_SLOT_FS, 0, IMAGE_VADDR, bytes / PAGE, PROT_READ_PAGE);
    return done ? (const void *)IMAGE_VADDR : NULL;
}

/* Takes `count` fresh frames off the low end, without a word or a mapping. 0: none. */
static uint32_t take_fresh(uint32_t count)
{
    if (high - low < count)
        return 0;
    low += count;
    return low - count;
}

/* Gives words to the pages below `end`. Their frames come off the low end as well. */
static bool extend_words(uint32_t end)
{
    while (words_end < end) {
        uint32_t frame = take_fresh(1);
        if (!frame || !map(DOMAIN_SLOT_FRAMES, frame, WORDS_VADDR + words_end * sizeof(uint32_t), 1,
                           PROT_READ_PAGE | PROT_WRITE_PAGE))
            return false;
        words_end += WORDS;
    }
    return true;
}

static bool extend_mapping(uint32_t end)
{
    while (mapped < end) {
        uint32_t step = high - mapped < BATCH ? high - mapped : BATCH;
        if (mapped + step < end)
            step = end - mapped;
        if (!map(DOMAIN_SLOT_FRAMES, mapped, LINEAR_VADDR + (uint64_t)mapped * PAGE, step,
                 PROT_READ_PAGE | PROT_WRITE_PAGE))
            return false;
        mapped += step;
    }
    return true;
}

uint32_t page_take_run(uint32_t count)
{
    if (!extend_words(low + count + 1))
        return 0;
    uint32_t first = take_fresh(count);
    if (!first || !extend_mapping(first + count))
        return 0;
    for (uint32_t i = 0; i < count; i++)
        words[first + i] = 1;
    return first;
}

uint32_t page_take_reserved(void)
{
    uint32_t page = free_pages;
    if (!page)
        return page_take_run(1);
    free_pages = words[page];
    free_count--;
    words[page] = 1;
    return page;
}

uint32_t page_take_raw(void)
{
    return free_count + (high - low) > reserve ? page_take_reserved() : 0;
}

uint32_t page_take_zeroed(void)
{
    uint32_t page = page_take_raw();
    if (page)
        page_zero(page_at(page));
    return page;
}

void page_hold(uint32_t page)
{
    words[page]++;
}

void page_drop(uint32_t page)
{
    if (--words[page] > 0)
        return;
    words[page] = free_pages;
    free_pages = page;
    free_count++;
}

uint32_t page_users(uint32_t page)
{
    return words[page];
}

void *page_at(uint32_t page)
{
    return (void *)(LINEAR_VADDR + (uint64_t)page * PAGE);
}

void page_zero(void *page)
{
    __m128i *to = page;
    for (uint32_t i = 0; i < PAGE / sizeof(*to); i += 8) {
        _mm_store_si128(to + i, _mm_setzero_si128());
        _mm_store_si128(to + i + 1, _mm_setzero_si128());
        _mm_store_si128(to + i + 2, _mm_setzero_si128());
        _mm_store_si128(to + i + 3, _mm_setzero_si128());
        _mm_store_si128(to + i + 4, _mm_setzero_si128());
        _mm_store_si128(to + i + 5, _mm_setzero_si128());
        _mm_store_si128(to + i + 6, _mm_setzero_si128());
        _mm_store_si128(to + i + 7, _mm_setzero_si128());
    }
}

void page_copy(void *restrict to, const void *restrict from)
{
    __m128i *target = to;
    const __m128i *source = from;
    for (uint32_t i = 0; i < PAGE / sizeof(*target); i += 4) {
        __m128i a = _mm_load_si128(source + i);
        __m128i b = _mm_load_si128(source + i + 1);
        __m128i c = _mm_load_si128(source + i + 2);
        __m128i d = _mm_load_si128(source + i + 3);
        _mm_store_si128(target + i, a);
        _mm_store_si128(target + i + 1, b);
        _mm_store_si128(target + i + 2, c);
        _mm_store_si128(target + i + 3, d);
    }
}

uint32_t object_take(void)
{
    if (object_count > 0)
        return objects[--object_count];
    return high > mapped && high > low ? --high : 0;
}

void object_drop(uint32_t frame)
{
    if (object_count < OBJECTS_KEPT)
        objects[object_count++] = frame;
}

uint32_t object_take_env(void)
{
    if (env_count > 0)
        return envs[--env_count];
    if (high < mapped + OBJECT_ENV_FRAMES || high < low + OBJECT_ENV_FRAMES)
        return 0;
    return high -= OBJECT_ENV_FRAMES;
}

void object_drop_env(uint32_t frame)
{
    envs[env_count++] = frame; /* never more than there can be processes */
}

/* Frames that object_take can give. */
static uint64_t objects_free(void)
{
    uint32_t floor = mapped > low ? mapped : low;
    return object_count + (uint64_t)(high > floor ? high - floor : 0);
}

/*
 * libc's malloc grows the server's own heap with this. Half of the reserve stays out of its reach
 * too, since names without number can be made of files without bytes.
 */
void *__libos_heap_grow(size_t bytes)
{
    void *begin = (void *)heap_end;
    /* All or nothing: half of what the index of a huge sparse file wants would be lost for good. */
    if (free_count + (high - low) < reserve / 2 + bytes / PAGE || bytes / PAGE > objects_free() / 2)
        return NULL;
    for (size_t at = 0; at < bytes; at += PAGE) {
        uint32_t frame = object_take();
        if (!frame ||
            !map(DOMAIN_SLOT_FRAMES, frame, heap_end, 1, PROT_READ_PAGE | PROT_WRITE_PAGE))
            return NULL;
        page_zero((void *)heap_end);
        heap_end += PAGE;
    }
    return begin;
}

/* Address spaces of processes. See space.h. */
#include "space.h"
#include "memory.h"
#include "process.h"
#include "tree.h"

#include <exo/syscall.h>
#include <exo/upcall.h>

#include <errno.h>
#include <string.h>

enum {
    BATCH = 64,
    CHUNK = 1024,         /* entries a page */
    TABLE_SHIFT = 21,     /* a table of level 1 covers 2 MiB */
    WRITE_FAULT = 1 << 1, /* bits of the upcall's code */
    FETCH_FAULT = 1 << 4,
};

/* An entry: 0, or a page or block number and these bits. */
#define ENTRY_IMAGE 0x80000000u
#define ENTRY_COPY 0x40000000u
#define ENTRY_NUMBER 0x0FFFFFFFu

static uint32_t *entry_at(const struct space *space, vaddr_t vaddr)
{
    uint64_t page = vaddr / PAGE;
    uint32_t *chunk = space->chunks[page / CHUNK];
    return chunk ? &chunk[page % CHUNK] : NULL;
}

static uint32_t entry_of(const struct space *space, vaddr_t vaddr)
{
    uint32_t *entry = entry_at(space, vaddr);
    return entry ? *entry : 0;
}

static uint32_t *entry_make(struct space *space, vaddr_t vaddr)
{
    uint32_t index = (uint32_t)(vaddr / PAGE / CHUNK);
    if (!space->chunks[index]) {
        uint32_t page = page_take_reserved();
        if (!page)
            return NULL;
        page_zero(page_at(page));
        space->chunk_pages[index] = page;
        space->chunks[index] = page_at(page);
    }
    return entry_at(space, vaddr);
}

static void entry_drop(uint32_t entry)
{
    if (entry && !(entry & ENTRY_IMAGE))
        page_drop(entry & ENTRY_NUMBER);
}

/* The region that holds `vaddr`. */
static struct region *region_at(struct space *space, vaddr_t vaddr)
{
    for (uint32_t i = 0; i < space->count; i++)
        if (vaddr >= space->regions[i].begin && vaddr < space->regions[i].end)
            return &space->regions[i];
    return NULL;
}

/* The highest region of the kind: munmap and mprotect may have cut the heap into several. */
static struct region *region_of(struct space *space, uint32_t kind)
{
    for (uint32_t i = space->count; i-- > 0;)
        if (space->regions[i].kind == kind)
            return &space->regions[i];
    return NULL;
}

static int table_add(struct process *process, vaddr_t vaddr, uint32_t level)
{
    struct space *space = &process->space;
    uint32_t frame = object_take();
    if (!frame)
        return -ENOMEM;
    if (exo_aspace_table(process->aspace, DOMAIN_SLOT_FRAMES, frame, vaddr, level) < 0) {
        object_drop(frame);
        return -ENOMEM;
    }
    space->frames[space->frame_count++] = frame;
    return 0;
}

/* Sees to the table of level 1 for `vaddr`. */
static int table_need(struct process *process, vaddr_t vaddr)
{
    uint64_t number = vaddr >> TABLE_SHIFT;
    uint64_t *word = &process->space.tables[number / 64];
    if (*word & 1ull << number % 64)
        return 0;
    int status = table_add(process, vaddr, 1);
    if (status == 0)
        *word |= 1ull << number % 64;
    return status;
}

int space_create(struct process *process)
{
    memset(&process->space, 0, sizeof(process->space));
    int status = table_add(process, 0, 3);
    if (status == 0)
        status = table_add(process, 0, 2);
    return status;
}

/* Maps pages that lie in one piece in a capability. */
static int map_run(struct process *process, slot_t frames, uint32_t number, vaddr_t vaddr,
                   uint32_t count, uint32_t prot)
{
    while (count > 0) {
        uint64_t left = ((1ull << TABLE_SHIFT) - vaddr % (1ull << TABLE_SHIFT)) / PAGE;
        uint32_t step = count < left ? count : (uint32_t)left;
        if (step > BATCH)
            step = BATCH;
        uint64_t done = 0;
        if (table_need(process, vaddr) < 0 ||
            exo_aspace_map(process->aspace, frames, number, vaddr, step, prot, &done) < 0)
            return -ENOMEM;
        number += step;
        vaddr += step * PAGE;
        count -= step;
    }
    return 0;
}

int space_map_fixed(struct process *process, vaddr_t vaddr, uint32_t frame, uint32_t count,
                    uint32_t prot)
{
    return map_run(process, DOMAIN_SLOT_FRAMES, frame, vaddr, count, prot);
}

/* Maps one entry as the region and its marks allow. */
static int map_entry(struct process *process, vaddr_t vaddr, uint32_t entry, uint32_t prot)
{
    if (entry & ENTRY_COPY)
        prot &= ~(uint32_t)PROT_WRITE_PAGE;
    if (!(prot & PROT_READ_PAGE))
        return 0;
    slot_t frames = entry & ENTRY_IMAGE ? DOMAIN_SLOT_FS : DOMAIN_SLOT_FRAMES;
    return map_run(process, frames, entry & ENTRY_NUMBER, vaddr, 1, prot);
}

/* Unmaps where there are entries; drops them; `keep` leaves the entries to the caller. */
static void unmap_range(struct process *process, vaddr_t begin, vaddr_t end, bool unmap)
{
    struct space *space = &process->space;
    for (vaddr_t at = begin; at < end;) {
        if (!space->chunks[at / PAGE / CHUNK]) {
            at = (at / PAGE / CHUNK + 1) * CHUNK * PAGE;
            continue;
        }
        vaddr_t stop = at + BATCH * PAGE - at % (BATCH * PAGE);
        if (stop > end)
            stop = end;
        uint32_t *entry = entry_at(space, at);
        bool any = false;
        for (vaddr_t page = at; page < stop; page += PAGE, entry++) {
            any |= *entry != 0;
            entry_drop(*entry);
            *entry = 0;
        }
        if (any && unmap)
            exo_aspace_unmap(process->aspace, at, (stop - at) / PAGE);
        at = stop;
    }
}

static void clear_regions(struct process *process, bool unmap, bool stage_too)
{
    struct space *space = &process->space;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < space->count; i++) {
        struct region *region = &space->regions[i];
        if (region->kind == REGION_STAGE && !stage_too)
            space->regions[kept++] = *region;
        else
            unmap_range(process, region->begin, region->end, unmap);
    }
    space->count = kept;
}

void space_clear(struct process *process)
{
    clear_regions(process, true, false);
}

void space_destroy(struct process *process)
{
    struct space *space = &process->space;
    clear_regions(process, false, true);
    for (uint32_t i = 0; i < SPACE_CHUNKS; i++)
        if (space->chunks[i])
            page_drop(space->chunk_pages[i]);
    for (uint32_t i = 0; i < space->frame_count; i++)
        object_drop(space->frames[i]);
    space->frame_count = 0;
}

/*
 * Copies the entries of [begin, end), within one batch; whether there are any. All get the mark,
 * also where the region cannot be written: mprotect may change that.
 */
static int copy_entries(struct space *from, struct space *to, vaddr_t begin, vaddr_t end)
{
    uint32_t *source = entry_at(from, begin);
    uint32_t *target = NULL;
    uint32_t count = (uint32_t)((end - begin) / PAGE);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t entry = source[i];
        if (!entry)
            continue;
        if (!target && !(target = entry_make(to, begin)))
            return -ENOMEM;
        source[i] = entry |= ENTRY_COPY;
        if (!(entry & ENTRY_IMAGE))
            page_hold(entry & ENTRY_NUMBER);
        target[i] = entry;
    }
    return target != NULL;
}

static int copy_region(struct process *parent, struct process *child, const struct region *region)
{
    bool writable = region->prot & PROT_WRITE_PAGE;
    uint64_t prot =
        PROT_READ_PAGE | (region->prot & PROT_EXECUTE_PAGE) | (writable ? PROT_SELF : 0);
    for (vaddr_t at = region->begin; at < region->end;) {
        if (!parent->space.chunks[at / PAGE / CHUNK]) {
            at = (at / PAGE / CHUNK + 1) * CHUNK * PAGE;
            continue;
        }
        vaddr_t stop = at + BATCH * PAGE - at % (BATCH * PAGE);
        if (stop > region->end)
            stop = region->end;
        int any = copy_entries(&parent->space, &child->space, at, stop);
        if (any < 0)
            return any;
        uint64_t done = 0;
        if (any &&
            (table_need(child, at) < 0 || exo_aspace_share(parent->aspace, at, child->aspace, at,
                                                           (stop - at) / PAGE, prot, &done) < 0))
            return -ENOMEM;
        at = stop;
    }
    return 0;
}

int space_copy(struct process *parent, struct process *child)
{
    for (uint32_t i = 0; i < parent->space.count; i++) {
        const struct region *region = &parent->space.regions[i];
        if (region->kind == REGION_STAGE)
            continue;
        child->space.regions[child->space.count++] = *region;
        int status = copy_region(parent, child, region);
        if (status < 0)
            return status;
    }
    return 0;
}

/* The stack, the stage: regions that the first touch below them makes longer. */
static struct region *region_grown(struct space *space, vaddr_t vaddr)
{
    struct region *stack = region_of(space, REGION_STACK);
    if (!stack || vaddr < POSIX_STACK_LIMIT || vaddr >= stack->begin)
        return NULL;
    stack->begin = vaddr & ~(vaddr_t)(PAGE - 1);
    return stack;
}

/* First touch of a page that is nothing yet. */
static int fill_zero(struct process *process, uint32_t *entry, vaddr_t vaddr, uint32_t prot)
{
    uint32_t page = page_take_reserved();
    if (!page)
        return -ENOMEM;
    page_zero(page_at(page));
    *entry = page;
    return map_entry(process, vaddr, page, prot);
}

static const void *entry_bytes(uint32_t entry)
{
    if (entry & ENTRY_IMAGE)
        return image_block(entry & ENTRY_NUMBER);
    return page_at(entry & ENTRY_NUMBER);
}

/* First write to a page that others may still see. */
static int copy_on_write(struct process *process, uint32_t *entry, vaddr_t vaddr, uint32_t prot)
{
    uint32_t old = *entry;
    if (!(old & ENTRY_IMAGE) && page_users(old & ENTRY_NUMBER) == 1) {
        *entry = old & ENTRY_NUMBER;
        return map_entry(process, vaddr, *entry, prot);
    }
    uint32_t page = page_take_reserved();
    if (!page)
        return -ENOMEM;
    page_copy(page_at(page), entry_bytes(old));
    entry_drop(old);
    *entry = page;
    return map_entry(process, vaddr, page, prot);
}

int space_fault(struct process *process, vaddr_t vaddr, uint64_t code)
{
    struct space *space = &process->space;
    if (vaddr >= SPACE_END)
        return -EFAULT;
    vaddr &= ~(vaddr_t)(PAGE - 1);
    struct region *region = region_at(space, vaddr);
    if (!region)
        region = region_grown(space, vaddr);
    uint32_t need = code & WRITE_FAULT   ? PROT_WRITE_PAGE
                    : code & FETCH_FAULT ? PROT_EXECUTE_PAGE
                                         : PROT_READ_PAGE;
    if (!region || !(region->prot & need))
        return -EFAULT;
    uint32_t *entry = entry_make(space, vaddr);
    if (!entry)
        return -ENOMEM;
    if (*entry == 0)
        return fill_zero(process, entry, vaddr, region->prot);
    if ((code & WRITE_FAULT) && (*entry & ENTRY_COPY))
        return copy_on_write(process, entry, vaddr, region->prot);
    return map_entry(process, vaddr, *entry, region->prot);
}

int space_add(struct process *process, vaddr_t begin, vaddr_t end, uint32_t kind, uint32_t prot)
{
    struct space *space = &process->space;
    if (space->count == REGIONS || begin >= end || end > SPACE_END)
        return -ENOMEM;
    uint32_t at = 0;
    while (at < space->count && space->regions[at].begin < begin)
        at++;
    if ((at > 0 && space->regions[at - 1].end > begin) ||
        (at < space->count && space->regions[at].begin < end))
        return -ENOMEM;
    memmove(&space->regions[at + 1], &space->regions[at],
            (space->count - at) * sizeof(struct region));
    space->regions[at] = (struct region){begin, end, kind, prot};
    space->count++;
    return 0;
}

/* A page with the file's bytes at `offset` and zeroes behind its end or `size`. */
static uint32_t page_of_file(struct node *file, uint64_t offset, uint64_t size)
{
    uint32_t page = page_take_reserved();
    if (!page)
        return 0;
    page_zero(page_at(page));
    tree_read(file, page_at(page), size < PAGE ? size : PAGE, offset);
    return page;
}

/* The entry for a whole page of a file; 0: no memory. */
static uint32_t entry_of_file(struct node *file, uint64_t offset)
{
    uint32_t page;
    uint32_t block;
    tree_locate(file, (uint32_t)(offset / PAGE), &page, &block);
    if (block)
        return block | ENTRY_IMAGE | ENTRY_COPY;
    if (!page)
        return page_of_file(file, offset, PAGE);
    page_hold(page);
    return page | ENTRY_COPY;
}

/* Maps as many of the entries from `vaddr` on as lie in one piece in the image; how many. */
static uint32_t map_image_run(struct process *process, vaddr_t vaddr, uint32_t count, uint32_t prot)
{
    const uint32_t *entry = entry_at(&process->space, vaddr);
    uint32_t limit = CHUNK - (uint32_t)(vaddr / PAGE % CHUNK);
    uint32_t run = 1;
    while (run < count && run < limit && (entry[run] & ENTRY_IMAGE) && entry[run] == entry[0] + run)
        run++;
    bool done = map_run(process, DOMAIN_SLOT_FS, entry[0] & ENTRY_NUMBER, vaddr, run,
                        prot & ~(uint32_t)PROT_WRITE_PAGE) == 0;
    return done ? run : 0;
}

static int map_entries(struct process *process, vaddr_t vaddr, uint32_t count, uint32_t prot)
{
    while (count > 0) {
        uint32_t entry = entry_of(&process->space, vaddr);
        uint32_t done = 1;
        if (entry & ENTRY_IMAGE)
            done = map_image_run(process, vaddr, count, prot);
        else if (map_entry(process, vaddr, entry, prot) < 0)
            done = 0;
        if (done == 0)
            return -ENOMEM;
        vaddr += done * PAGE;
        count -= done;
    }
    return 0;
}

int space_map_file(struct process *process, vaddr_t vaddr, struct node *file, uint64_t offset,
                   uint64_t size)
{
    struct region *region = region_at(&process->space, vaddr);
    uint32_t count = 0;
    for (uint64_t at = 0; at < size; at += PAGE, count++) {
        uint32_t *entry = entry_make(&process->space, vaddr + at);
        if (!entry)
            return -ENOMEM;
        bool whole = size - at >= PAGE;
        *entry =
            whole ? entry_of_file(file, offset + at) : page_of_file(file, offset + at, size - at);
        if (*entry == 0)
            return -ENOMEM;
    }
    return map_entries(process, vaddr, count, region->prot);
}

/* Cuts the region at `at`, where it lies inside one. */
static int region_split(struct process *process, vaddr_t at)
{
    struct region *region = region_at(&process->space, at);
    if (!region || region->begin == at)
        return 0;
    vaddr_t end = region->end;
    region->end = at;
    int status = space_add(process, at, end, region->kind, region->prot);
    if (status < 0)
        region->end = end;
    return status;
}

int space_unmap(struct process *process, vaddr_t begin, vaddr_t end)
{
    if (region_split(process, begin) < 0 || region_split(process, end) < 0)
        return -ENOMEM;
    struct space *space = &process->space;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < space->count; i++) {
        struct region *region = &space->regions[i];
        if (region->begin >= begin && region->end <= end)
            unmap_range(process, region->begin, region->end, true);
        else
            space->regions[kept++] = *region;
    }
    space->count = kept;
    return 0;
}

int space_protect(struct process *process, vaddr_t begin, vaddr_t end, uint32_t prot)
{
    if (region_split(process, begin) < 0 || region_split(process, end) < 0)
        return -ENOMEM;
    for (uint32_t i = 0; i < process->space.count; i++) {
        struct region *region = &process->space.regions[i];
        if (region->begin < begin || region->end > end)
            continue;
        region->prot = prot;
        for (vaddr_t at = region->begin; at < region->end; at += PAGE) {
            uint32_t entry = entry_of(&process->space, at);
            if (!entry)
                continue;
            exo_aspace_unmap(process->aspace, at, 1);
            if (map_entry(process, at, entry, prot) < 0)
                return -ENOMEM;
        }
    }
    return 0;
}

vaddr_t space_find(const struct process *process, uint64_t size)
{
    vaddr_t at = POSIX_MMAP_VADDR;
    for (uint32_t i = 0; i < process->space.count; i++) {
        const struct region *region = &process->space.regions[i];
        if (region->end <= at)
            continue;
        if (region->begin >= at + size)
            break;
        at = region->end;
    }
    return at + size <= POSIX_MMAP_LIMIT ? at : 0;
}

/* Whether no region lies there: mmap may have put one behind the heap. */
static bool is_free(const struct space *space, vaddr_t begin, vaddr_t end)
{
    for (uint32_t i = 0; i < space->count; i++)
        if (space->regions[i].begin < end && space->regions[i].end > begin)
            return false;
    return true;
}

vaddr_t space_grow_heap(struct process *process, uint64_t bytes)
{
    struct region *heap = region_of(&process->space, REGION_HEAP);
    if (heap) {
        if (bytes > POSIX_HEAP_LIMIT - heap->end ||
            !is_free(&process->space, heap->end, heap->end + bytes))
            return 0;
        heap->end += bytes;
        return heap->end - bytes;
    }
    vaddr_t begin = process->control->heap_end;
    if (begin >= POSIX_HEAP_LIMIT || begin % PAGE != 0 || bytes > POSIX_HEAP_LIMIT - begin)
        return 0;
    int status =
        space_add(process, begin, begin + bytes, REGION_HEAP, PROT_READ_PAGE | PROT_WRITE_PAGE);
    return status == 0 ? begin : 0;
}

int space_stage_to_stack(struct process *process, uint32_t pages)
{
    struct space *space = &process->space;
    vaddr_t stage = POSIX_STAGE_TOP - pages * PAGE;
    vaddr_t stack = POSIX_STACK_TOP - pages * PAGE;
    uint32_t prot = PROT_READ_PAGE | PROT_WRITE_PAGE;
    int status = space_add(process, stack, POSIX_STACK_TOP, REGION_STACK, prot);
    for (uint32_t i = 0; status == 0 && i < pages; i++) {
        uint32_t *from = entry_make(space, stage + i * PAGE);
        uint32_t *to = entry_make(space, stack + i * PAGE);
        if (!from || !to)
            return -ENOMEM;
        *to = *from;
        *from = 0;
        if (*to)
            status = map_entry(process, stack + i * PAGE, *to, prot);
    }
    exo_aspace_unmap(process->aspace, stage, pages);
    space_unmap(process, POSIX_STAGE_TOP - POSIX_STAGE_SIZE, POSIX_STAGE_TOP);
    return status;
}

void *space_peek(const struct process *process, vaddr_t vaddr)
{
    uint32_t entry = vaddr < SPACE_END ? entry_of(&process->space, vaddr) : 0;
    if (entry == 0 || entry & ENTRY_IMAGE)
        return NULL;
    return (uint8_t *)page_at(entry & ENTRY_NUMBER) + vaddr % PAGE;
}

void *space_touch(struct process *process, vaddr_t vaddr)
{
    return space_fault(process, vaddr, WRITE_FAULT) == 0 ? space_peek(process, vaddr) : NULL;
}

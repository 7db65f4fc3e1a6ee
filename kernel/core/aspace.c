/*
 * Address spaces, see aspace.h.
 */
#include "core/aspace.h"

#include "core/cap.h"
#include "core/frame.h"
#include "core/run.h"
#include "core/syscall.h"

struct list aspace_all = LIST_HEAD(aspace_all);
uint64_t aspace_epoch;

struct aspace *aspace_make(uint64_t frame)
{
    struct aspace *aspace = frame_donate(frame, FRAME_ASPACE);

    mmu_share_kernel(aspace->top);
    object_init(&aspace->object);
    list_init(&aspace->envs);
    list_insert(&aspace_all, &aspace->all);
    return aspace;
}

static bool user_range(vaddr_t vaddr, uint64_t count)
{
    return vaddr % PAGE_SIZE == 0 && vaddr < USER_END && count <= (USER_END - vaddr) / PAGE_SIZE;
}

pte_t *aspace_entry(struct aspace *aspace, vaddr_t vaddr, unsigned level)
{
    pte_t *entry = &aspace->top[mmu_index(vaddr, MMU_LEVELS)];

    for (unsigned l = MMU_LEVELS; l > level; l--) {
        if (!pte_present(*entry))
            return NULL;
        entry = &pte_table(*entry)[mmu_index(vaddr, l - 1)];
    }
    return entry;
}

void aspace_set(struct aspace *aspace, pte_t *entry, vaddr_t vaddr, pte_t value)
{
    pte_t old = *entry;

    if (pte_present(value))
        frame_count_up(pte_frame(value));
    *entry = value;
    if (pte_present(old)) {
        frame_count_down(pte_frame(old));
        if (mmu_active(aspace->top))
            mmu_flush_page(vaddr);
    }
}

status_t aspace_add_table(struct aspace *aspace, uint64_t frame, vaddr_t vaddr, unsigned level)
{
    pte_t *entry = aspace_entry(aspace, vaddr, level + 1);

    if (!entry)
        return EXO_NO_TABLE;
    if (pte_present(*entry))
        return EXO_EXISTS;
    frame_donate(frame, FRAME_TABLE);
    *entry = pte_make_table(frame);
    return EXO_OK;
}

bool aspace_carry(struct env *giver, struct env *taker, uint64_t what)
{
    vaddr_t vaddr = what & ~(PAGE_SIZE - 1);
    pte_t *from, *to;

    if (!taker->grant_window || !giver->aspace || !taker->aspace || !user_range(vaddr, 1))
        return false;
    from = aspace_entry(giver->aspace, vaddr, 1);
    to = aspace_entry(taker->aspace, taker->grant_window, 1);
    if (!from || !to || !pte_present(*from) || frame_revoking(pte_frame(*from)) ||
        !frame_countable(pte_frame(*from)))
        return false;
    aspace_set(taker->aspace, to, taker->grant_window, pte_narrow(*from, what & (PAGE_SIZE - 1)));
    return true;
}

/* ---- death and revocation ---- */

void aspace_kill(struct aspace *aspace)
{
    while (!list_empty(&aspace->envs)) {
        struct env *env = list_entry(aspace->envs.next, struct env, aspace_node);

        env_stop_faulted(env, 0, 0);
        env_bind_aspace(env, NULL);
    }
    list_remove(&aspace->all);
    aspace_epoch++;
    run_forget_aspace(aspace);
}

static bool table_empty(pte_t *table, unsigned entries, unsigned level, unsigned *budget)
{
    for (unsigned i = 0; i < entries; i++) {
        if (!pte_present(table[i]))
            continue;
        if (level > 1) {
            if (!table_empty(pte_table(table[i]), TABLE_ENTRIES, level - 1, budget))
                return false;
            frame_release(pte_frame(table[i]));
        } else {
            frame_count_down(pte_frame(table[i]));
        }
        table[i] = 0;
        if (*budget == 0 || --*budget == 0)
            return false;
    }
    return true;
}

bool aspace_empty(struct aspace *aspace, unsigned *budget)
{
    return table_empty(aspace->top, USER_ENTRIES, MMU_LEVELS, budget);
}

/* A device capability may span RAM, which it does not cover. */
static bool in_range(pte_t entry, struct frame_range range)
{
    return pte_present(entry) && pte_frame(entry) - range.first < range.count &&
           (!range.device || frame_state(pte_frame(entry)) == FRAME_RESERVED);
}

static void purge_pages(pte_t *table, struct frame_range range)
{
    for (unsigned i = 0; i < TABLE_ENTRIES; i++) {
        if (in_range(table[i], range)) {
            frame_count_down(pte_frame(table[i]));
            table[i] = 0;
        }
    }
}

/* Handles what stands at `vaddr`: goes down to a leaf table, or over a hole or a table in the
 * range. The level whose entry was dealt with, 0 where the budget ended within a table. */
static unsigned purge_at(struct aspace *aspace, vaddr_t vaddr, struct frame_range range,
                         unsigned *budget)
{
    pte_t *table = aspace->top;

    for (unsigned level = MMU_LEVELS; level > 1; level--) {
        pte_t *entry = &table[mmu_index(vaddr, level)];

        if (!pte_present(*entry))
            return level;
        table = pte_table(*entry);
        if (in_range(*entry, range)) {
            if (!table_empty(table, TABLE_ENTRIES, level - 1, budget))
                return 0;
            frame_release(pte_frame(*entry));
            *entry = 0;
            return level;
        }
    }
    purge_pages(table, range);
    return 2;
}

bool aspace_purge(struct aspace *aspace, vaddr_t *vaddr, struct frame_range range, unsigned *budget)
{
    while (*vaddr<USER_END && * budget> 0) {
        unsigned level = purge_at(aspace, *vaddr, range, budget);
        uint64_t span = level ? 1ull << (3 + 9 * level) : 0;

        if (!level)
            break;
        *vaddr = (*vaddr & ~(span - 1)) + span;
        --*budget;
    }
    if (mmu_active(aspace->top))
        mmu_flush();
    return *vaddr >= USER_END;
}

/* ---- system calls ---- */

#define PROT_PAGE (PROT_READ_PAGE | PROT_WRITE_PAGE | PROT_EXECUTE_PAGE)
#define PROT_BITS (PROT_PAGE | PROT_MARK_A | PROT_MARK_B)

static bool prot_good(uint64_t prot)
{
    return (prot & ~(uint64_t)(PROT_BITS | PROT_SELF)) == 0 &&
           (prot & (PROT_WRITE_PAGE | PROT_EXECUTE_PAGE)) != (PROT_WRITE_PAGE | PROT_EXECUTE_PAGE);
}

/* The address space of argument 0, alive. */
static status_t decode(struct cap *cap, struct aspace **aspace)
{
    *aspace = (struct aspace *)cap->object;
    return object_dead(&(*aspace)->object) ? EXO_DEAD : EXO_OK;
}

status_t sys_aspace_create(struct cap *frames, uint64_t offset, uint64_t dst_slot)
{
    struct cap *to;
    struct aspace *aspace;
    status_t status = cap_lookup_empty(0, dst_slot, &to);

    if (status)
        return status;
    if (offset >= cap_extent(frames))
        return EXO_BAD_RANGE;
    if (!frame_donatable(frames->object + offset))
        return EXO_BUSY;
    if (!cap_derivable(frames))
        return EXO_NO_MEMORY;
    aspace = aspace_make(frames->object + offset);
    cap_insert(to, frames, cap_word(CAP_ASPACE, RIGHT_ALL, 0), (uintptr_t)aspace);
    return EXO_OK;
}

status_t sys_aspace_table(struct cap *cap, uint64_t frames_slot, uint64_t offset, uint64_t vaddr,
                          uint64_t level)
{
    struct aspace *aspace;
    struct cap *frames;
    status_t status = decode(cap, &aspace);

    if (!status)
        status = cap_lookup(frames_slot, CAP_FRAMES, RIGHT_DONATE, &frames);
    if (status)
        return status;
    if (offset >= cap_extent(frames) || vaddr >= USER_END || level < 1 || level >= MMU_LEVELS)
        return EXO_BAD_RANGE;
    if (!frame_donatable(frames->object + offset))
        return EXO_BUSY;
    return aspace_add_table(aspace, frames->object + offset, vaddr, (unsigned)level);
}

/* Whether the holder of `frames` may map the frame now. */
static bool mappable(const struct cap *frames, uint64_t frame)
{
    enum frame_state state = frame_state(frame);

    if (frame_revoking(frame) || !frame_countable(frame))
        return false;
    if (cap_rights(frames) & RIGHT_DEVICE)
        return state == FRAME_RESERVED && !mmu_keeps(frame * PAGE_SIZE);
    return state == FRAME_PLAIN || state == FRAME_AREA;
}

static status_t map_pages(struct aspace *aspace, const struct cap *frames, uint64_t frame,
                          vaddr_t vaddr, uint64_t count, uint64_t prot, uint64_t *done)
{
    bool device = (cap_rights(frames) & RIGHT_DEVICE) != 0;
    pte_t *entry = NULL;

    for (*done = 0; *done < count; ++*done, ++entry, ++frame, vaddr += PAGE_SIZE) {
        if (*done == 0 || mmu_index(vaddr, 1) == 0)
            entry = aspace_entry(aspace, vaddr, 1);
        if (!entry)
            return EXO_NO_TABLE;
        if (!mappable(frames, frame))
            return EXO_BUSY;
        aspace_set(aspace, entry, vaddr, pte_make_page(frame, prot, device));
    }
    return EXO_OK;
}

status_t sys_aspace_map(struct cap *cap, uint64_t frames_slot, uint64_t offset, uint64_t vaddr,
                        uint64_t count, uint64_t prot)
{
    struct aspace *aspace;
    struct cap *frames;
    status_t status = decode(cap, &aspace);

    if (!status)
        status = cap_lookup(frames_slot, CAP_FRAMES, 0, &frames);
    if (status)
        return status;
    if (!prot_good(prot) || !(prot & PROT_READ_PAGE) || (prot & PROT_SELF))
        return EXO_BAD_VALUE;
    if (prot & PROT_PAGE & ~(uint64_t)cap_rights(frames))
        return EXO_BAD_RIGHTS;
    if (count > ASPACE_COUNT_MAX || !user_range(vaddr, count) || offset > cap_extent(frames) ||
        count > cap_extent(frames) - offset)
        return EXO_BAD_RANGE;
    return map_pages(aspace, frames, frames->object + offset, vaddr, count, prot,
                     &current->regs.message[0]);
}

status_t sys_aspace_unmap(struct cap *cap, uint64_t vaddr, uint64_t count)
{
    struct aspace *aspace;
    status_t status = decode(cap, &aspace);

    if (status)
        return status;
    if (count > ASPACE_COUNT_MAX || !user_range(vaddr, count))
        return EXO_BAD_RANGE;
    for (uint64_t i = 0; i < count; i++, vaddr += PAGE_SIZE) {
        pte_t *entry = aspace_entry(aspace, vaddr, 1);

        if (entry)
            aspace_set(aspace, entry, vaddr, 0);
    }
    return EXO_OK;
}

static void narrow_entry(struct aspace *aspace, pte_t *entry, vaddr_t vaddr, uint64_t prot)
{
    *entry = pte_narrow(*entry, prot);
    if (mmu_active(aspace->top))
        mmu_flush_page(vaddr);
}

status_t sys_aspace_protect(struct cap *cap, uint64_t vaddr, uint64_t count, uint64_t prot)
{
    struct aspace *aspace;
    status_t status = decode(cap, &aspace);

    if (status)
        return status;
    if (!prot_good(prot) || (prot & PROT_SELF))
        return EXO_BAD_VALUE;
    if (count > ASPACE_COUNT_MAX || !user_range(vaddr, count))
        return EXO_BAD_RANGE;
    for (uint64_t i = 0; i < count; i++, vaddr += PAGE_SIZE) {
        pte_t *entry = aspace_entry(aspace, vaddr, 1);

        if (entry && pte_present(*entry))
            narrow_entry(aspace, entry, vaddr, prot);
    }
    return EXO_OK;
}

static status_t share_page(struct aspace *from, vaddr_t vaddr, struct aspace *to, vaddr_t dst,
                           uint64_t prot)
{
    pte_t *source = aspace_entry(from, vaddr, 1);
    pte_t *target;

    if (!source || !pte_present(*source))
        return EXO_OK;
    target = aspace_entry(to, dst, 1);
    if (!target)
        return EXO_NO_TABLE;
    if (frame_revoking(pte_frame(*source)) || !frame_countable(pte_frame(*source)))
        return EXO_BUSY;
    if (prot & PROT_SELF)
        narrow_entry(from, source, vaddr, prot);
    aspace_set(to, target, dst, pte_narrow(*source, prot));
    return EXO_OK;
}

status_t sys_aspace_share(struct cap *cap, uint64_t vaddr, uint64_t dst_aspace, uint64_t dst_vaddr,
                          uint64_t count, uint64_t prot)
{
    struct aspace *from, *to;
    uint64_t *done = &current->regs.message[0];
    status_t status = decode(cap, &from);

    if (!status)
        status = cap_lookup_aspace(dst_aspace, RIGHT_MAP, &to);
    if (status)
        return status;
    if (!prot_good(prot))
        return EXO_BAD_VALUE;
    if (count > ASPACE_COUNT_MAX || !user_range(vaddr, count) || !user_range(dst_vaddr, count))
        return EXO_BAD_RANGE;
    for (*done = 0; *done < count; ++*done) {
        uint64_t at = *done * PAGE_SIZE;

        status = share_page(from, vaddr + at, to, dst_vaddr + at, prot);
        if (status)
            return status;
    }
    return EXO_OK;
}

status_t sys_aspace_query(struct cap *cap, uint64_t vaddr)
{
    struct aspace *aspace;
    uint64_t *out = current->regs.message;
    pte_t *entry;
    status_t status = decode(cap, &aspace);

    if (status)
        return status;
    if (!user_range(vaddr, 1))
        return EXO_BAD_RANGE;
    entry = aspace_entry(aspace, vaddr, 1);
    out[0] = entry ? pte_prot(*entry) : 0;
    out[1] = out[0] ? frame_mappings(pte_frame(*entry)) : 0;
    return EXO_OK;
}

status_t sys_frame_info(struct cap *frames, uint64_t offset)
{
    uint64_t frame = frames->object + offset;
    uint64_t *out = current->regs.message;

    if (offset >= cap_extent(frames))
        return EXO_BAD_RANGE;
    out[0] = frame_state(frame);
    out[1] = frame_mappings(frame);
    out[2] = frame * PAGE_SIZE;
    return EXO_OK;
}

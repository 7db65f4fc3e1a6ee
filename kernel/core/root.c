/*
 * The root env, see root.h. Its own frames (env, tables, stack, writable pages) lie outside the
 * capabilities that it gets; its read-only segments are mapped from the boot archive.
 */
#include "core/root.h"

#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/mmu.h>
#include <arch/timer.h>
#include <exo/root.h>
#include <machine/switch.h>

#include "core/aspace.h"
#include "core/boot.h"
#include "core/cap.h"
#include "lib/elf.h"
#include "core/frame.h"
#include "core/panic.h"
#include "core/run.h"
#include "core/slice.h"
#include "lib/fs_check.h"
#include "lib/string.h"

#define STACK_PAGES 16u
#define ROOT_WEIGHT (SLICE_SPACE / 16)
#define PORT_COUNT 65536u
#define FRAME_RIGHTS (RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE | RIGHT_DONATE | RIGHT_DERIVE)
#define MODULE_RIGHTS (RIGHT_READ | RIGHT_EXECUTE | RIGHT_DERIVE)

static struct env *root;
static struct aspace *space;

static uint64_t frames_of(uint64_t bytes)
{
    return (bytes + PAGE_SIZE - 1) / PAGE_SIZE;
}

static uint64_t take_clear(uint64_t count)
{
    uint64_t frame = boot_take(count);

    memset(frame_address(frame), 0, count * PAGE_SIZE);
    return frame;
}

/* ---- memory of the root env ---- */

static void map_page(vaddr_t vaddr, uint64_t frame, uint64_t prot)
{
    for (unsigned level = MMU_LEVELS - 1; level >= 1; level--) {
        pte_t *above = aspace_entry(space, vaddr, level + 1);

        if (!pte_present(*above))
            aspace_add_table(space, boot_take(1), vaddr, level);
    }
    aspace_set(space, aspace_entry(space, vaddr, 1), vaddr, pte_make_page(frame, prot, false));
}

static uint64_t segment_prot(const struct elf_segment *segment)
{
    return PROT_READ_PAGE | (segment->flags & ELF_WRITE ? PROT_WRITE_PAGE : 0) |
           (segment->flags & ELF_EXECUTE ? PROT_EXECUTE_PAGE : 0);
}

/* A read-only page is mapped where it lies in the archive; a writable one is copied. */
static void load_segment(paddr_t image, const struct elf_segment *segment)
{
    uint64_t prot = segment_prot(segment);
    uint64_t pages = frames_of(segment->vaddr % PAGE_SIZE + segment->memory_size);
    vaddr_t start = segment->vaddr & ~(PAGE_SIZE - 1);

    if (!(prot & PROT_WRITE_PAGE)) {
        for (uint64_t i = 0; i < pages; i++)
            map_page(start + i * PAGE_SIZE, (image + segment->offset) / PAGE_SIZE + i, prot);
        return;
    }
    if (pages) {
        uint64_t frame = take_clear(pages);
        uint8_t *bytes = frame_address(frame);

        memcpy(bytes + segment->vaddr % PAGE_SIZE, phys_to_virt(image + segment->offset),
               segment->file_size);
        for (uint64_t i = 0; i < pages; i++)
            map_page(start + i * PAGE_SIZE, frame + i, prot);
    }
}

static vaddr_t load_program(paddr_t image, uint64_t size)
{
    const struct elf_header *header = phys_to_virt(image);
    const struct elf_segment *segments = phys_to_virt(image + sizeof(*header));
    const char *fault = elf_check(header, size, USER_END);

    if (fault)
        panic("boot archive: root program: %s", fault);
    for (unsigned i = 0; i < header->segment_count; i++)
        if (segments[i].type == ELF_LOAD)
            load_segment(image, &segments[i]);
    return header->entry;
}

/* ---- capabilities ---- */

static struct cap *fill(uint32_t slot, enum cap_type type, uint32_t rights, uint64_t extent,
                        uint64_t object)
{
    struct cap *cap = cap_slot(root, slot);

    cap_insert(cap, NULL, cap_word(type, rights, extent), object);
    return cap;
}

static bool is_free(uint32_t type)
{
    return type == BOOT_MEMORY_FREE || type == BOOT_MEMORY_BOOT;
}

/* Ranges that touch become one. Returns how many ranges are left. */
static uint32_t merge_free(struct boot_memory *memory, uint32_t count)
{
    uint32_t runs = 0;

    for (uint32_t i = 0; i < count; i++) {
        struct boot_memory *last = runs ? &memory[runs - 1] : NULL;

        if (!is_free(memory[i].type) || memory[i].size == 0)
            continue;
        if (last && last->base + last->size == memory[i].base)
            last->size += memory[i].size;
        else
            memory[runs++] = memory[i];
    }
    return runs;
}

static unsigned largest(const struct boot_memory *memory, uint32_t count)
{
    unsigned best = 0;

    for (uint32_t i = 1; i < count; i++)
        if (memory[i].size > memory[best].size)
            best = i;
    return best;
}

/* Free RAM, the largest run first. */
static uint32_t fill_frames(struct boot_state *state)
{
    uint32_t runs = merge_free(state->memory, state->info->memory_count);
    uint32_t slot = 0;

    for (; slot < runs && slot < ROOT_FRAMES_MAX; slot++) {
        struct boot_memory *run = &state->memory[largest(state->memory, runs)];

        if (run->size == 0)
            break;
        fill(ROOT_SLOT_FRAMES + slot, CAP_FRAMES, FRAME_RIGHTS, run->size / PAGE_SIZE,
             run->base / PAGE_SIZE);
        run->size = 0;
    }
    return slot;
}

static void fill_module(uint32_t slot, struct boot_range range)
{
    if (range.size)
        fill(slot, CAP_FRAMES, MODULE_RIGHTS, frames_of(range.size), range.base / PAGE_SIZE);
}

static void fill_slots(const struct boot_state *state)
{
    fill(SLOT_SELF, CAP_ENV, RIGHT_ALL, 0, (uintptr_t)root);
    fill(SLOT_ASPACE, CAP_ASPACE, RIGHT_ALL, 0, (uintptr_t)space);
    fill(ROOT_SLOT_SLICE, CAP_SLICE, RIGHT_BIND | RIGHT_DERIVE, SLICE_SPACE, 0);
    fill(ROOT_SLOT_PORTS, CAP_PORTS, RIGHT_READ | RIGHT_WRITE | RIGHT_DERIVE, PORT_COUNT, 0);
    fill_module(ROOT_SLOT_ARCHIVE, state->info->archive);
    fill_module(ROOT_SLOT_FS, state->info->fs_image);
    for (unsigned line = 0; line < IRQ_LINES; line++)
        if (irq_free(line))
            fill(ROOT_SLOT_IRQ + line, CAP_IRQ, RIGHT_BIND | RIGHT_DERIVE, 0, line);
    fill(ROOT_SLOT_DEVICE, CAP_FRAMES, RIGHT_READ | RIGHT_WRITE | RIGHT_DERIVE | RIGHT_DEVICE,
         UINT32_MAX, 0);
}

/* ---- start ---- */

static const char *fs_fault(enum fs_check result)
{
    switch (result) {
    case FS_CHECK_OK:
        return NULL;
    case FS_CHECK_NO_ROOT_HASH:
        return "the command line has no `roothash=` of 64 hexadecimal digits";
    case FS_CHECK_NO_BLOCKS:
        return "the command line has no number `fs_blocks=`";
    case FS_CHECK_BAD_SALT:
        return "the command line has no hexadecimal `salt=`";
    case FS_CHECK_SHORT:
        return "smaller than `fs_blocks=` says";
    case FS_CHECK_WRONG_ROOT:
        return "root hash differs from `roothash=` of the command line";
    }
    return "unknown fault";
}

/* exoboot has checked what it loaded; who came another way is checked here. */
static void check_fs(struct boot_state *state)
{
    static uint8_t scratch[VERITY_SCRATCH];
    static struct fs_expected expected;
    struct boot_info *info = state->info;
    uint8_t found[SHA256_SIZE];
    enum fs_check result;

    if (!info->fs_image.size || (info->flags & BOOT_FLAG_FS_CHECKED))
        return;
    state->fs_check_cycles = cpu_cycles();
    result = fs_check_parse(state->command_line, &expected);
    if (result == FS_CHECK_OK)
        result = fs_check_image(&expected, phys_to_virt(info->fs_image.base), info->fs_image.size,
                                scratch, found);
    if (result != FS_CHECK_OK)
        panic("fs.img: %s", fs_fault(result));
    info->fs_data_blocks = expected.blocks;
    info->flags |= BOOT_FLAG_FS_CHECKED;
    state->fs_check_cycles = cpu_cycles() - state->fs_check_cycles;
}

/* The program of the boot archive that the word `root=` names, else `root`. */
static paddr_t find_root(const struct boot_state *state, uint64_t *size)
{
    const struct boot_range *range = &state->info->archive;
    const struct boot_archive_entry *entry;
    char name[BOOT_ARCHIVE_NAME] = "root";
    size_t length;
    const char *word = command_line_value(state->command_line, "root", &length);

    if (!range->size)
        panic("no boot archive");
    if (word && length < sizeof(name)) {
        memcpy(name, word, length);
        name[length] = '\0';
    }
    entry = boot_archive_find(phys_to_virt(range->base), range->size, name);
    if (!entry)
        panic("boot archive: no entry `%s`", name);
    *size = entry->size;
    return range->base + entry->offset;
}

static void write_info(const struct boot_state *state, struct root_info *out)
{
    const struct boot_info *info = state->info;

    out->version = 1;
    out->boot_flags = info->flags;
    out->archive_size = info->archive.size;
    out->fs_size = info->fs_image.size;
    out->fs_data_blocks = info->fs_data_blocks;
    out->tsc_hz = timer_tsc_hz();
    out->tsc_base = timer_tsc_base();
    out->wall_seconds = info->wall_seconds;
    out->kernel_frames = state->kernel_frames;
    out->total_frames = state->total_frames;
    out->framebuffer = info->framebuffer;
    memcpy(out->command_line, state->command_line, strlen(state->command_line) + 1);
}

_Static_assert(sizeof(struct root_info) <= PAGE_SIZE, "one page");

_Noreturn void root_start(struct boot_state *state)
{
    uint64_t size;
    paddr_t image = find_root(state, &size);
    uint64_t info_frame = take_clear(1);
    uint64_t stack = take_clear(STACK_PAGES);
    struct root_info *out = frame_address(info_frame);
    vaddr_t entry;

    check_fs(state);
    space = aspace_make(boot_take(1));
    root = env_make(boot_take(ENV_FRAMES), space, 0);
    entry = load_program(image, size);
    for (unsigned i = 0; i < STACK_PAGES; i++)
        map_page(ROOT_STACK_TOP - (i + 1) * PAGE_SIZE, stack + i, PROT_READ_PAGE | PROT_WRITE_PAGE);
    map_page(ROOT_INFO_VADDR, info_frame, PROT_READ_PAGE);
    map_page(ROOT_AREA_VADDR, virt_to_phys(root->area) / PAGE_SIZE,
             PROT_READ_PAGE | PROT_WRITE_PAGE);
    fill_slots(state);
    fill(ROOT_SLOT_INFO, CAP_FRAMES, RIGHT_READ | RIGHT_DERIVE, 1, info_frame);
    write_info(state, out);
    out->frames_count = fill_frames(state);
    root->gas = UINT64_MAX;
    root->regs.pc = entry;
    root->regs.sp = ROOT_STACK_TOP;
    root->regs.message[0] = ROOT_INFO_VADDR;
    run_bind(root, 0, SLICE_SPACE, ROOT_WEIGHT);
    run_set_state(root, ENV_RUNNABLE);
    out->fs_check_cycles = state->fs_check_cycles;
    out->start_cycles = cpu_cycles() - state->entry_cycles;
    cpu_enter_user();
}

/*
 * Starting domains. Each is loaded from the boot archive: read-only segments are mapped straight
 * from it, writable ones are copied to frames of the domain's own memory. `posix` comes first, as
 * domain 0, and owns the consoles' input; its memory is cut off the largest run last, so that it
 * gets all that is left.
 */
#include "start.h"
#include "clock.h"
#include <elf.h>
#include "main.h"
#include "memory.h"
#include "serial.h"

#include <root/domain.h>

#include <exo/syscall.h>

#include <string.h>

enum {
    PAGE = 4096,
    SMALL_FRAMES = 256, /* memory of a domain that is not posix: 1 MiB */
    ENV_FRAMES = 3,
    DEAD_BIT = 8, /* notification bit DEAD_BIT + n: domain n stopped */
    GAS_SHIFT = 62,
};

#define ARCHIVE_VADDR 0x200000000ull

/* Slots of root's table; root.h ends with ROOT_SLOT_FREE. */
enum {
    SLOT_NEW_ASPACE = ROOT_SLOT_FREE,
    SLOT_DOMAINS,
};

/* Of the 1 << 20 that there is. */
enum weight {
    WEIGHT_ROOT = 1 << 16,
    WEIGHT_POSIX = 1 << 16,
    WEIGHT_POSIX_SLICE = 1 << 19,
    WEIGHT_SMALL = 1 << 14,
    WEIGHT_SMALL_SLICE = 1 << 14,
};

/* Where the next domain's own part begins; in front of it root and the domains' first envs. */
static uint64_t slice_next = 1 << 18;

struct domain domains[DOMAINS_MAX];
uint32_t domain_count;

static const struct root_info *facts;
static uint64_t wall_seconds;
static uint64_t program_frames; /* of the boot archive, without fs.img */
static uint64_t first_user;     /* the clock when root began */

static uint64_t pages_of(uint64_t bytes)
{
    return (bytes + PAGE - 1) / PAGE;
}

/* Copies a writable segment to fresh frames and maps them. */
static void load_writable(struct run *run, const uint8_t *file, const struct elf_segment *segment)
{
    vaddr_t begin = segment->vaddr & ~(vaddr_t)(PAGE - 1);
    uint64_t count = pages_of(segment->vaddr + segment->memory_size - begin);
    uint64_t first = memory_take(run, count);
    uint8_t *view = memory_view(run->slot, first, count);
    memset(view, 0, count * PAGE);
    memcpy(view + (segment->vaddr - begin), file + segment->offset, segment->file_size);
    memory_unview(count);
    memory_map(run, SLOT_NEW_ASPACE, run->slot, first, begin, count,
               PROT_READ_PAGE | PROT_WRITE_PAGE);
}

static void load_segment(struct run *run, const struct boot_archive_entry *entry,
                         const struct elf_segment *segment)
{
    const uint8_t *file = (const uint8_t *)ARCHIVE_VADDR + entry->offset;
    if (segment->flags & ELF_WRITE) {
        load_writable(run, file, segment);
        return;
    }
    uint64_t prot = PROT_READ_PAGE | (segment->flags & ELF_EXECUTE ? PROT_EXECUTE_PAGE : 0u);
    uint64_t inside = segment->vaddr % PAGE;
    memory_map(run, SLOT_NEW_ASPACE, ROOT_SLOT_ARCHIVE,
               (entry->offset + segment->offset - inside) / PAGE, segment->vaddr - inside,
               pages_of(segment->memory_size + inside), prot);
}

static uint64_t load_program(struct run *run, const struct boot_archive_entry *entry)
{
    struct elf_image image;
    const char *fault =
        elf_parse((const uint8_t *)ARCHIVE_VADDR + entry->offset, entry->size, &image);
    if (fault)
        fail(fault, 0);
    for (uint32_t i = 0; i < image.segment_count; i++)
        load_segment(run, entry, &image.segments[i]);
    return image.entry;
}

static void make_stack(struct run *run)
{
    uint64_t first = memory_take(run, DOMAIN_STACK_PAGES);
    memset(memory_view(run->slot, first, DOMAIN_STACK_PAGES), 0, DOMAIN_STACK_PAGES * PAGE);
    memory_unview(DOMAIN_STACK_PAGES);
    memory_map(run, SLOT_NEW_ASPACE, run->slot, first, DOMAIN_STACK_TOP - DOMAIN_STACK_PAGES * PAGE,
               DOMAIN_STACK_PAGES, PROT_READ_PAGE | PROT_WRITE_PAGE);
}

static void make_info(struct run *run, uint64_t begin, uint64_t frames, uint64_t weight, bool posix)
{
    uint64_t page = memory_take(run, 1);
    memory_map(run, SLOT_NEW_ASPACE, run->slot, page, DOMAIN_INFO_VADDR, 1, PROT_READ_PAGE);
    struct domain_info *info = memory_view(run->slot, page, 1);
    memset(info, 0, PAGE);
    *info = (struct domain_info){
        .version = 1,
        .boot_flags = facts->boot_flags,
        .frames = frames,
        .frames_used = run->next - begin,
        .weight = weight,
        .fs_size = posix ? facts->fs_size : 0,
        .fs_data_blocks = posix ? facts->fs_data_blocks : 0,
        .wall_seconds = wall_seconds,
        .first_user = first_user,
        .start_cycles = facts->start_cycles,
        .fs_check_cycles = facts->fs_check_cycles,
        .kernel_frames = facts->kernel_frames,
        .other_frames = program_frames + memory_taken() - (run->next - begin),
        .ports = serial_present(),
    };
    memcpy(info->command_line, facts->command_line, sizeof(info->command_line));
    memory_unview(1);
}

static void give_capabilities(struct run *run, uint64_t begin, uint64_t frames, uint64_t weight,
                              uint32_t index, bool posix)
{
    slot_t env = domains[index].env;
    check(exo_gate_create(SLOT_SELF, env, DOMAIN_SLOT_ROOT, index), "make a gate");
    check(exo_cap_derive(run->slot, env, DOMAIN_SLOT_FRAMES, RIGHT_ALL, begin, frames),
          "hand out frames");
    check(exo_cap_derive(ROOT_SLOT_SLICE, env, DOMAIN_SLOT_SLICE, RIGHT_ALL, slice_next, weight),
          "hand out weight");
    slice_next += weight;
    if (posix && facts->fs_size > 0)
        check(exo_cap_derive(ROOT_SLOT_FS, env, DOMAIN_SLOT_FS,
                             RIGHT_READ | RIGHT_EXECUTE | RIGHT_DERIVE, 0, facts->fs_size / PAGE),
              "hand out fs.img");
    check(exo_gas_move(SLOT_SELF, env, 1ull << GAS_SHIFT), "hand out gas");
    check(exo_env_set(env, ENV_KEEPER, SLOT_SELF), "become keeper");
    check(exo_env_set(env, ENV_KEEPER_BITS, 1ull << (DEAD_BIT + index)), "become keeper");
}

/* `frames`: memory of the domain; 0: all that the run still has. */
static void start_domain(const struct boot_archive_entry *entry, uint32_t index, uint64_t frames)
{
    bool posix = index == 0;
    struct run *run = memory_largest();
    uint64_t begin = run->next;
    if (frames == 0)
        frames = run->count - begin;
    struct domain *domain = &domains[index];
    memcpy(domain->name, entry->name, sizeof(domain->name));
    domain->env = SLOT_DOMAINS + index;
    check(exo_aspace_create(run->slot, memory_take(run, 1), SLOT_NEW_ASPACE), "make a domain");
    check(exo_env_create(run->slot, memory_take(run, ENV_FRAMES), SLOT_NEW_ASPACE, domain->env, 0),
          "make a domain");
    uint64_t pc = load_program(run, entry);
    make_stack(run);
    uint64_t weight = posix ? WEIGHT_POSIX_SLICE : WEIGHT_SMALL_SLICE;
    make_info(run, begin, frames, weight, posix);
    give_capabilities(run, begin, frames, weight, index, posix);
    check(exo_slice_bind(ROOT_SLOT_SLICE, domain->env, posix ? WEIGHT_POSIX : WEIGHT_SMALL),
          "give a domain time");
    check(exo_env_enter(domain->env, 0, pc, DOMAIN_STACK_TOP, DOMAIN_INFO_VADDR, 0),
          "enter a domain");
    check(exo_env_start(domain->env), "start a domain");
    check(exo_cap_delete(SLOT_NEW_ASPACE), "let go of a domain's address space");
    run->next = begin + frames;
}

static const struct boot_archive *archive(void)
{
    memory_map(memory_largest(), SLOT_ASPACE, ROOT_SLOT_ARCHIVE, 0, ARCHIVE_VADDR,
               pages_of(facts->archive_size), PROT_READ_PAGE);
    const struct boot_archive *head = (const struct boot_archive *)ARCHIVE_VADDR;
    if (memcmp(head->magic, BOOT_ARCHIVE_MAGIC, sizeof(head->magic)) != 0)
        fail("the boot archive has no magic", 0);
    return head;
}

void start_domains(const struct root_info *info, uint64_t begin)
{
    facts = info;
    wall_seconds = info->wall_seconds ? info->wall_seconds : clock_wall_seconds();
    first_user = begin;
    check(exo_slice_bind(ROOT_SLOT_SLICE, SLOT_SELF, WEIGHT_ROOT), "take time");
    const struct boot_archive *head = archive();
    const struct boot_archive_entry *entries = (const void *)(head + 1);
    const struct boot_archive_entry *posix = NULL;
    domain_count = 1;
    for (uint32_t i = 0; i < head->count; i++) {
        const struct boot_archive_entry *entry = &entries[i];
        if (strcmp(entry->name, "fs.img") != 0)
            program_frames += pages_of(entry->size);
        if (strcmp(entry->name, "posix") == 0)
            posix = entry;
        else if (strcmp(entry->name, "root") != 0 && strcmp(entry->name, "fs.img") != 0 &&
                 domain_count < DOMAINS_MAX)
            start_domain(entry, domain_count++, SMALL_FRAMES);
    }
    if (posix)
        start_domain(posix, 0, 0);
}

/* The cost of the boot. See boot_facts.h. */
#include "boot_facts.h"
#include "memory.h"

#include <exo/syscall.h>

#include <stdio.h>

static const struct domain_info *facts;
static uint64_t prompt, used_frames;

void boot_facts_init(const struct domain_info *info)
{
    facts = info;
}

void boot_facts_prompt(void)
{
    if (prompt != 0)
        return;
    exo_time_now(SLOT_SELF, &prompt);
    used_frames = facts->kernel_frames + facts->other_frames + facts->frames - memory_free();
}

int64_t boot_facts_text(char *text, size_t size)
{
    uint64_t first = facts->start_cycles - facts->fs_check_cycles;
    return snprintf(text, size,
                    "fs_check %llu\nentry_to_first_user %llu\nentry_to_prompt %llu\n"
                    "memory_kernel %llu\nmemory_at_prompt %llu\nmemory_fs_image %llu\n",
                    (unsigned long long)facts->fs_check_cycles, (unsigned long long)first,
                    (unsigned long long)(first + prompt - facts->first_user),
                    (unsigned long long)(facts->kernel_frames * PAGE),
                    (unsigned long long)(used_frames * PAGE), (unsigned long long)facts->fs_size);
}

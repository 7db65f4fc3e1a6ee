/* Starting domains from the boot archive; the contract with them is root/domain.h. */
#pragma once

#include <exo/boot_archive.h>
#include <exo/root.h>
#include <exo/types.h>

#define DOMAINS_MAX 16u

struct domain {
    char name[BOOT_ARCHIVE_NAME];
    slot_t env;
    uint32_t starved; /* bit n: it was refused output on port n */
};

extern struct domain domains[DOMAINS_MAX];
extern uint32_t domain_count;

/*
 * Starts every domain of the archive but root itself. `posix` gets what the others leave. `begin`
 * is the clock when root began.
 */
void start_domains(const struct root_info *info, uint64_t begin);

/*
 * What the way from the kernel's entry to the prompt cost: /proc/boot, for `exodist bench`. Up to
 * root's entry it is counted in cycles, from there in nanoseconds: both are instructions where
 * QEMU counts them. The check of fs.img and its copy stand beside the sums, not in them. Memory is
 * in bytes.
 */
#pragma once

#include <root/domain.h>

#include <stddef.h>
#include <stdint.h>

void boot_facts_init(const struct domain_info *info);

/* Somebody waits for input on the console; the first time is the prompt. */
void boot_facts_prompt(void);

/* Lines `NAME VALUE`; the number of bytes. */
int64_t boot_facts_text(char *text, size_t size);

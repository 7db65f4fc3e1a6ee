/*
 * Pages of the server's own memory, for processes and for files of the RAM overlay. A page is
 * named by its number in the server's frames; 0 is none. Each counts who uses it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define PAGE 4096u

/*
 * A page with one user; zeroed, or with whatever it held. 0: memory is used up. Files stop at
 * a reserve, which is for processes and pipes: so that a full file system still lets `rm` run.
 */
uint32_t page_take_zeroed(void);
uint32_t page_take_raw(void);
uint32_t page_take_reserved(void);

void page_hold(uint32_t page);
void page_drop(uint32_t page);
uint32_t page_users(uint32_t page);

/* Where the server itself sees it. */
void *page_at(uint32_t page);

void page_copy(void *restrict to, const void *restrict from);
void page_zero(void *page);

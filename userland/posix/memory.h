/*
 * The server's frames: one run, from root. Pages (page.h) are taken from its low end and are all
 * mapped in the server; kernel objects (envs, address spaces, page tables) are taken from its high
 * end and are never mapped, since the kernel takes only unmapped frames.
 */
#pragma once

#include "page.h"

#include <root/domain.h>

#include <exo/types.h>

void memory_init(const struct domain_info *info);

/* Frames that nobody has taken. */
uint64_t memory_free(void);

/* fs.img, mapped whole. */
const void *memory_map_image(uint64_t bytes);

/* `count` pages in one piece, each with one user, that are never dropped. 0: none. */
uint32_t page_take_run(uint32_t count);

/* Frames for kernel objects, as offsets in DOMAIN_SLOT_FRAMES. 0: none. */
#define OBJECT_ENV_FRAMES 3u
uint32_t object_take(void);
uint32_t object_take_env(void);
void object_drop(uint32_t frame);
void object_drop_env(uint32_t frame);

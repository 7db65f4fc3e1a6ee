/*
 * Capabilities: 32 bytes each, in frames that an env's table consists of.
 *
 *   word    0..7 type, 8..15 zero, 16..31 rights, 32..63 extent (frames, ports, slice) or badge
 *   object  first frame, port, line or slice position; or the address of the env or address space
 *   next    0..47 address of the next capability, 48..63 depth
 *   prev    0..47 address of the previous one
 *
 * All capabilities form one list, in preorder of derivation: behind each capability, with greater
 * depth, stand those derived from it. A child is put right behind its parent. So a subtree is a
 * run of the list, `cap_revoke` takes from its front, and only deleting a capability that has
 * descendants must walk them (each comes one level up).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <exo/types.h>

#include "core/env.h"

#define TABLE_SLOTS 128u
#define TABLE_SHIFT 7
#define CAP_DEPTH_MAX 0xFFFFu

struct cap {
    uint64_t word;
    uint64_t object;
    uint64_t next;
    uint64_t prev;
};

_Static_assert(sizeof(struct cap) == 32, "two in a cache line; entry.S multiplies by 32");
_Static_assert(TABLE_SLOTS * sizeof(struct cap) == 4096, "one frame");

static inline enum cap_type cap_type(const struct cap *cap)
{
    return (enum cap_type)(cap->word & 0xFF);
}

static inline uint32_t cap_rights(const struct cap *cap)
{
    return cap->word >> 16 & 0xFFFF;
}

static inline uint32_t cap_extent(const struct cap *cap)
{
    return (uint32_t)(cap->word >> 32);
}

static inline uint64_t cap_word(enum cap_type type, uint32_t rights, uint64_t extent)
{
    return (uint64_t)type | (uint64_t)rights << 16 | extent << 32;
}

/* The slot's capability, empty or not; null where the table has no such slot. */
static inline struct cap *cap_slot(const struct env *env, uint64_t slot)
{
    if (slot >= env->slot_limit || slot == 0)
        return 0;
    return &env->tables[slot >> TABLE_SHIFT][slot & (TABLE_SLOTS - 1)];
}

/* The current env's capability of `type` with at least `rights`. */
status_t cap_lookup(uint64_t slot, enum cap_type type, uint32_t rights, struct cap **cap);

/* The same for an object: its env or address space, which must live. */
status_t cap_lookup_env(uint64_t slot, uint32_t rights, struct env **env, struct cap **cap);
status_t cap_lookup_aspace(uint64_t slot, uint32_t rights, struct aspace **aspace);

/* An empty slot of the env in `env_slot` (0: the current one). */
status_t cap_lookup_empty(uint64_t env_slot, uint64_t slot, struct cap **cap);

/* Fills an empty slot: without a parent at start, else as the newest child of `parent`. */
void cap_insert(struct cap *cap, struct cap *parent, uint64_t word, uint64_t object);

/* Whether a child of `parent` may be made, and a child of that (a new env's own name). */
bool cap_derivable(const struct cap *parent);

/* Empties the slot; children go to the parent. The object may die of it. */
void cap_remove(struct cap *cap);

/* The same where the descendants will go as well: they are not walked. */
void cap_unlink(struct cap *cap);

/* The next capability where it is derived from `cap`, else null. */
struct cap *cap_child(const struct cap *cap);

/* The env, the address space that a capability names, null for other types. */
struct object *cap_object(const struct cap *cap);

/* Derives the capability in the giver's slot into the taker's receive slot; false where not. */
bool cap_carry(struct env *giver, struct env *taker, uint64_t what);

/*
 * What the tests share: frames, address spaces, envs from the root env's resources.
 */
#pragma once

#include <exo/root.h>
#include <exo/syscall.h>
#include <exo/upcall.h>

#include "tap.h"

#define PAGE 4096u
#define SCRATCH_VADDR 0x500000ull /* within the leaf table of the program itself */
#define STACKS_VADDR 0x580000ull
#define STACK_PAGES 2u
#define FRAMES ROOT_SLOT_FRAMES

enum test_slot {
    SLOT_EMPTY = 79,
    SLOT_TEST = 80, /* each test empties what it used */
    SLOT_SPACE = 100,
    SLOT_ENV = 104,
    SLOT_GATE = 108,
};

/* Notification bits. */
#define BIT_DONE 1u
#define BIT_KEEPER 2u
#define BIT_IRQ 4u

/* Frames of FRAMES that nobody uses yet; the offset of the first. */
uint64_t take_frames(uint64_t count);

/* Frames taken since `mark`, a result of take_frames(0), are free again; all stacks are. */
void give_back_frames(uint64_t mark);
void reuse_stacks(void);

/* Capability into an empty slot, emptying it first where it is not. */
void make_space(uint64_t slot);

/* An env in the space, with a stack of its own in it, that will call `function(argument)`. Its
 * gas is without limit. Not started. */
void make_env(uint64_t slot, uint64_t space, void (*function)(uint64_t), uint64_t argument);

/* A page of FRAMES at `vaddr` in this address space. */
void map_here(uint64_t offset, uint64_t vaddr, uint64_t prot);

/* The slot's capability goes, with all that is derived from it, and its object. */
void drop(uint64_t slot);

/* Sleeps until one of the bits; the bits. */
uint64_t wait_for(uint64_t bits);

/* For the end of an env's function. */
_Noreturn void stop_self(void);

extern void env_entry(void);
extern void upcall_entry(void);

/* Called by upcall_entry: what the last upcall was. */
void upcall_seen(uint64_t index);
extern volatile struct upcall_frame last_upcall;
extern volatile uint64_t upcall_count;
extern void (*volatile upcall_action)(struct upcall_frame *frame);

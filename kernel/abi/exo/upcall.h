/*
 * Upcalls: how the kernel tells an env what happened to it.
 *
 * Each env has one upcall area, a frame of its own that it maps where it likes and that the
 * kernel writes through its own mapping, so delivering an upcall can never fault. The kernel
 * stores the interrupted registers in frames[depth], adds one to depth and enters
 * ENV_UPCALL_ENTRY with rdi = index of the frame, rsp = ENV_UPCALL_STACK where depth was 0, else
 * the interrupted rsp less 256 and aligned to 16. rcx and r11 hold nothing of use then; every
 * other register is as it was interrupted. The handler goes back in user mode: it takes
 * depth down by one and restores the registers itself. With depth at UPCALL_DEPTH a fault stops
 * the env and tells its keeper; notifications and slice ends wait until depth is 0 again (and
 * are delivered at the next entry to the kernel that finds them pending; user code that lowers
 * depth to 0 with `pending` set calls env_yield to have them at once).
 */
#pragma once

#include <stdint.h>

#define UPCALL_DEPTH 15u

enum upcall_kind {
    UPCALL_PAGE_FAULT = 1, /* address; code: bit 0 present, 1 write, 4 fetch */
    UPCALL_EXCEPTION = 2,  /* code: vector, address: error code */
    UPCALL_SLICE = 3,
    UPCALL_NOTIFY = 4,     /* code: the bits, taken */
    UPCALL_SYSCALL = 5,    /* a number that the kernel does not know (for personalities) */
    UPCALL_CAPABILITY = 6, /* ENV_STRICT; code: the status without its sign, address: the slot */
};

struct upcall_frame {
    uint64_t kind;
    uint64_t code;
    uint64_t address;
    uint64_t rip, rsp, rflags;
    uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp;
    uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
    uint64_t zero[11];
};

struct upcall_area {
    uint32_t depth;   /* written by both sides */
    uint32_t pending; /* by the kernel: something waits for depth 0 */
    uint64_t zero[31];
    struct upcall_frame frames[UPCALL_DEPTH];
};

_Static_assert(sizeof(struct upcall_frame) == 256, "one quarter of a KiB");
_Static_assert(sizeof(struct upcall_area) == 4096, "one frame");

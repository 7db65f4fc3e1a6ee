/*
 * Words that the kernel and every library OS share: status codes, capability types and rights,
 * protections, properties. Included by both sides; values are never reused.
 */
#pragma once

#include <stdint.h>

typedef int64_t status_t; /* 0, or negative: enum exo_status */
typedef uint64_t paddr_t; /* physical address, bytes */
typedef uint64_t vaddr_t; /* virtual address, bytes */
typedef uint32_t slot_t;  /* index into an env's capability table; 0 is never valid */
typedef uint64_t label_t; /* eight 8-bit levels, lane 0 in the lowest byte */

enum exo_status {
    EXO_OK = 0,
    EXO_BAD_CALL = -1,     /* no such system call */
    EXO_BAD_SLOT = -2,     /* slot empty or out of the table */
    EXO_BAD_TYPE = -3,     /* capability of another type */
    EXO_BAD_RIGHTS = -4,   /* right missing */
    EXO_BAD_RANGE = -5,    /* offset, count or address outside */
    EXO_BAD_VALUE = -6,    /* argument has no meaning */
    EXO_BAD_STATE = -7,    /* object is not in a state for this */
    EXO_BAD_LABEL = -8,    /* information would flow down */
    EXO_SLOT_USED = -9,    /* destination slot is not empty */
    EXO_BUSY = -10,        /* frame is mapped or already an object */
    EXO_NO_TABLE = -11,    /* a page table is missing */
    EXO_EXISTS = -12,      /* already there */
    EXO_FULL = -13,        /* no room in a fixed table */
    EXO_NO_GAS = -14,      /* account empty */
    EXO_AGAIN = -15,       /* bounded step done, more to do: call again */
    EXO_TIMEOUT = -16,     /* deadline passed */
    EXO_INTERRUPTED = -17, /* an upcall or notification came first */
    EXO_DEAD = -18,        /* the object, or the server, was destroyed */
    EXO_LOOP = -19,        /* a gate call would wait for itself */
    EXO_NO_MEMORY = -20,   /* a donated structure is full */
};

enum cap_type {
    CAP_NONE = 0,
    CAP_FRAMES = 1, /* extent: count of 4 KiB frames */
    CAP_ASPACE = 2,
    CAP_ENV = 3,
    CAP_GATE = 4,
    CAP_SLICE = 5, /* extent: weight */
    CAP_IRQ = 6,
    CAP_PORTS = 7, /* extent: count of I/O ports */
};

enum cap_right {
    RIGHT_READ = 1u << 0,
    RIGHT_WRITE = 1u << 1,
    RIGHT_EXECUTE = 1u << 2,
    RIGHT_DONATE = 1u << 3,  /* frames: may become kernel objects */
    RIGHT_DERIVE = 1u << 4,  /* may be derived from and revoked */
    RIGHT_MAP = 1u << 5,     /* aspace: change it */
    RIGHT_CONTROL = 1u << 6, /* env: everything */
    RIGHT_NOTIFY = 1u << 7,  /* env: notification bits */
    RIGHT_CALL = 1u << 8,    /* gate */
    RIGHT_BIND = 1u << 9,    /* irq, slice */
    RIGHT_DEVICE = 1u << 10, /* frames: device memory only, uncached; children keep it */
    RIGHT_ALL = 0xFFFF,
};

enum frame_state {
    FRAME_PLAIN = 0,
    FRAME_RESERVED = 1, /* firmware, device */
    FRAME_TABLE = 2,    /* page table */
    FRAME_ASPACE = 3,
    FRAME_ENV = 4,
    FRAME_SLOTS = 5,  /* capability table */
    FRAME_AREA = 6,   /* upcall area of an env: mappable, not donatable */
    FRAME_KERNEL = 7, /* the kernel's own: image, tables, devices that it drives */
};

enum prot {
    PROT_READ_PAGE = 1u << 0,
    PROT_WRITE_PAGE = 1u << 1,
    PROT_EXECUTE_PAGE = 1u << 2,
    PROT_MARK_A = 1u << 4, /* for the library OS: kept in the entry, no meaning to the kernel */
    PROT_MARK_B = 1u << 5,
    PROT_SELF = 1u << 8, /* aspace_share only */
};

enum env_property {
    ENV_PC = 0,
    ENV_SP = 1,
    ENV_ARG0 = 2,
    ENV_ARG1 = 3,
    ENV_UPCALL_ENTRY = 4,  /* user address; 0: none, every fault stops the env */
    ENV_UPCALL_MASK = 5,   /* notification bits that are delivered as upcalls */
    ENV_WAIT_MASK = 6,     /* notification bits that end gate_wait */
    ENV_THREAD = 7,        /* FS base */
    ENV_ASPACE = 8,        /* slot of an aspace capability */
    ENV_KEEPER = 9,        /* slot of an env capability with right notify; 0: none */
    ENV_KEEPER_BITS = 10,  /* bits set on the keeper when the env stops by a fault or dies */
    ENV_RECEIVE_SLOT = 11, /* where a capability that comes through a gate goes; 0: refuse */
    ENV_GRANT_WINDOW = 12, /* where a page that comes through a gate is mapped; 0: refuse */
    ENV_SLICE_UPCALL = 13, /* 1: upcall at the end of each slice */
    ENV_UPCALL_STACK = 14, /* top of the stack that the upcall entry begins with */
    ENV_STRICT = 15,       /* 1: a capability that is not there or does not allow is a fault */
    ENV_STATE = 32,        /* read only from here on: enum env_state */
    ENV_TIME_USED = 33,    /* nanoseconds */
    ENV_GAS = 34,
    ENV_LABEL = 35,
    ENV_FAULT_KIND = 36, /* enum upcall_kind of what stopped it */
    ENV_FAULT_ADDRESS = 37,
    ENV_FAULT_PC = 38,
    ENV_PENDING = 39, /* notification bits */
};

enum env_state {
    ENV_STOPPED = 0,
    ENV_RUNNABLE = 1,
    ENV_WAITING = 2, /* env_wait */
    ENV_CALLING = 3, /* gate_call, until the reply */
    ENV_SERVING = 4, /* gate_wait, no caller yet */
    ENV_FAULTED = 5, /* a fault that could not be delivered */
};

/* Slots that a new env finds filled by the kernel. */
enum initial_slot {
    SLOT_SELF = 1,   /* env */
    SLOT_ASPACE = 2, /* its address space */
};

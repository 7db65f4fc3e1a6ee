/*
 * Offsets that entry.S uses; trap.c asserts each against the structures.
 */
#pragma once

#define FRAME_MESSAGE 0
#define FRAME_STATUS 48
#define FRAME_RBX 56
#define FRAME_R12 64
#define FRAME_RCX 72
#define FRAME_R11 80
#define FRAME_RBP 88
#define FRAME_R13 96
#define FRAME_R14 104
#define FRAME_R15 112
#define FRAME_VECTOR 120
#define FRAME_RIP 136
#define FRAME_CS 144
#define FRAME_RFLAGS 152
#define FRAME_RSP 160
#define FRAME_SIZE 176

#define ENV_GAS_LEFT 176
#define ENV_SLOT_LIMIT 184
#define ENV_ATTENTION 188
#define ENV_TABLES 192

#define ENV_STATE_AT 189
#define ENV_FPU 448
#define ENV_LABEL_AT 1008
#define ENV_ASPACE 1016
#define ENV_THREAD_AT 1040
#define ENV_PENDING_AT 1144
#define ENV_CALLER 1160
#define ENV_CALLEE 1168
#define ENV_QUEUE 1176

/* Values of exo/types.h and exo/syscall.h, which assembly cannot include. */
#define SYS_gate_call 49
#define SYS_gate_wait 50
#define STATE_RUNNABLE 1
#define STATE_CALLING 3
#define STATE_SERVING 4
#define ENV_SERVING_WORD 0x400 /* attention 0, ENV_SERVING, neither queued nor listed */
#define CAP_ENV_TYPE 3
#define CAP_GATE_TYPE 4
#define CONTROL_RIGHT 0x40
#define CALL_RIGHT 0x100
#define RFLAGS_AC (1 << 18)
#define PHYSMAP 0xFFFF800000000000

#define CALL_HANDLER 0
#define CALL_GAS 8
#define CALL_MASK 16
#define CALL_EXPECT 20
#define CALL_SHIFT 5 /* 32 bytes an entry */

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

#define CALL_HANDLER 0
#define CALL_GAS 8
#define CALL_MASK 16
#define CALL_EXPECT 20
#define CALL_SHIFT 5 /* 32 bytes an entry */

/*
 * The groups of tests; main.c calls them in this order.
 */
#pragma once

#include "parts.h"

void test_calls(void);
void test_caps(void);
void test_memory(void);
void test_upcalls(void);
void test_envs(void);
void test_gates(void);
void test_devices(void);
void test_slices(void);
void test_revocation(void);

/* Random calls instead (command line word `fuzz`). */
void fuzz(void);

/* Instruction counts instead (command line word `bench`). */
void bench(const struct root_info *info);

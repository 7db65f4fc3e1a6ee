/* <setjmp.h>: jumps out of functions. */
#pragma once

#include <bits/types.h>

struct __jmp_buf {
    unsigned long __registers[24]; /* what arch/ARCH/setjmp.S keeps */
    unsigned long __mask_saved;
    sigset_t __mask;
};

typedef struct __jmp_buf jmp_buf[1];
typedef struct __jmp_buf sigjmp_buf[1];

int setjmp(jmp_buf env) __attribute__((__returns_twice__));
_Noreturn void longjmp(jmp_buf env, int value);
int sigsetjmp(sigjmp_buf env, int save_mask) __attribute__((__returns_twice__));
_Noreturn void siglongjmp(sigjmp_buf env, int value);

/* siglongjmp, and the part of sigsetjmp that is not assembly. */
#include <setjmp.h>
#include <signal.h>

/* sigsetjmp jumps here once it knows whether the mask is wanted; the result is sigsetjmp's. */
int __sigsetjmp_mask(sigjmp_buf env, int save_mask);

int __sigsetjmp_mask(sigjmp_buf env, int save_mask)
{
    env->__mask_saved = save_mask != 0;
    if (save_mask)
        sigprocmask(SIG_BLOCK, NULL, &env->__mask);
    return 0;
}

_Noreturn void siglongjmp(sigjmp_buf env, int value)
{
    if (env->__mask_saved)
        sigprocmask(SIG_SETMASK, &env->__mask, NULL);
    longjmp(env, value);
}

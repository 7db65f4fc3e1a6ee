/* Where a program begins: from the stack that exec built to main, then exit. */
#include "libos.h"

#include <libc/libos.h>

#include <stdlib.h>
#include <unistd.h>

char **environ;

int main(int argc, char **argv, char **envp);
_Noreturn void libos_start(char **stack);

/* The stack: argc, argv[0..], NULL, envp[0..], NULL. */
_Noreturn void libos_start(char **stack)
{
    int argc = (int)(intptr_t)stack[0];
    char **argv = stack + 1;
    environ = argv + argc + 1;
    libos_signal_start();
    __libc_init(argc, argv, environ);
    exit(main(argc, argv, environ));
}

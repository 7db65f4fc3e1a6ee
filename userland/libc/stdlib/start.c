/* __libc_init: the libOS has set environ already; nothing else needs to be known before main. */
#include <libc/libos.h>
#include <unistd.h>

void __libc_init(int argc, char **argv, char **envp)
{
    (void)argc;
    (void)argv;
    environ = envp;
}

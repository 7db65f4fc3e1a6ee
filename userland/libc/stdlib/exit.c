/* exit, atexit: the functions run last in, first out; one may register more. */
#include <stdlib.h>
#include <unistd.h>
#include "stream.h"

#define FUNCTIONS 32

static void (*functions[FUNCTIONS])(void);
static int count;

int atexit(void (*function)(void))
{
    if (count == FUNCTIONS)
        return -1;
    functions[count++] = function;
    return 0;
}

_Noreturn void exit(int status)
{
    while (count > 0)
        functions[--count]();
    if (__stream_exit != NULL) /* only in programs that use streams */
        __stream_exit();
    _exit(status);
}

_Noreturn void _Exit(int status)
{
    _exit(status);
}

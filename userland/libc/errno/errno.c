/* The one errno there is until there are threads. */
#include <errno.h>

int *__errno_location(void)
{
    static int number;
    return &number;
}

/* sleep */
#include <unistd.h>
#include <time.h>

unsigned sleep(unsigned seconds)
{
    struct timespec left = {.tv_sec = seconds};
    if (nanosleep(&left, &left) == 0)
        return 0;
    return (unsigned)left.tv_sec + (left.tv_nsec >= 500000000);
}

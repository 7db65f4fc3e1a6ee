/* swab: copies pairs of bytes, each pair turned round. */
#include <unistd.h>

void swab(const void *restrict from, void *restrict to, ssize_t size)
{
    const char *f = from;
    char *t = to;
    for (; size > 1; size -= 2, f += 2, t += 2) {
        t[0] = f[1];
        t[1] = f[0];
    }
}

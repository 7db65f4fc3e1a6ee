/* Writing without stdio, so that a fork never writes a buffer twice. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "out.h"

bool write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t done = write(fd, bytes, len);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        bytes += done;
        len -= (size_t)done;
    }
    return true;
}

int out_flush(const char *utility, struct buf *out)
{
    size_t len = out->len;

    out->len = 0;
    if (len == 0 || write_all(STDOUT_FILENO, out->data, len))
        return 0;
    sh_warn("%s: write error: %s", utility, strerror(errno));
    return 1;
}

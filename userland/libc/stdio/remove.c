/* remove: unlink for files, rmdir for directories. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int remove(const char *path)
{
    struct stat status;
    if (lstat(path, &status) < 0)
        return -1;
    return S_ISDIR(status.st_mode) ? rmdir(path) : unlink(path);
}

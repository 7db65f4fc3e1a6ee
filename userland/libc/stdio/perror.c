/* perror */
#include <stdio.h>
#include <errno.h>
#include <string.h>

void perror(const char *message)
{
    const char *reason = strerror(errno);
    if (message != NULL && *message != '\0')
        fprintf(stderr, "%s: %s\n", message, reason);
    else
        fprintf(stderr, "%s\n", reason);
}

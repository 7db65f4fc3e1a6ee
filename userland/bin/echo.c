/*
 * echo: write arguments to standard output. XSI: no options, escapes in every operand.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/echo.html
 */
#include <stdio.h>

#include "util.h"

int main(int argc, char *argv[])
{
    util_start(argv, "echo [string ...]", 1);
    bool stopped = false;
    for (int i = 1; i < argc && !stopped; i++) {
        size_t length = escape_all(argv[i], &stopped);
        fwrite(argv[i], 1, length, stdout);
        if (!stopped && i + 1 < argc)
            putchar(' ');
    }
    if (!stopped)
        putchar('\n');
    return util_end(0);
}

/* Messages and ways out. A message is one write, so that messages of processes do not mix. */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "error.h"
#include "out.h"
#include "shell.h"

jmp_buf prompt_jump;

static void warn(const char *format, va_list args)
{
    char line[1000];
    size_t size = sizeof line - 1;
    int len;

    if (sh_prompts())
        len = snprintf(line, size, "sh: ");
    else if (sh.script)
        len = snprintf(line, size / 2, "sh: %s: %d: ", sh.script, sh.line);
    else
        len = snprintf(line, size, "sh: %d: ", sh.line);
    if (len < 0 || (size_t)len > size / 2)
        len = 0;
    len += vsnprintf(line + len, size - (size_t)len, format, args);
    if (len < 0 || (size_t)len >= size)
        len = (int)size - 1;
    line[len++] = '\n';
    write_all(STDERR_FILENO, line, (size_t)len);
}

void sh_warn(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    warn(format, args);
    va_end(args);
}

void sh_abandon(int status)
{
    if (!sh_prompts() || !sh.has_prompt)
        sh_exit(status);
    sh.status = status;
    longjmp(prompt_jump, 1);
}

void sh_fatal(int status, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    warn(format, args);
    va_end(args);
    sh_abandon(status);
}

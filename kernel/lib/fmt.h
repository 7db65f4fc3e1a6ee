/*
 * Formatted text without a buffer of its own: %s %c %u %d %x, l for 64 bits, a width, 0 padding.
 */
#pragma once

#include <stdarg.h>

typedef void fmt_put(char c, void *context);

__attribute__((format(printf, 3, 0))) void fmt_write(fmt_put *put, void *context,
                                                     const char *format, va_list args);

/* Text on the firmware's console (screen and serial line, as the firmware has set them up). */
#include <stdarg.h>
#include "exoboot.h"

static struct efi_text_output *output;

void console_init(struct efi_system_table *system)
{
    output = system->console_out;
}

static void put(char c)
{
    efi_char text[3] = {(efi_char)(unsigned char)c, 0, 0};

    if (c == '\n') {
        text[0] = '\r';
        text[1] = '\n';
    }
    output->output_string(output, text);
}

static void put_text(const char *text)
{
    while (*text != '\0')
        put(*text++);
}

static void put_number(uint64_t number, unsigned base)
{
    char digits[21];
    unsigned i = sizeof(digits) - 1;

    digits[i] = '\0';
    do {
        digits[--i] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number != 0);
    put_text(digits + i);
}

static void put_digest(const uint8_t *bytes)
{
    for (unsigned i = 0; i < 32; i++) {
        put("0123456789abcdef"[bytes[i] >> 4]);
        put("0123456789abcdef"[bytes[i] & 15]);
    }
}

static void print_list(const char *format, va_list arguments)
{
    for (; *format != '\0'; format++) {
        if (*format != '%') {
            put(*format);
            continue;
        }
        switch (*++format) {
        case 's':
            put_text(va_arg(arguments, const char *));
            break;
        case 'u':
            put_number(va_arg(arguments, uint64_t), 10);
            break;
        case 'x':
            put_number(va_arg(arguments, uint64_t), 16);
            break;
        case 'h':
            put_digest(va_arg(arguments, const uint8_t *));
            break;
        default:
            return;
        }
    }
}

void print(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    print_list(format, arguments);
    va_end(arguments);
}

efi_status refuse(efi_status status, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    put_text("exoboot: refused: ");
    print_list(format, arguments);
    put('\n');
    va_end(arguments);
    return status;
}

/*
 * Names for code addresses, see symbols.h. Layout of the section, filled by the build
 * (exodist/build/symbols.py), little endian: u32 count; count times u32 offset from the first
 * function, u32 offset of the name within the section; the names, each ending in NUL. Sorted by
 * offset; a count of 0 is a plain link.
 */
#include "lib/symbols.h"

#include <stddef.h>

#define SYMBOLS_SIZE 16384u

struct symbol {
    uint32_t offset;
    uint32_t name;
};

struct symbols {
    uint32_t count;
    uint32_t zero;
    struct symbol table[(SYMBOLS_SIZE - 8) / sizeof(struct symbol)];
};

extern const char kernel_start[];
__attribute__((section(".symbols"), used)) const volatile struct symbols kernel_symbols;

const char *symbol_find(uint64_t pc, uint64_t *offset)
{
    uint64_t wanted = pc - (uintptr_t)kernel_start;
    const char *name = NULL;

    for (uint32_t i = 0; i < kernel_symbols.count && kernel_symbols.table[i].offset <= wanted;
         i++) {
        name = (const char *)(uintptr_t)&kernel_symbols + kernel_symbols.table[i].name;
        *offset = wanted - kernel_symbols.table[i].offset;
    }
    return name;
}

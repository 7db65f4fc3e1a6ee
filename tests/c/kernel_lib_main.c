/*
 * Driver of test_kernel_lib.py: runs parts of the kernel that need no machine. The first argument
 * says which; see the test.
 */
#include <stdio.h>
#include <stdlib.h>

/* The kernel's string functions under other names: the sanitizers bring their own. */
#define memcpy kernel_memcpy
#define memmove kernel_memmove
#define memset kernel_memset
#define memcmp kernel_memcmp
#define strlen kernel_strlen
#include "lib/string.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef strlen

#include "core/label.h"
#include "core/slice.h"
#include "lib/elf.h"
#include "lib/fmt.h"
#include "lib/list.h"

static struct slices slices;
static int holders[SLICE_HOLDERS + 1];

/* Commands on stdin: `b HOLDER START EXTENT WEIGHT` binds and prints what came of it, `u HOLDER`
 * unbinds, `n COUNT` prints the holders of the next slots, - where nobody has weight. */
static int run_slices(void)
{
    char command;

    while (scanf(" %c", &command) == 1) {
        unsigned a, start, extent, weight;

        if (scanf("%u", &a) != 1)
            return 1;
        if (command == 'b') {
            if (scanf("%u %u %u", &start, &extent, &weight) != 3)
                return 1;
            printf("%d\n", slices_bind(&slices, start, extent, weight, &holders[a]));
        } else if (command == 'u') {
            slices_unbind(&slices, &holders[a]);
        } else {
            for (; a > 0; a--) {
                int *holder = slices_next(&slices);

                printf(holder ? "%d " : "- ", (int)(holder - holders));
            }
            printf("\n");
        }
    }
    return 0;
}

static void put(char c, void *context)
{
    fputc(c, context);
}

static void say(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fmt_write(put, stdout, format, args);
    va_end(args);
}

static int run_fmt(void)
{
    say("%s|%c|%u|%d|%x|%5u|%05x|%%\n", "text", 'c', 42u, -42, 0xBEEFu, 42u, 0xABu);
    say("%lu|%ld|%lx|%016lx\n", UINT64_MAX, INT64_MIN, 0x123456789ABCDEFul, 0xABCul);
    return 0;
}

static int run_labels(int argc, char **argv)
{
    for (int i = 2; i + 1 < argc; i += 2)
        printf("%d\n",
               label_dominates(strtoull(argv[i], NULL, 16), strtoull(argv[i + 1], NULL, 16)));
    return 0;
}

/* An ELF executable on stdin: what is wrong with it, or `good`. */
static int run_elf(void)
{
    static char bytes[1 << 16];
    size_t size = fread(bytes, 1, sizeof(bytes), stdin);
    char *exact = malloc(size ? size : 1);
    const char *fault;

    for (size_t i = 0; i < size; i++)
        exact[i] = bytes[i];
    fault = elf_check((const struct elf_header *)(void *)exact, size, 1ull << 47);
    printf("%s\n", fault ? fault : "good");
    free(exact);
    return 0;
}

struct item {
    int value;
    struct list node;
};

static int run_list(void)
{
    struct list head = LIST_HEAD(head);
    struct item items[4];

    for (int i = 0; i < 4; i++) {
        items[i].value = i;
        list_insert(&head, &items[i].node);
    }
    list_remove(&items[1].node);
    list_remove(&items[1].node); /* in no list: nothing happens */
    list_insert(head.next, &items[1].node);
    for (struct list *n = head.next; n != &head; n = n->next)
        printf("%d ", list_entry(n, struct item, node)->value);
    printf("%d\n", list_empty(&head));
    return 0;
}

/* Moves within `abcdefgh` in both directions, comparisons, lengths. */
static int run_string(void)
{
    char text[] = "abcdefgh";

    kernel_memmove(text + 2, text, 4);
    printf("%s ", text);
    kernel_memmove(text, text + 2, 4);
    printf("%s ", text);
    kernel_memset(text + 1, 'x', 3);
    kernel_memcpy(text + 6, "yz", 2);
    printf("%s ", text);
    printf("%d %d %d ", kernel_memcmp("ab", "ab", 2), kernel_memcmp("ab", "ac", 2) < 0,
           kernel_memcmp("\xFF", "a", 1) > 0);
    printf("%zu %d %d\n", kernel_strlen("four"), str_equal("a", "a"), str_equal("a", "ab"));
    return 0;
}

int main(int argc, char **argv)
{
    switch (argc > 1 ? argv[1][0] : 0) {
    case 's':
        return run_slices();
    case 'f':
        return run_fmt();
    case 'd':
        return run_labels(argc, argv);
    case 'e':
        return run_elf();
    case 'l':
        return run_list();
    case 't':
        return run_string();
    default:
        return 2;
    }
}

/*
 * qsort, qsort_r: Musser's introsort ("Introspective Sorting and Selection Algorithms", 1997):
 * quicksort with the median of three, insertion sort for few, heapsort where quicksort goes too
 * deep; so n log n comparisons at worst, and no memory.
 */
#include <stdlib.h>
#include "word.h"

#define FEW 8

struct sort {
    size_t size;
    int (*compare)(const void *, const void *, void *);
    void *context;
};

static void swap(const struct sort *sort, char *a, char *b)
{
    size_t left = sort->size;
    for (; left >= 8; left -= 8, a += 8, b += 8) {
        word_t word = word_load(a);
        word_store(a, word_load(b));
        word_store(b, word);
    }
    for (; left > 0; left--, a++, b++) {
        char byte = *a;
        *a = *b;
        *b = byte;
    }
}

static int before(const struct sort *sort, const char *a, const char *b)
{
    return sort->compare(a, b, sort->context) < 0;
}

static void insertion_sort(const struct sort *sort, char *base, size_t count)
{
    char *end = base + count * sort->size;
    for (char *next = base + sort->size; next < end; next += sort->size)
        for (char *p = next; p > base && before(sort, p, p - sort->size); p -= sort->size)
            swap(sort, p, p - sort->size);
}

static void sift_down(const struct sort *sort, char *base, size_t root, size_t count)
{
    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        char *p = base + child * sort->size;
        if (child + 1 < count && before(sort, p, p + sort->size)) {
            child++;
            p += sort->size;
        }
        if (!before(sort, base + root * sort->size, p))
            return;
        swap(sort, base + root * sort->size, p);
    }
}

static void heap_sort(const struct sort *sort, char *base, size_t count)
{
    for (size_t i = count / 2; i-- > 0;)
        sift_down(sort, base, i, count);
    while (--count > 0) {
        swap(sort, base, base + count * sort->size);
        sift_down(sort, base, 0, count);
    }
}

/* Puts the median of the first, middle and last item first. */
static void choose_pivot(const struct sort *sort, char *base, size_t count)
{
    char *middle = base + count / 2 * sort->size, *last = base + (count - 1) * sort->size;
    if (before(sort, middle, base))
        swap(sort, middle, base);
    if (before(sort, last, middle)) {
        swap(sort, last, middle);
        if (before(sort, middle, base))
            swap(sort, middle, base);
    }
    swap(sort, base, middle);
}

/* Where the pivot, the first item, belongs; nothing before it is greater, nothing behind it less.
 */
static char *partition(const struct sort *sort, char *base, size_t count)
{
    char *low = base, *high = base + count * sort->size;
    for (;;) {
        do
            low += sort->size;
        while (low < high && before(sort, low, base));
        do
            high -= sort->size;
        while (before(sort, base, high));
        if (low >= high)
            break;
        swap(sort, low, high);
    }
    swap(sort, base, high);
    return high;
}

static void intro_sort(const struct sort *sort, char *base, size_t count, unsigned depth)
{
    while (count > FEW) {
        if (depth-- == 0) {
            heap_sort(sort, base, count);
            return;
        }
        choose_pivot(sort, base, count);
        char *pivot = partition(sort, base, count);
        size_t left = (size_t)(pivot - base) / sort->size, right = count - left - 1;
        if (left < right) { /* recursion takes the smaller part, so the stack stays small */
            intro_sort(sort, base, left, depth);
            base = pivot + sort->size;
            count = right;
        } else {
            intro_sort(sort, pivot + sort->size, right, depth);
            count = left;
        }
    }
    if (count > 1)
        insertion_sort(sort, base, count);
}

void qsort_r(void *base, size_t count, size_t size,
             int (*compare)(const void *, const void *, void *), void *context)
{
    struct sort sort = {size, compare, context};
    unsigned depth = 0;
    for (size_t n = count; n > 1; n /= 2)
        depth += 2;
    if (size > 0)
        intro_sort(&sort, base, count, depth);
}

static int call_plain(const void *a, const void *b, void *context)
{
    int (*const *compare)(const void *, const void *) = context;
    return (*compare)(a, b);
}

void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *))
{
    qsort_r(base, count, size, call_plain, &compare);
}
